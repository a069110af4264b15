"""SIGKILL at the points of a payment, from drawing to receipt; recovery follows: nothing lost, nothing twice, the books balanced."""

from pathlib import Path
from typing import Any

import pytest

from kernel import database
from kernel.audit.watching import trail_state
from kernel.ledger.balances import balances
from settlement.payments import orders
from settlement.payments.invariants import violations
from tests.settlement.killing import Counted, KilledBooks, opened, outcome_despite_kills
from tests.settlement.payments.kill_floor import LoggingTreasury, PayingAct
from tests.settlement.payments.payment_floor import BATCH, ZHANHE, Counter

pytestmark = pytest.mark.both_databases

EXPECTED = {
    "appropriation": -9_000, "available": 3_100, "committed": 0, "spent": 5_900,
    "award": 5_900, "payable": 0, "in_transit": 0, "paid": -5_900, "set_off": 0, "recoverable": 0,
}  # fmt: skip


def seeded_act(counter: Counter, url: str, folder: Path) -> PayingAct:
    """Two banks due money and one of them owing some back; everything ready but the order."""
    bank = counter.beneficiary("甲村镇银行")
    counter.item(bank, 4_000)
    counter.item(counter.beneficiary("乙村镇银行"), 2_000)
    counter.item(bank, -100, quarter="2022Q2", number="FE-2022Q2-0001")
    counter.budget(ZHANHE, 9_000)
    counter.db.rollback()
    database.books.engine.dispose()
    return PayingAct(KilledBooks(url, folder), counter.cashier, tuple(counter.batches.items[BATCH]))


def outcome(act: PayingAct) -> dict[str, Any]:
    """The one order, its payments, the book, and what the treasury was given."""
    with opened(act.books, Counted()) as db:
        assert violations(db) == []
        assert trail_state(db, act.books.checkpoints).is_sound
        (order,) = orders.orders_of(db)
        payments = [(one.amount, one.state) for one in orders.payments_of(db, order)]
        sent = [line.split()[0] for line in LoggingTreasury(act.log, Counted()).lines()]
        assert sent == [order.number]
        return {"state": order.state, "payments": payments, "book": balances(db, ZHANHE)}


def test_a_payment_killed_at_any_point_is_made_once_and_the_books_balance(
    counter: Counter, books_url: str, tmp_path: Path
) -> None:
    found = outcome_despite_kills(seeded_act(counter, books_url, tmp_path), tmp_path / "killed", outcome)
    assert found == {"state": "settled", "payments": [(3_900, "paid"), (2_000, "paid")], "book": EXPECTED}
