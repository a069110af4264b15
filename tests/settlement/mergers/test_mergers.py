"""A merger is recorded once, by the operator, into a bank that is there; earlier quarters do not notice it."""

from datetime import date

import pytest

from kernel import database
from kernel.accounts.service import Caller
from kernel.errors import Conflict, DomainError, Forbidden, Invalid
from kernel.parties.service import spans_of
from settlement.mergers.service import Merger, record_merger
from settlement.statements.drafting import draft_quarter
from settlement.statements.growth.facts import legal_persons
from settlement.statements.service import statements_of
from settlement.statements.standing import outdated
from tests.factories import NOW
from tests.settlement.filing_floor import Q2, Q3, Bank, Floor, loan

DAY = date(2022, 10, 10)


def merge(
    floor: Floor, absorbed: Bank, into: Bank, *, day: date = DAY, by: Caller | None = None, on: date = DAY
) -> None:
    merger = Merger(absorbed.party.code, into.party.code, day, "银保监复〔2022〕9号")
    database.write(floor.db, lambda db: record_merger(db, by or floor.operator, merger, at=NOW, today=on))


def test_a_merger_ends_one_and_names_the_other_from_its_day_on(floor: Floor) -> None:
    small = floor.another_bank()
    merge(floor, small, floor.bank)
    (span,) = spans_of(floor.db, small.party.id or 0, "local_legal_person")
    assert span.until == DAY
    before, after = (legal_persons(floor.db, day)[small.party.code][1] for day in (date(2022, 9, 30), DAY))
    assert (before.local_until, before.successor_code) == (None, None)
    assert (after.local_until, after.successor_code) == (DAY, floor.bank.party.code)


def test_statements_of_earlier_quarters_stand(floor: Floor) -> None:
    small = floor.another_bank()
    for quarter, yuan in ((Q2, "100000.00"), (Q3, "150000.00")):
        floor.certify(floor.file([loan(1, balance=yuan)], quarter, small), small)
    draft_quarter(floor.db, Q3, premises=floor.premises, at=NOW)
    merge(floor, small, floor.bank)
    assert outdated(floor.db, statements_of(floor.db, floor.operator, quarter=Q3), floor.premises) == set()


def test_it_is_recorded_once_and_never_in_a_circle(floor: Floor) -> None:
    small = floor.another_bank()
    merge(floor, small, floor.bank)
    with pytest.raises(Conflict, match="ended_already"):
        merge(floor, small, floor.bank)
    for absorbed, into in ((floor.bank, small), (floor.bank, floor.bank)):
        with pytest.raises(Invalid):
            merge(floor, absorbed, into)


def test_nobody_but_the_operator_and_no_day_to_come(floor: Floor) -> None:
    small = floor.another_bank()
    for stranger in (floor.officer, small.checker):
        with pytest.raises(Forbidden):
            merge(floor, small, floor.bank, by=stranger)
    with pytest.raises(DomainError):
        merge(floor, small, floor.bank, on=date(2022, 10, 9))
