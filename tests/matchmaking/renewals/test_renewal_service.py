"""Renewals through their services, on both databases: the list of the application day, the clock, the contract, the chain, the radar."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

from kernel import database
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, Forbidden
from kernel.web.paging import Asked
from matchmaking.renewals import maturities, service
from matchmaking.renewals.jobs import watch_due
from matchmaking.renewals.maturities import ReturnedLoan
from matchmaking.renewals.models import LoanMaturity, Renewal
from matchmaking.renewals.reading import radar, renewal_for, settled_renewals
from matchmaking.renewals.service import RenewalAct
from matchmaking.renewals.tasks import tasks
from tests.factories import make_person
from tests.matchmaking.renewals.borrowers import (
    APPLIED,
    DUE,
    WAN,
    Borrower,
    applied,
    approved,
    at,
    listed_borrower,
    moved,
    settled,
    signed,
    unlisted_borrower,
)
from tests.matchmaking.told import told
from tests.matchmaking.whitelist import offices as whitelist
from tests.matchmaking.whitelist.offices import Offices, Said, offices


@pytest.fixture
def people(db: Session) -> Offices:
    return offices(db)


@pytest.fixture
def one(db: Session, people: Offices) -> Borrower:
    return listed_borrower(db, people)


def refused(work: Callable[[], Any]) -> str:
    with pytest.raises(DomainError) as refusal:
        work()
    return refusal.value.code


def test_a_firm_that_is_not_on_the_list_of_the_day_is_refused_with_the_reason(db: Session) -> None:
    with pytest.raises(DomainError) as refusal:
        applied(db, unlisted_borrower(db))
    assert refusal.value.text.zh == "还不能续贷。申请日在白名单：2022-10-20 不在名单上"


def test_a_removal_after_the_application_undoes_nothing(db: Session, people: Offices, one: Borrower) -> None:
    filed = signed(db, one)
    listing = whitelist.service.listing_for(db, people.organiser, 1)[0]
    said = Said("overdue", "逾期 45 天", "平金〔2022〕40号")
    whitelist.moved(db, people.reviewer, listing, "suspend", date(2022, 12, 2), said)
    done = moved(db, one.maker, filed, "settle", DUE, day=DUE, classification="normal")
    assert (done.renewal.state, done.renewal.was_listed) == ("settled", True)
    later = partial(applied, db, one, DUE, old_loan="HT-002", old_due_on=date(2023, 1, 10))
    assert refused(later) == "not_eligible"


def test_a_renewed_loan_that_is_renewed_again_is_the_second_of_its_chain(db: Session, one: Borrower) -> None:
    first = settled(db, one)
    assert first.renewal.sequence == 1
    again = {"old_loan": "XD-001", "old_starts_on": DUE, "old_due_on": date(2023, 12, 4)}
    second = applied(db, one, date(2023, 10, 20), **again)
    other = applied(db, one, date(2023, 10, 20), **{**again, "old_loan": "HT-005"})
    assert (second.renewal.sequence, other.renewal.sequence) == (2, 1)
    assert [row.new_loan for row, _ in settled_renewals(db, [one.bank.id or 0], DUE)] == ["XD-001"]
    assert settled_renewals(db, [one.bank.id or 0], date(2022, 12, 4)) == []


def test_the_bank_may_not_answer_once_the_loan_has_matured(db: Session, one: Borrower) -> None:
    filed = applied(db, one)
    yes = {"classification": "normal", "meets_terms": True}
    assert refused(lambda: moved(db, one.checker, filed, "approve", DUE, **yes)) == "loan_matured"


def test_a_bank_that_is_late_is_told_so_and_may_still_answer(db: Session, one: Borrower) -> None:
    filed = applied(db, one)
    assert [filed.is_late(day) for day in (filed.renewal.answer_by, date(2022, 11, 4))] == [False, True]
    moved(db, one.checker, filed, "approve", date(2022, 11, 4), classification="normal", meets_terms=True)
    assert not renewal_for(db, one.owner, filed.id).is_late(date(2022, 11, 4))


def test_what_is_not_settled_by_maturity_lapses_once(db: Session, one: Borrower) -> None:
    filed = approved(db, one)
    [(told_to, text)] = told(db, "renewal.approved")
    assert (told_to, text.endswith("请在旧贷 2022-12-05 到期以前签新合同。")) == (one.firm.id, True)
    nothing: Callable[[Session, int], list[ReturnedLoan]] = lambda _db, _bank: []  # noqa: E731
    assert watch_due(db, returned=nothing, at=at(DUE))["lapsed"] == 0
    assert watch_due(db, returned=nothing, at=at(date(2022, 12, 6)))["lapsed"] == 1
    assert watch_due(db, returned=nothing, at=at(date(2022, 12, 7)))["lapsed"] == 0
    assert renewal_for(db, one.owner, filed.id).renewal.state == "lapsed"


def test_a_lower_class_needs_a_reason_that_is_not_the_renewal(db: Session, one: Borrower) -> None:
    filed = signed(db, one)
    settle = partial(moved, db, one.maker, filed, "settle", DUE, day=DUE, classification="special_mention")
    assert refused(settle) == "invalid"
    done = settle(reason="主要客户停产，与续贷无关")
    assert (done.renewal.class_before, done.renewal.class_after) == ("normal", "special_mention")


def test_a_contract_renews_one_loan_only(db: Session, one: Borrower) -> None:
    signed(db, one)
    assert refused(lambda: signed(db, one, old_loan="HT-002")) == "new_loan_taken"


def test_a_firm_withdraws_and_applies_again_and_a_refusal_carries_its_code(db: Session, one: Borrower) -> None:
    moved(db, one.owner, applied(db, one), "withdraw", APPLIED)
    filed = applied(db, one)
    assert refused(lambda: applied(db, one)) == "renewal_under_way"
    done = moved(db, one.checker, filed, "refuse", APPLIED, code="policy", reason="本行没有这个产品")
    assert (done.renewal.state, done.renewal.refusal, done.renewal.decided_on) == ("refused", "policy", APPLIED)
    answer_by = filed.renewal.answer_by
    wanted = f"续贷申请：HT-001 贷款 HT-001 2022-12-05 到期，企业申请续贷，请在 {answer_by} 前答复。"
    assert told(db, "renewal.applied") == [(one.bank.id, wanted)] * 2
    answer = "理由：本行暂不办理。本行没有这个产品　旧贷 2022-12-05 到期，可以申请转贷。"
    assert told(db, "renewal.refused") == [(one.firm.id, f"{one.bank.name}不同意续贷 HT-001 {answer}")]


def test_only_the_checker_decides_and_only_from_the_version_seen(db: Session, one: Borrower) -> None:
    filed = applied(db, one)
    for hand in (one.maker, make_person(db, one.bank, "product_manager")):
        act = RenewalAct(hand, 1, at(APPLIED))
        with pytest.raises(Forbidden):
            service.refuse(db, filed.id, act, code="policy", reason="x")
    stale = {"seen": 2, "code": "policy", "reason": "x"}
    assert refused(lambda: moved(db, one.checker, filed, "refuse", APPLIED, **stale)) == "renewal_changed"


def returned(one: Borrower, loan: str, due_on: date, balance: int = 500 * WAN) -> ReturnedLoan:
    started = date(2021, 12, 6)
    return ReturnedLoan(loan, one.firm.code, "small", balance, started, due_on, "normal", date(2022, 9, 30))


def test_the_radar_holds_the_newest_return_and_the_firms_own_word_where_no_return_does(
    db: Session, one: Borrower
) -> None:
    def shown(days: int) -> list[tuple[str, str, int]]:
        rows = radar(db, one.owner, Asked(), today=APPLIED, days=days).items
        return [(row.loan.loan, row.loan.source, row.band(APPLIED)) for row in rows]

    def declare(db: Session) -> None:
        for loan, due_on in (("HT-001", DUE), ("HT-009", date(2022, 11, 10))):
            said = {"bank_id": one.bank.id or 0, "loan": loan, "balance": WAN, "starts_on": date(2021, 12, 6)}
            maturities.declare(db, one.owner, **said, due_on=due_on, at=at(APPLIED))  # type: ignore[arg-type]

    database.write(db, declare)
    assert shown(90) == [("HT-009", "firm", 30), ("HT-001", "firm", 60)]
    first = [returned(one, "HT-001", DUE), returned(one, "HT-002", date(2023, 1, 10)), returned(one, "HT-003", DUE)]
    stranger = ReturnedLoan("HT-004", "91410402MA0000015P", "small", WAN, date(2021, 1, 1), DUE, "normal", DUE)
    assert watch_due(db, returned=lambda _db, _bank: [*first, stranger], at=at(APPLIED))["loans"] == 3
    assert shown(90) == [
        ("HT-009", "firm", 30),
        ("HT-001", "return", 60),
        ("HT-003", "return", 60),
        ("HT-002", "return", 90),
    ]
    assert shown(30) == [("HT-009", "firm", 30)]
    watch_due(db, returned=lambda _db, _bank: first[:1], at=at(APPLIED))
    assert shown(60) == [("HT-009", "firm", 30), ("HT-001", "return", 60)]
    settled(db, one)
    assert shown(90) == [("HT-009", "firm", 30)]


def test_the_radar_keeps_what_a_return_repeats_and_tells_the_trail_of_changes_alone(db: Session, one: Borrower) -> None:
    def woken(*loans: ReturnedLoan) -> tuple[list[tuple[str, int | None, int]], int]:
        watch_due(db, returned=lambda _db, _bank: list(loans), at=at(APPLIED))
        rows = db.exec(select(LoanMaturity).order_by(LoanMaturity.loan)).all()
        acts = db.exec(select(AuditEntry).where(AuditEntry.act == "radar.refresh")).all()
        return [(row.loan, row.id, row.balance // WAN) for row in rows], len(acts)

    both = (returned(one, "HT-001", DUE), returned(one, "HT-002", DUE))
    first, _ = woken(*both)
    assert woken(*both) == (first, 1)
    paid = returned(one, "HT-002", DUE, 400 * WAN)
    assert woken(both[0], paid) == ([first[0], ("HT-002", first[1][1], 400)], 2)
    assert woken(paid) == ([("HT-002", first[1][1], 400)], 3)
    assert woken() == ([], 4)
    assert woken() == ([], 4)


def test_a_signed_renewal_stays_on_the_banks_list_below_however_many_newer_ones(
    app: Flask, db: Session, one: Borrower
) -> None:
    old = signed(db, one)
    columns = old.renewal.model_dump(exclude={"id"})
    newer = [Renewal(**columns | {"old_loan": f"HT-1{n:02}", "new_loan": f"XD-1{n:02}"}) for n in range(51)]
    for row in newer[:50]:
        row.state = "settled"
        row.settled_on = row.new_starts_on
    newer[50].old_due_on = date(2022, 12, 4)
    database.write(db, lambda db: db.add_all(newer))
    with app.test_request_context():
        found = list(tasks(db, one.maker, APPLIED))
    assert [task.due for task in found] == [date(2022, 12, 4), DUE]
    assert found[1].url == f"/renewals/{old.id}"
