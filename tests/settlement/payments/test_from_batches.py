"""From the four hands to the money: a released batch is paid as it was signed, and whatever changed since is not."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.errors import DomainError
from kernel.policies import PolicyBook
from settlement.batches.models import Batch, BatchItem, BatchItemShare, BatchSignature
from settlement.payments import orders
from settlement.payments.appropriations import check_appropriation, propose_appropriation
from settlement.payments.from_batches import approved_items, released_batches
from settlement.payments.invariants import violations
from settlement.payments.models import PaymentOrder
from settlement.payments.payable_book import payable_book
from settlement.payments.payees import AccountDetails, check_payee, propose_payee
from settlement.payments.released import take_in_released
from settlement.payments.rules import payment_rules
from settlement.payments.sending import PayingOffice, send_order
from settlement.statements.models import Statement, StatementShare
from tests.settlement.batches.batch_floor import Bureau, make_batch_floor
from tests.settlement.filing_floor import Q3, Floor
from tests.settlement.payments.payment_floor import LONG_AGO, ZHANHE, CountingTreasury, with_value

AWARD = 1_000_00  # 1 % of a growth of 100,000 yuan, half of it the city's


@pytest.fixture
def bureau(app: Flask, floor: Floor) -> Bureau:
    """A batch of two banks that four people have signed; accounts and budgets stand ready."""
    bureau = make_batch_floor(app, floor)
    bureau.release(bureau.open())
    ready(bureau)
    return bureau


def book(bureau: Bureau) -> PolicyBook:
    decided = with_value(bureau.desk.book, "growth-reward", "payer", "fiscal_shares")
    return with_value(decided, "growth-reward", "central_bank_deduction", False)


def ready(bureau: Bureau) -> None:
    rules = payment_rules(bureau.desk.book, bureau.today)
    details = AccountDetails("户名", "6222000011112222", "建设银行", "105495000018", "函1号")
    operator, reviewer, desk = bureau.hands["operator"], bureau.hands["reviewer"], bureau.desk

    def work(db: Session) -> None:
        for holder in (bureau.floor.bank.party.code, ZHANHE, "city"):
            row = propose_payee(db, operator, holder, details, at=desk.at)
            check_payee(db, reviewer, row, accept=True, rules=rules, calendar=desk.calendar, at=desk.at, today=LONG_AGO)
        for payer in (ZHANHE, "city"):
            one = propose_appropriation(
                db, operator, payer=payer, budget_year=2022, amount=10**10, document="预1号", at=desk.at
            )
            check_appropriation(db, reviewer, one, accept=True, at=desk.at, today=desk.today)

    bureau.write(work)


def number_of(bureau: Bureau) -> str:
    (number,) = released_batches(bureau.db)
    return number


def draw(bureau: Bureau, payer: str = ZHANHE) -> PaymentOrder:
    return draw_of(bureau, number_of(bureau), payer)


def draw_of(bureau: Bureau, batch: str, payer: str = ZHANHE) -> PaymentOrder:
    return bureau.write(
        lambda db: orders.draw_order(
            db,
            bureau.hands["cashier"],
            payer=payer,
            batch=batch,
            approvals=approved_items,
            book=book(bureau),
            at=bureau.desk.at,
            today=bureau.today,
        )
    )


def send(bureau: Bureau, order: PaymentOrder, treasury: CountingTreasury) -> PaymentOrder:
    office = PayingOffice(treasury, approved_items, book(bureau))
    cashier = bureau.hands["cashier"]
    return send_order(bureau.db, cashier, order.number, office=office, at=bureau.desk.at, today=bureau.today)


def test_a_released_batch_goes_on_the_books_and_is_paid_by_both_payers(bureau: Bureau) -> None:
    at, today = bureau.desk.at, bureau.today
    for expected in (3, 0):
        taken = take_in_released(bureau.db, batches=released_batches, approvals=approved_items, at=at, today=today)
        assert taken == {"taken_in": expected, "failed": 0}
    assert payable_book(bureau.db, "city").total.payable == AWARD // 2
    treasury = CountingTreasury()
    for payer in ("city", ZHANHE):
        order = draw(bureau, payer)
        assert order.total == AWARD // 2
        assert send(bureau, order, treasury).state == "sent"
    assert len(treasury.received) == 2
    assert violations(bureau.db) == []


def test_a_due_that_is_not_what_was_claimed_stops_paying(bureau: Bureau) -> None:
    order = draw(bureau)
    assert violations(bureau.db) == []
    bureau.write(lambda db: db.execute(update(BatchItem).values(due=BatchItem.due + 1, amount=BatchItem.amount + 1)))
    bureau.db.expunge_all()
    assert {one.invariant for one in violations(bureau.db)} == {"I3"}
    with pytest.raises(DomainError) as refused:
        send(bureau, order, CountingTreasury())
    assert refused.value.code == "books_unsound"


def test_a_later_batch_may_be_drawn_before_an_earlier_one_is_on_the_books(bureau: Bureau) -> None:
    """Until the earlier award is taken in, its adjustment alone is on the books; that is no reason to stop paying."""
    bureau.floor.certify_balance(1_001_000_00, Q3, document="更正 11-01")
    bureau.draft()
    bureau.release(bureau.open())
    first, second = released_batches(bureau.db)
    assert draw_of(bureau, second).total == 5_00
    assert violations(bureau.db) == []
    assert draw_of(bureau, first).total == AWARD // 2
    assert violations(bureau.db) == []


CHANGES: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "amount": (Statement, {"amount": AWARD + 1}),
    "beneficiary name": (Statement, {"beneficiary_name": "另一家银行"}),
    "beneficiary code": (Statement, {"beneficiary_code": "91410402MA0000015P"}),
    "region": (Statement, {"region": "410422"}),
    "held": (Statement, {"held": True, "hold_reasons": "difference"}),
    "explanation": (Statement, {"explanation": "{}"}),
    "policy digest": (Statement, {"policy_digest": "0" * 64}),
    "inputs digest": (Statement, {"inputs_digest": "0" * 64}),
    "statement digest": (Statement, {"digest": "0" * 64}),
    "drafter": (Statement, {"drafted_by": 1}),
    "statement's share": (StatementShare, {"amount": 1}),
    "statement's payer": (StatementShare, {"part": "1/3"}),
    "item's scheme": (BatchItem, {"scheme": "fee-subsidy"}),
    "item's quarter": (BatchItem, {"quarter": "2022Q2"}),
    "item's due and amount": (BatchItem, {"due": AWARD + 1, "amount": AWARD + 1}),
    "item's digest": (BatchItem, {"digest": "0" * 64}),
    "item's revision": (BatchItem, {"revision": 9}),
    "item's share": (BatchItemShare, {"amount": 1}),
    "batch's state": (Batch, {"state": "on_notice"}),
    "a signature's digest": (BatchSignature, {"digest": "0" * 64}),
}


def kept(db: Session, table: type[Any], names: Any) -> dict[int, dict[str, Any]]:
    """The present values of some columns, row by row."""
    db.expunge_all()
    return {row.id: {name: getattr(row, name) for name in names} for row in db.exec(select(table))}


def put(bureau: Bureau, table: type[Any], rows: dict[int, dict[str, Any]]) -> None:
    """Write such values, past every service."""
    for number, values in rows.items():
        changed = update(table).where(table.id == number).values(**values)
        bureau.write(lambda db, changed=changed: db.execute(changed))  # type: ignore[misc]
    bureau.db.expunge_all()


def test_whatever_changes_between_approval_and_payment_is_not_paid(bureau: Bureau) -> None:
    """Twenty changes behind the back of everybody, one after the other, each refused; put right again, the order is sent."""
    order, treasury = draw(bureau), CountingTreasury()
    assert len(CHANGES) == 20
    for what, (table, values) in CHANGES.items():
        before = kept(bureau.db, table, values)
        put(bureau, table, dict.fromkeys(before, values))
        with pytest.raises(DomainError):
            send(bureau, order, treasury)
        assert (treasury.received, orders.order_by_number(bureau.db, order.number).state) == ([], "drawn"), what
        put(bureau, table, before)
    assert send(bureau, order, treasury).state == "sent"


def test_an_unreleased_batch_is_not_paid(bureau: Bureau) -> None:
    number = number_of(bureau)
    bureau.write(lambda db: db.execute(update(Batch).where(col(Batch.number) == number).values(state="approved")))
    bureau.db.expunge_all()
    with pytest.raises(DomainError) as refused:
        bureau.write(
            lambda db: orders.draw_order(
                db,
                bureau.hands["cashier"],
                payer=ZHANHE,
                batch=number,
                approvals=approved_items,
                book=book(bureau),
                at=bureau.desk.at,
                today=bureau.today,
            )
        )
    assert refused.value.code == "not_approved"
