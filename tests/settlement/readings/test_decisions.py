"""Decisions: one records a document, another checks it, only then it holds; nothing is edited, a later document revokes."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from kernel import database
from kernel.audit.service import entries_about
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from kernel.policies import PolicyUndecided
from kernel.web.paging import Asked
from settlement.readings import evidence, service
from settlement.readings.documents import REVOCATION, Subject
from settlement.readings.models import PolicyDecision
from settlement.readings.workflow import STATES
from settlement.returns.archive import Archive
from tests.factories import NOW, make_institution, make_person
from tests.settlement.readings.desks import PAPER, PDF, Desk

DAY = date(2022, 9, 30)
RENT = ("rent-subsidy-support", "rate")


def value(desk: Desk, scheme: str, name: str, day: date = DAY) -> object:
    return desk.in_force.scheme(scheme).value(name, on=day).value


def test_a_recorded_document_holds_only_after_a_second_person_has_checked_it(desk: Desk) -> None:
    recorded = desk.record(desk.setting(*RENT, "30%"))
    assert (recorded.number, recorded.state, recorded.checked_by) == ("D-0001", "recorded", None)
    with pytest.raises(PolicyUndecided):
        value(desk, *RENT)
    checked = desk.check(recorded)
    assert (checked.state, checked.checked_by) == ("in_force", desk.reviewer.account_id)
    assert value(desk, *RENT) == Decimal("0.3")
    found = desk.in_force.scheme("rent-subsidy-support").value("rate", on=DAY)
    assert (found.origin, found.decision) == ("decision", "D-0001")
    assert found.reference == "平财〔2022〕31号《关于增量奖励有关事项的决定》2022-10-10"
    assert found.note is not None
    assert found.note.zh == "苏岩 录入，林静 核对，2022-10-20"


def test_the_digest_of_the_book_changes_with_a_decision_and_comes_back_with_its_revocation(desk: Desk) -> None:
    files = desk.files.digest
    assert desk.in_force.digest == files
    decided = desk.decide(desk.setting(*RENT, "30%"))
    assert desk.in_force.digest != files
    desk.decide(Subject(REVOCATION, revokes_id=decided.id), replace(PAPER, number="平财〔2022〕44号"))
    assert desk.in_force.digest == files
    desk.db.refresh(decided)
    assert decided.state == "revoked"


def test_whoever_recorded_it_may_not_check_it_and_neither_may_other_roles(desk: Desk) -> None:
    bureau = make_person(desk.db, make_institution(desk.db), "checker")
    recorded = desk.record(desk.setting(*RENT, "30%"))
    for nobody in (desk.operator, desk.cashier, bureau, replace(desk.reviewer, token_scopes=frozenset({"any"}))):
        with pytest.raises(Forbidden):
            desk.check(recorded, nobody)
    with pytest.raises(Forbidden):
        desk.record(desk.setting(*RENT, "30%"), by=desk.reviewer)
    with pytest.raises(Refused) as refusal:
        desk.check(recorded, replace(desk.reviewer, account_id=desk.operator.account_id))
    assert refusal.value.code == "same_person"
    assert desk.in_force.digest == desk.files.digest


@pytest.mark.both_databases
def test_the_database_itself_refuses_one_person_with_two_hands(desk: Desk) -> None:
    recorded = desk.record(desk.setting(*RENT, "30%"))
    columns = "state = 'in_force', checked_by = recorded_by, checked_at = recorded_at"

    def forge(db: database.Session) -> None:
        db.execute(text(f"UPDATE settlement_decision SET {columns} WHERE id = {recorded.id}"))

    with pytest.raises(IntegrityError):
        database.write(desk.db, forge)


def test_a_check_binds_to_the_digest_of_what_was_shown_and_happens_once(desk: Desk) -> None:
    recorded = desk.record(desk.setting(*RENT, "30%"))
    with pytest.raises(Conflict):
        desk.check(recorded, digest="0" * 64)
    desk.check(recorded)
    with pytest.raises(Conflict):
        desk.check(recorded, desk.approver)


def test_what_differs_in_any_part_has_another_digest(desk: Desk) -> None:
    first = desk.record(desk.setting(*RENT, "30%"))
    others = [
        desk.record(desk.setting(*RENT, "31%")),
        desk.record(desk.setting(*RENT, "30%", since=date(2022, 5, 25))),
        desk.record(desk.setting(*RENT, "30%", until=date(2022, 12, 31))),
        desk.record(desk.setting(*RENT, "30%"), replace(PAPER, number="平财〔2022〕32号")),
        desk.record(desk.setting(*RENT, "30%"), replace(PAPER, day=date(2022, 10, 9))),
    ]
    assert len({first.digest, *(other.digest for other in others)}) == 6
    assert desk.record(desk.setting(*RENT, "30%")).digest == first.digest


def test_a_refused_decision_is_kept_with_its_reason_and_never_holds(desk: Desk) -> None:
    recorded = desk.record(desk.setting(*RENT, "30%"))
    database.write(
        desk.db,
        lambda db: service.refuse_decision(
            db, desk.approver, recorded.id or 0, digest=recorded.digest, reason="文件写的是 20%", at=NOW
        ),
    )
    kept = service.decision_by_id(desk.db, desk.operator, recorded.id or 0)
    assert (kept.decision.state, kept.decision.check_note) == ("refused", "文件写的是 20%")
    assert desk.in_force.digest == desk.files.digest
    with pytest.raises(Conflict):
        desk.check(recorded)


def test_the_later_decision_holds_on_the_days_of_both_and_its_end_brings_the_earlier_back(desk: Desk) -> None:
    desk.decide(desk.setting(*RENT, "30%"))
    later = desk.decide(desk.setting(*RENT, "40%", since=date(2022, 9, 1)))
    days = (date(2022, 8, 31), DAY)
    assert [value(desk, *RENT, day) for day in days] == [Decimal("0.3"), Decimal("0.4")]
    desk.decide(Subject(REVOCATION, revokes_id=later.id))
    assert [value(desk, *RENT, day) for day in days] == [Decimal("0.3"), Decimal("0.3")]


def test_a_revocation_needs_its_own_document_and_check_and_only_one_is_under_way(desk: Desk) -> None:
    decided = desk.decide(desk.setting(*RENT, "30%"))
    revocation = desk.record(Subject(REVOCATION, revokes_id=decided.id))
    assert value(desk, *RENT) == Decimal("0.3")
    with pytest.raises(Conflict) as refusal:
        desk.record(Subject(REVOCATION, revokes_id=decided.id))
    assert refusal.value.code == "being_revoked"
    desk.check(revocation)
    with pytest.raises(PolicyUndecided):
        value(desk, *RENT)
    for over in (decided, revocation):
        with pytest.raises(Refused):
            desk.record(Subject(REVOCATION, revokes_id=over.id))
    with pytest.raises(NotFound):
        desk.record(Subject(REVOCATION, revokes_id=999))


def test_what_the_notice_has_set_is_not_decided_on_screen(desk: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        desk.setting("growth-reward", "certified_tolerance", "1%")
    assert refusal.value.code == "not_open"
    with pytest.raises(Invalid):
        desk.setting(*RENT, "thirty")
    with pytest.raises(Invalid):
        desk.setting(*RENT, "30%", since=date(2022, 9, 1), until=date(2022, 8, 31))


def test_a_reading_that_can_only_be_compared_is_not_decided_by_either_door(desk: Desk) -> None:
    for attempt in (
        lambda: desk.word("falling_quarter", "takes_back"),
        lambda: desk.setting("growth-reward", "falling_quarter", "takes_back"),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "only_compared"


def test_a_document_of_tomorrow_cannot_have_been_seen(desk: Desk) -> None:
    with pytest.raises(Invalid) as refusal:
        desk.record(desk.setting(*RENT, "30%"), replace(PAPER, day=NOW.date() + timedelta(days=1)))
    assert [error.field for error in refusal.value.errors] == ["document_date"]


def test_a_word_is_decided_with_all_its_values_from_a_day_on(desk: Desk) -> None:
    decided = desk.decide(desk.word("basis", "high_water_mark", since=date(2022, 7, 1)))
    word = desk.app.extensions["open_words"].word("basis")
    found = [word.in_force(desk.in_force, day) for day in (date(2022, 6, 30), DAY)]
    assert [one.id for one in found] == ["previous_quarter_end", "high_water_mark"]
    assert (decided.word, decided.alternative) == ("basis", "high_water_mark")
    desk.decide(desk.word("first_base_date", "before_signing"))
    rate = desk.in_force.scheme("growth-reward").parameter("rate")
    assert [rate.on(day) is None for day in (date(2022, 3, 31), date(2022, 6, 30))] == [True, False]


def test_every_step_is_in_the_trail_with_what_was_decided(desk: Desk) -> None:
    decided = desk.decide(desk.setting(*RENT, "30%"))
    record, check = entries_about(desk.db, ("decision", decided.id))
    assert [record.act, check.act] == ["decision.record", "decision.check"]
    assert [record.account_id, check.account_id] == [desk.operator.account_id, desk.reviewer.account_id]
    assert '"value":"0.3"' in record.detail
    assert decided.digest in check.detail


def test_only_the_finance_side_sees_decisions(desk: Desk) -> None:
    decided = desk.decide(desk.setting(*RENT, "30%"))
    stranger = make_person(desk.db, make_institution(desk.db), "maker")
    with pytest.raises(NotFound):
        service.decision_by_id(desk.db, stranger, decided.id or 0)
    with pytest.raises(NotFound):
        service.decisions(desk.db, stranger)
    assert service.to_check(desk.db, stranger) == []
    assert [row.decision.id for row in service.decisions(desk.db, desk.cashier)] == [decided.id]


def test_decisions_are_found_by_their_state_a_page_at_a_time(desk: Desk) -> None:
    decided = desk.decide(desk.setting(*RENT, "30%"))
    pages = {state: service.decisions_page(desk.db, desk.cashier, Asked(1, 1), state=state) for state in STATES}
    found = {state: [(row.decision.id, len(row.values)) for row in page.items] for state, page in pages.items()}
    assert {state: rows for state, rows in found.items() if rows} == {"in_force": [(decided.id, 1)]}


def test_what_waits_for_a_check_is_the_task_of_everybody_who_may(desk: Desk) -> None:
    recorded = desk.record(desk.setting(*RENT, "30%"))
    waiting = {who.role: service.to_check(desk.db, who) for who in (desk.operator, desk.reviewer, desk.approver)}
    assert {role: [one.id for one in each] for role, each in waiting.items()} == {
        "operator": [],
        "reviewer": [recorded.id],
        "approver": [recorded.id],
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [("决定.pdf", b""), ("决定.pdf", b"MZ\x90\x00"), ("决定.docx", b"PK\x03\x04rest"), ("决定.exe", b"text")],
)
def test_what_is_no_scan_of_a_document_is_not_kept(desk: Desk, name: str, content: bytes) -> None:
    archive = Archive(desk.folder / "decisions")
    with pytest.raises(Invalid) as refusal:
        evidence.keep(archive, name, content)
    assert [error.field for error in refusal.value.errors] == ["evidence"]


def test_the_scan_is_kept_by_its_digest_under_the_last_part_of_its_name(desk: Desk) -> None:
    archive = Archive(desk.folder / "decisions")
    kept = evidence.keep(archive, "C:\\文件\\决\x00定.pdf", PDF)
    assert (kept.name, kept.type, kept.size) == ("决定.pdf", "application/pdf", len(PDF))
    assert archive.verify(kept.digest).read_bytes() == PDF
    assert evidence.keep(archive, "版式.ofd", b"PK\x03\x04rest").name == "版式.ofd"


def test_no_row_of_a_decision_is_changed_but_for_its_state_and_check(desk: Desk) -> None:
    decided = desk.record(desk.setting(*RENT, "30%"))
    fixed = [c.key for c in inspect(PolicyDecision).columns if c.key != "state" and not c.key.startswith("check")]
    columns = [getattr(PolicyDecision, name) for name in fixed]
    query = select(*columns).where(col(PolicyDecision.id) == decided.id)  # type: ignore[call-overload]
    before = desk.db.execute(query).one()
    desk.check(decided)
    desk.decide(Subject(REVOCATION, revokes_id=decided.id))
    assert desk.db.execute(query).one() == before
