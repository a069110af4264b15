"""What cannot be set off is asked back by notice and booked once."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.errors import Conflict, Forbidden, Invalid, Refused
from kernel.parties.models import Party
from settlement.payments.invariants import violations
from settlement.payments.orders import draw_order
from settlement.payments.payable_book import payable_book
from settlement.payments.recoveries.models import RecoveryNotice
from settlement.payments.recoveries.service import issue_notice, notice_by_number, record_recovered
from settlement.payments.recoveries.set_offs import asked_beyond_owed, settling_orders
from settlement.payments.rules import payment_rules
from settlement.payments.sending import cancel_order
from tests.settlement.payments.payment_floor import BATCH, ZHANHE, Counter


@pytest.fixture
def bank(counter: Counter) -> Party:
    """A bank that was paid 1,000 yuan for 2022Q2 and owes 400 of them back."""
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, 100_000, quarter="2022Q2", batch="B-2022Q2", number="FE-2022Q2-0001")
    counter.budget(ZHANHE, 1_000_000)
    order = counter.draw(batch="B-2022Q2")
    counter.send(order)
    counter.receipt_of(order)
    counter.item(bank, -40_000, quarter="2022Q2", number="FE-2022Q2-0001", revision=2)
    return bank


def issue(counter: Counter, bank: Party) -> RecoveryNotice:
    found: RecoveryNotice = counter.write(
        lambda db: issue_notice(
            db,
            counter.operator,
            payer=ZHANHE,
            beneficiary_id=bank.id or 0,
            reason="数据更正",
            rules=payment_rules(counter.book, counter.today),
            calendar=counter.calendar,
            at=counter.at,
            today=counter.today,
        )
    )
    return found


def receive(
    counter: Counter, notice: RecoveryNotice, fen: int, bank_reference: str, by: object = None, on: date | None = None
) -> None:
    counter.write(
        lambda db: record_recovered(
            db,
            by or counter.cashier,
            notice,
            amount=fen,
            received_on=on or counter.today,
            bank_reference=bank_reference,
            at=counter.at,
            today=counter.today,
        )
    )


def test_a_recovery_is_set_off_before_it_is_asked_back(counter: Counter, bank: Party) -> None:
    counter.item(bank, 10_000)
    order = counter.draw()
    assert order.total == 0
    notice = issue(counter, bank)
    assert (notice.number, notice.amount) == ("RN-410411-2022-0001", 30_000)
    assert violations(counter.db) == []


def test_no_notice_while_something_is_still_due(counter: Counter, bank: Party) -> None:
    counter.item(bank, 10_000)
    counter.item(counter.beneficiary("乙村镇银行"), 5)
    order = counter.draw(leave_out=["FE-2022Q3-0002"])
    assert order.total == 5
    with pytest.raises(Refused) as refused:
        issue(counter, bank)
    assert refused.value.code == "set_off_first"


def test_money_comes_back_once_and_never_more_than_is_open(counter: Counter, bank: Party) -> None:
    counter.item(counter.beneficiary("乙村镇银行"), 5)
    counter.draw()
    notice = issue(counter, bank)
    with pytest.raises(Conflict):
        issue(counter, bank)
    with pytest.raises(Forbidden):
        receive(counter, notice, 10_000, "BK1", by=counter.operator)
    receive(counter, notice, 10_000, "BK1")
    with pytest.raises(Conflict):
        receive(counter, notice, 10_000, "BK1")
    with pytest.raises(Conflict):
        receive(counter, notice, 30_001, "BK2")
    receive(counter, notice, 30_000, "BK2")
    assert notice_by_number(counter.db, notice.number).open_amount == 0
    line = payable_book(counter.db, ZHANHE).lines[0].figures
    assert (line.due, line.paid, line.recoverable) == (60_000, 60_000, 0)
    assert violations(counter.db) == []


def test_money_does_not_come_back_before_it_was_asked_for(counter: Counter, bank: Party) -> None:
    notice = asked_without_dues(counter, bank)
    with pytest.raises(Invalid) as refused:
        receive(counter, notice, 10_000, "BK1", on=counter.today - timedelta(days=1))
    assert [one.code for one in refused.value.errors] == ["before_notice"]


@pytest.mark.both_databases
def test_a_notice_waits_for_an_order_that_sets_off_meanwhile(app: Flask, counter: Counter, bank: Party) -> None:
    counter.item(counter.beneficiary("乙村镇银行"), 5)
    counter.draw()
    counter.item(bank, 10_000)
    found: list[RecoveryNotice] = []

    def ask() -> None:
        with app.app_context():
            found.append(issue(replace(counter, db=database.current()), bank))

    asking = threading.Thread(target=ask)

    def draw(db: Session) -> None:
        options = {"payer": ZHANHE, "batch": BATCH, "approvals": counter.batches, "book": counter.book}
        draw_order(db, counter.cashier, **options, at=counter.at, today=counter.today)
        asking.start()
        asking.join(0.5)  # it waits for this order, or has gone wrong by now

    counter.write(draw)
    asking.join()
    assert [one.amount for one in found] == [30_000]
    assert asked_beyond_owed(counter.db) == []


def test_money_does_not_come_back_before_it_was_paid(counter: Counter) -> None:
    """A payment on its way is not money received: the bank may still reject it."""
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, 100_000, quarter="2022Q2", batch="B-2022Q2", number="FE-2022Q2-0001")
    counter.budget(ZHANHE, 1_000_000)
    order = counter.draw(batch="B-2022Q2")
    counter.send(order)
    counter.item(bank, -40_000, quarter="2022Q2", number="FE-2022Q2-0001", revision=2)
    counter.item(counter.beneficiary("乙村镇银行"), 5)
    counter.draw()
    notice = issue(counter, bank)
    with pytest.raises(Refused, match="not_paid_yet"):
        receive(counter, notice, 40_000, "BK1")
    assert violations(counter.db) == []
    counter.receipt_of(order)
    receive(counter, notice, 40_000, "BK1")
    assert violations(counter.db) == []


def asked_without_dues(counter: Counter, bank: Party) -> RecoveryNotice:
    counter.item(counter.beneficiary("乙村镇银行"), 5)
    counter.draw()
    return issue(counter, bank)


def test_a_notice_whose_money_was_set_off_in_full_is_closed_by_that_order(counter: Counter, bank: Party) -> None:
    notice = asked_without_dues(counter, bank)
    counter.item(bank, 50_000, quarter="2022Q4", batch="B-2022Q4", number="FE-2022Q4-0001")
    order = counter.draw(batch="B-2022Q4")
    closed = notice_by_number(counter.db, notice.number)
    assert (order.total, closed.set_off, closed.open_amount) == (10_000, 40_000, 0)
    assert settling_orders(counter.db, [closed]) == {closed.id: [(order.number, counter.today, 40_000)]}
    with pytest.raises(Conflict):
        receive(counter, closed, 1, "BK1")
    assert violations(counter.db) == []
    assert asked_beyond_owed(counter.db) == []


def test_a_cancelled_order_opens_the_notice_again(counter: Counter, bank: Party) -> None:
    notice = asked_without_dues(counter, bank)
    counter.item(bank, 50_000, quarter="2022Q4", batch="B-2022Q4", number="FE-2022Q4-0001")
    order = counter.draw(batch="B-2022Q4")
    counter.write(
        lambda db: cancel_order(
            db, counter.cashier, order.number, reason="账户写错", at=counter.at, today=counter.today
        )
    )
    again = notice_by_number(counter.db, notice.number)
    assert (again.set_off, again.open_amount) == (0, 40_000)
    assert settling_orders(counter.db, [again]) == {}
    receive(counter, again, 15_000, "BK1")
    counter.draw(batch="B-2022Q4")
    assert notice_by_number(counter.db, notice.number).open_amount == 0
    assert asked_beyond_owed(counter.db) == []


def test_what_was_lowered_after_a_notice_needs_a_notice_of_its_own(counter: Counter, bank: Party) -> None:
    notice = asked_without_dues(counter, bank)
    counter.later(days=1)
    counter.item(bank, 40_000, quarter="2022Q4", batch="B-2022Q4", number="FE-2022Q4-0001")
    counter.item(bank, -7_000, quarter="2022Q3", batch="B-2022Q4", number="FE-2022Q2-0001", revision=3)
    counter.draw(batch="B-2022Q4")
    assert notice_by_number(counter.db, notice.number).open_amount == 0
    assert issue(counter, bank).amount == 7_000
    assert asked_beyond_owed(counter.db) == []
