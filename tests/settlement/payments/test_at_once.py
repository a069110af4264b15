"""Several at once: two cashiers, two recovery passes, one receipt twice; and a random history that never leaves the books unsound."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.errors import Conflict, DomainError
from kernel.ledger import funds
from settlement.payments import orders, sending
from settlement.payments.invariants import violations
from settlement.payments.models import PaymentOrder
from settlement.payments.receipts.reading import read_receipt
from settlement.payments.receipts.service import take_receipt
from settlement.payments.workflow import SETTLED
from tests.seeds import seeded
from tests.settlement.payments.payment_floor import BATCH, ZHANHE, Counter

pytestmark = pytest.mark.both_databases


def at_once(app: Flask, times: int, act: Callable[[Session], Any]) -> list[Any]:
    """What each of several threads got, or the code of its refusal."""
    found: list[Any] = []
    gate = threading.Barrier(times)

    def run() -> None:
        with app.app_context():
            gate.wait()
            try:
                found.append(act(database.current()))
            except DomainError as error:
                found.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_several_cashiers_at_once_one_draws(app: Flask, counter: Counter) -> None:
    counter.item(counter.beneficiary("甲村镇银行"), 700)
    counter.budget(ZHANHE, 1_000)
    counter.db.rollback()

    def draw(db: Session) -> str:
        return database.write(
            db,
            lambda db: orders.draw_order(
                db,
                counter.cashier,
                payer=ZHANHE,
                batch=BATCH,
                approvals=counter.batches,
                book=counter.book,
                at=counter.at,
                today=counter.today,
            ),
        ).number

    found = at_once(app, 5, draw)
    assert sorted(found) == ["PO-410411-2022-0001", *["nothing_due"] * 4]
    assert funds.available(counter.db, ZHANHE, 2022) == 300
    assert violations(counter.db) == []


def test_of_several_recovery_passes_at_once_one_sends(app: Flask, counter: Counter) -> None:
    counter.item(counter.beneficiary("甲村镇银行"), 700)
    counter.budget(ZHANHE, 1_000)
    counter.treasury.silent = True
    counter.send(counter.draw())
    counter.treasury.silent = False
    counter.later(minutes=5)
    counter.db.rollback()
    at_once(app, 4, lambda db: sending.recover_orders(db, office=counter.office, at=counter.at))
    assert len(counter.treasury.received) == 1
    assert violations(counter.db) == []


def test_a_recovery_pass_that_saw_an_order_before_another_took_it_over_leaves_it_alone(counter: Counter) -> None:
    counter.item(counter.beneficiary("甲村镇银行"), 700)
    counter.budget(ZHANHE, 1_000)
    counter.treasury.silent = True
    counter.send(counter.draw())
    counter.later(minutes=5)
    (seen,) = sending._unsure(counter.db, counter.at)  # both passes look at the same moment
    assert sending.recover_orders(counter.db, office=counter.office, at=counter.at)["unknown"] == 1
    counter.treasury.silent = False
    with pytest.raises(Conflict):
        sending._recover(counter.db, seen, counter.office, counter.at)
    counter.db.rollback()
    assert counter.treasury.received == []


def test_of_one_receipt_sent_several_times_at_once_one_is_booked(app: Flask, counter: Counter) -> None:
    counter.item(counter.beneficiary("甲村镇银行"), 700)
    counter.budget(ZHANHE, 1_000)
    order = counter.draw()
    counter.send(order)
    text = f"reference,amount,date,status,bank_reference\n{order.number}-001,7.00,{counter.today},paid,BK1\n"
    read = read_receipt("r.csv", text.encode(), counter.today)
    counter.db.rollback()

    def take(db: Session) -> str:
        return database.write(
            db, lambda db: take_receipt(db, counter.cashier, read, at=counter.at, today=counter.today)
        ).digest

    found = at_once(app, 4, take)
    assert sorted(found) == sorted([read.digest, *["receipt_taken"] * 3])
    assert orders.order_by_number(counter.db, order.number).state == SETTLED
    assert violations(counter.db) == []


def test_a_random_history_never_leaves_the_books_unsound(counter: Counter) -> None:
    dice = seeded()
    banks = [counter.beneficiary(name) for name in ("甲村镇银行", "乙村镇银行", "丙村镇银行")]
    awarded: dict[str, int] = {}

    def award(step: int) -> None:
        bank, quarter = dice.choice(banks), f"2022Q{dice.randrange(1, 4)}"
        fen = dice.choice([1, 99, dice.randrange(1, 10_000)])
        counter.item(bank, fen, number=f"FE-{step:04d}", quarter=quarter, batch=f"B-{step:03d}")
        awarded[f"FE-{step:04d}"] = fen
        drawn(f"B-{step:03d}")

    def adjust(step: int) -> None:
        if awarded:
            number = dice.choice(sorted(awarded))
            first = next(
                one for items in counter.batches.items.values() for one in items if one.statement_number == number
            )
            bank = next(bank for bank in banks if bank.id == first.beneficiary_id)
            fen = dice.choice([-awarded[number], dice.randrange(1, 500)])
            if fen:
                counter.item(
                    bank,
                    fen,
                    number=number,
                    quarter=first.quarter,
                    batch=f"B-{step:03d}",
                    revision=step,
                    kind="adjustment",
                )
                awarded[number] += fen
                drawn(f"B-{step:03d}")

    def drawn(batch: str) -> None:
        attempt(lambda: counter.draw(batch=batch))

    def attempt(act: Callable[[], Any]) -> None:
        try:
            act()
        except DomainError:
            counter.db.rollback()

    def some(act: Callable[[PaymentOrder], Any]) -> None:
        found = orders.orders_of(counter.db)
        if found:
            attempt(lambda: act(dice.choice(found)))

    def disturb(_step: int) -> None:
        counter.treasury.silent, counter.treasury.loses_answers = dice.random() < 0.3, dice.random() < 0.3

    def recover(_step: int) -> None:
        counter.later(minutes=2)
        counter.recover()

    acts: list[Callable[[int], Any]] = [
        award,
        award,
        adjust,
        lambda _step: attempt(lambda: counter.budget(ZHANHE, dice.randrange(1, 9_000))),
        lambda _step: some(counter.send),
        lambda _step: some(counter.cancel),
        lambda _step: some(lambda order: counter.receipt_of(order, dice.choice(["paid", "paid", "rejected"]))),
        disturb,
        recover,
    ]
    for step in range(2, 80):
        dice.choice(acts)(step)
        assert violations(counter.db) == [], f"after step {step}"
    sent = [reference for reference, _ in counter.treasury.received]
    assert len(sent) == len(set(sent))
