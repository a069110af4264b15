"""Accepted claims become statements: one a beneficiary, scheme and quarter, explained line by line, following later decisions."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlmodel import Session, select

from kernel.periods import Quarter
from kernel.policies import PolicyBook, Setting, Source, overlaid
from settlement.engine.cache import FolderCache
from settlement.event_awards import EVENT_SCHEMES
from settlement.jobs import draft_due
from settlement.returns.filing import Premises
from settlement.returns.keeping import Keeping
from settlement.statements.drafting import Drafted, draft_quarter
from settlement.statements.models import Statement, StatementLine, StatementShare
from settlement.statements.schemes import DRAFTERS
from settlement.statements.schemes.event_awards import SCHEMES
from tests.factories import Visitor, username_of
from tests.settlement.awards.desk import WAN, Desk

Q3 = Quarter(2022, 3)
AFTER = datetime(2022, 10, 20, 2, 0, tzinfo=UTC)


def premises(desk: Desk, book: PolicyBook | None = None) -> Premises:
    return Premises(Keeping(desk.folder / "returns"), book or desk.book, FolderCache(desk.folder / "sums"))


def drafted(desk: Desk, scheme: str, book: PolicyBook | None = None) -> Drafted:
    return draft_quarter(desk.db, Q3, premises=premises(desk, book), at=AFTER, scheme=scheme)


def standing(db: Session, scheme: str) -> Statement:
    return db.exec(select(Statement).where(Statement.scheme == scheme, Statement.state == "draft")).one()


def lines(db: Session, statement: Statement) -> list[tuple[int, int | None, str, int | None]]:
    query = select(StatementLine).where(StatementLine.statement_id == statement.id)
    return [(one.clause, one.base, one.rate, one.amount) for one in db.exec(query.order_by(StatementLine.place))]  # type: ignore[arg-type]


def shares(db: Session, statement: Statement) -> dict[str, tuple[str, int]]:
    query = select(StatementShare).where(StatementShare.statement_id == statement.id)
    return {one.payer: (one.part, one.amount) for one in db.exec(query)}


def test_titles_and_clauses_of_the_drafters_are_those_of_the_policy_files(desk: Desk) -> None:
    told = {scheme: (desk.book.scheme(scheme).clauses[0].number, desk.book.scheme(scheme).title) for scheme in SCHEMES}
    assert told == SCHEMES
    assert set(SCHEMES) == set(EVENT_SCHEMES) <= set(DRAFTERS)


def test_an_accepted_entry_becomes_a_statement_a_part(desk: Desk) -> None:
    desk.accepted()
    assert drafted(desk, "first-entry-award").written == ["A27-2022Q3-01"]
    assert drafted(desk, "first-entry-revenue-award").written == ["A28-2022Q3-01"]
    one = standing(desk.db, "first-entry-award")
    assert (one.beneficiary_code, one.amount, one.held) == (desk.firm.code, 5 * WAN, False)
    assert lines(desk.db, one) == [(27, None, "", 5 * WAN)]
    assert shares(desk.db, one) == {"city": ("1/2", 2_500_000), "410411": ("1/2", 2_500_000)}
    assert drafted(desk, "first-entry-award").unchanged == 1


def refinancing(number: int, raised: int) -> dict[str, Any]:
    return {"is_listed_there": True, "round": str(number), "raised": raised, "invested_here": raised}


def test_claims_of_one_quarter_are_lines_of_one_statement_and_the_cap_is_a_line_of_its_own(desk: Desk) -> None:
    for number in range(2):
        desk.accept(desk.filed("zhongyuan-refinancing-award", refinancing(number, 30_000 * WAN)), desk.operator)
    drafted(desk, "zhongyuan-refinancing-award")
    one = standing(desk.db, "zhongyuan-refinancing-award")
    assert lines(desk.db, one) == [
        (35, 30_000 * WAN, "0.002", 60 * WAN),
        (35, 30_000 * WAN, "0.002", 60 * WAN),
        (35, None, "", -20 * WAN),
    ]
    assert one.amount == 100 * WAN == sum(amount for _, amount in shares(desk.db, one).values())


def test_a_revoked_acceptance_withdraws_the_statement(desk: Desk) -> None:
    claim = desk.accepted()
    drafted(desk, "first-entry-award")
    desk.move(claim, "revoke", desk.officer, note="材料不实")
    assert drafted(desk, "first-entry-award").withdrawn == ["A27-2022Q3-01"]


def test_a_later_decision_on_the_day_makes_a_new_revision(desk: Desk) -> None:
    desk.accepted("specialised-firm-award", {"is_first": True})
    desk.accepted("little-giant-award", {"is_first": True}, day=date(2022, 9, 1))
    drafted(desk, "little-giant-award")
    rules = desk.book.scheme("award-rules")
    (shipped,) = rules.parameter("provincial_then_national").values
    decided = desk.book.replacing(rules.replacing("provincial_then_national", replace(shipped, value="difference")))
    assert drafted(desk, "little-giant-award", decided).written == ["A38-2022Q3-01"]
    one = standing(desk.db, "little-giant-award")
    assert (one.revision, one.amount) == (2, 30 * WAN)


def test_a_pending_row_pays_once_its_document_is_there_and_is_held_when_it_is_gone(desk: Desk) -> None:
    setting = Setting("rent-subsidy-support", "rate", Decimal("0.3"), date(2022, 5, 24))
    decided = overlaid(desk.book, [(setting, Source("平财〔2022〕8号", "decision"))])
    with_document = replace(desk, book=decided)
    claim = with_document.filed("rent-subsidy-support", {"batch": "1", "rent_subsidised": 100 * WAN}, by=desk.county)
    with_document.accept(claim, desk.operator)
    drafted(desk, "rent-subsidy-support", decided)
    one = standing(desk.db, "rent-subsidy-support")
    assert (one.amount, shares(desk.db, one)) == (30 * WAN, {"city": ("1", 30 * WAN)})
    drafted(desk, "rent-subsidy-support")
    gone = standing(desk.db, "rent-subsidy-support")
    assert (gone.amount, gone.held, gone.reasons) == (None, True, ["award_undecided"])


def test_the_job_drafts_the_awards_of_due_quarters(app: Flask, desk: Desk) -> None:
    desk.accepted()
    desk.accepted("full-load-award", FULL_LOAD, day=date(2022, 3, 31))
    calendar = app.extensions["calendar"]
    done = draft_due(desk.db, premises=premises(desk), calendar=calendar, at=AFTER, today=date(2022, 10, 20))
    assert (done["written"], done["failed"]) == (3, 0)
    full = standing(desk.db, "full-load-award")
    assert shares(desk.db, full) == {
        "province": ("1/2", 10 * WAN),
        "city": ("1/4", 5 * WAN),
        "410411": ("1/4", 5 * WAN),
    }


FULL_LOAD: dict[str, Any] = {
    "is_above_scale": True,
    "revenue": 110 * WAN,
    "revenue_year_before": 100 * WAN,
    "output_january": 80,
    "output_february": 80,
    "output_march": 80,
    "peak_month_output": 100,
    "same_quarter_output": 240,
}


def test_a_firm_reads_its_own_statement(app: Flask, desk: Desk) -> None:
    desk.accepted()
    drafted(desk, "first-entry-award")
    page = Visitor(app, username_of(desk.db, desk.owner)).get("/statements/A27-2022Q3-01")
    assert page.status_code == 200
    assert "首次入库" in page.text
