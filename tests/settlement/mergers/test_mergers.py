"""A merger is entered by the operator and checked by the reviewer, its effects shown first; earlier quarters do not notice it."""

from dataclasses import replace
from datetime import date

import pytest

from kernel import database
from kernel.accounts.service import Caller
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, Refused
from kernel.parties.service import institution_by_id, party_by_id, spans_of
from kernel.workdays import WorkCalendar
from settlement.batches.service import BatchDesk
from settlement.merger_desk.effects import effects_of
from settlement.mergers.models import InstitutionMerger
from settlement.mergers.service import Merger, check_merger, merger_by_id, propose_merger
from settlement.statements.drafting import draft_quarter
from settlement.statements.growth.facts import legal_persons
from settlement.statements.service import statements_of
from settlement.statements.standing import outdated
from tests.factories import NOW, make_person
from tests.settlement.filing_floor import Q2, Q3, Bank, Floor, loan

DAY = date(2022, 10, 10)
DOCUMENT = "银保监复〔2022〕9号"


def reviewer(floor: Floor) -> Caller:
    return make_person(floor.db, party_by_id(floor.db, floor.operator.organisation_id), "reviewer", name="韩立")


def propose(
    floor: Floor, absorbed: Bank, into: Bank, *, day: date = DAY, by: Caller | None = None, on: date = DAY
) -> InstitutionMerger:
    merger = Merger(absorbed.party.code, into.party.code, day, DOCUMENT)
    row: InstitutionMerger = database.write(
        floor.db, lambda db: propose_merger(db, by or floor.operator, merger, at=NOW, today=on)
    )
    return row


def check(floor: Floor, row: InstitutionMerger, *, accept: bool = True, by: Caller | None = None) -> InstitutionMerger:
    row_id, hand = row.id or 0, by or reviewer(floor)
    reason = "" if accept else "批复是另一家的"
    found: InstitutionMerger = database.write(
        floor.db,
        lambda db: check_merger(db, hand, merger_by_id(db, row_id), accept=accept, reason=reason, at=NOW, today=DAY),
    )
    return found


def merge(floor: Floor, absorbed: Bank, into: Bank, *, day: date = DAY) -> None:
    check(floor, propose(floor, absorbed, into, day=day))


def test_nothing_follows_before_a_second_person_has_checked(floor: Floor) -> None:
    small = floor.another_bank()
    row = propose(floor, small, floor.bank)
    assert (legal_persons(floor.db, DAY)[small.party.code][1].local_until, row.state) == (None, "proposed")
    check(floor, row)
    (span,) = spans_of(floor.db, small.party.id or 0, "local_legal_person")
    assert span.until == DAY
    before, after = (legal_persons(floor.db, day)[small.party.code][1] for day in (date(2022, 9, 30), DAY))
    assert (before.local_until, before.successor_code) == (None, None)
    assert (after.local_until, after.successor_code) == (DAY, floor.bank.party.code)


def test_who_entered_it_does_not_check_it_and_neither_does_anybody_else(floor: Floor) -> None:
    small = floor.another_bank()
    row = propose(floor, small, floor.bank)
    same = replace(floor.operator, role="reviewer")
    with pytest.raises(Refused, match="same_person"):
        check(floor, row, by=same)
    for stranger in (floor.operator, small.checker, replace(reviewer(floor), token_scopes=frozenset({"read"}))):
        with pytest.raises(Forbidden):
            check(floor, row, by=stranger)
    assert merger_by_id(floor.db, row.id or 0).state == "proposed"


def test_a_refused_merger_is_kept_with_its_reason_and_may_be_entered_anew(floor: Floor) -> None:
    small = floor.another_bank()
    row = propose(floor, small, floor.bank)
    with pytest.raises(Conflict, match="ended_already"):
        propose(floor, small, floor.bank)
    refused = check(floor, row, accept=False)
    assert (refused.state, refused.reason) == ("refused", "批复是另一家的")
    assert institution_by_id(floor.db, small.party.id or 0)[1].successor_id is None
    with pytest.raises(Conflict, match="merger_moved"):
        check(floor, row)
    merge(floor, small, floor.bank)
    assert institution_by_id(floor.db, small.party.id or 0)[1].successor_id == floor.bank.party.id


def test_statements_of_earlier_quarters_stand(floor: Floor) -> None:
    small = floor.another_bank()
    for quarter, yuan in ((Q2, "100000.00"), (Q3, "150000.00")):
        floor.certify(floor.file([loan(1, balance=yuan)], quarter, small), small)
    draft_quarter(floor.db, Q3, premises=floor.premises, at=NOW)
    merge(floor, small, floor.bank)
    assert outdated(floor.db, statements_of(floor.db, floor.operator, quarter=Q3), floor.premises) == set()


def test_the_effects_on_drafts_are_shown_before_and_leave_nothing_behind(floor: Floor) -> None:
    small = floor.another_bank()
    for bank in (small, floor.bank):
        for quarter, yuan in ((Q2, "100000.00"), (Q3, "150000.00")):
            floor.certify(floor.file([loan(1, balance=yuan)], quarter, bank), bank)
    draft_quarter(floor.db, Q3, premises=floor.premises, at=NOW)
    row = propose(floor, small, floor.bank, day=date(2022, 9, 15))
    desk = BatchDesk(floor.premises, WorkCalendar(), NOW, DAY)
    shown = effects_of(floor.db, row, desk=desk)
    assert {one.beneficiary_code for one in shown.drafts} == {small.party.code, floor.bank.party.code}
    assert shown.restatement.deltas == ()
    (span,) = spans_of(floor.db, small.party.id or 0, "local_legal_person")
    assert (span.until, institution_by_id(floor.db, small.party.id or 0)[1].successor_id) == (None, None)
    assert outdated(floor.db, statements_of(floor.db, floor.operator, quarter=Q3), floor.premises) == set()
    check(floor, row)
    moved = outdated(floor.db, statements_of(floor.db, floor.operator, quarter=Q3), floor.premises)
    assert moved == {one.id for one in shown.drafts}


def test_it_is_recorded_once_and_never_in_a_circle(floor: Floor) -> None:
    small = floor.another_bank()
    merge(floor, small, floor.bank)
    with pytest.raises(Conflict, match="ended_already"):
        propose(floor, small, floor.bank)
    for absorbed, into in ((floor.bank, small), (floor.bank, floor.bank)):
        with pytest.raises(Invalid):
            propose(floor, absorbed, into)


def test_nobody_but_the_operator_enters_it_and_no_day_to_come(floor: Floor) -> None:
    small = floor.another_bank()
    for stranger in (floor.officer, small.checker):
        with pytest.raises(Forbidden):
            propose(floor, small, floor.bank, by=stranger)
    with pytest.raises(DomainError):
        propose(floor, small, floor.bank, on=date(2022, 10, 9))
