"""One payment from drawing to receipt in a process of its own, which can be killed at any numbered point.

Beside the points of the books, the points before and after each call to the treasury.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.policies import PolicyBook
from settlement.payments import orders, sending
from settlement.payments.approved import ApprovedItem
from settlement.payments.models import PaymentOrder
from settlement.payments.receipts.listing import receipts_query
from settlement.payments.receipts.reading import read_receipt
from settlement.payments.receipts.service import take_receipt
from settlement.payments.sending import PayingOffice
from settlement.payments.workflow import DRAWN, SENT
from tests.settlement.killing import KilledBooks, Tick, opened
from tests.settlement.payments.payment_floor import AT, BATCH, TODAY, ZHANHE
from tests.settlement.worked_examples import book

BOOK: PolicyBook = book()


class LoggingTreasury:
    """A treasury in a file: every message it is given is one more line, so that a second one shows."""

    def __init__(self, log: Path, tick: Tick) -> None:
        self.log, self.tick = log, tick

    def send(self, reference: str, content: bytes) -> None:
        self.tick()
        with self.log.open("a") as file:
            file.write(f"{reference} {len(content)}\n")
            file.flush()
            os.fsync(file.fileno())
        self.tick()

    def has(self, reference: str) -> bool:
        return any(line.split()[0] == reference for line in self.lines())

    def lines(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@dataclass(frozen=True)
class PayingAct:
    """Recover, then draw, send and take the receipt in, each if it is still to do."""

    books: KilledBooks
    cashier: Caller
    items: tuple[ApprovedItem, ...]

    @property
    def log(self) -> Path:
        """Where the treasury keeps what it was given."""
        return self.books.folder / "treasury.log"

    def play(self, tick: Tick, *, minutes: int = 0) -> None:
        at = AT + timedelta(minutes=minutes)

        def approvals(_db: Session, _batch: str) -> Sequence[ApprovedItem]:
            return self.items

        office = PayingOffice(LoggingTreasury(self.log, tick), approvals, BOOK)
        options: dict[str, Any] = {"at": at, "today": TODAY}
        with opened(self.books, tick) as db:
            sending.recover_orders(db, office=office, at=at)
            order = next(iter(orders.orders_of(db)), None)
            if order is None:
                drawn = {"payer": ZHANHE, "batch": BATCH, "approvals": approvals, "book": BOOK, **options}
                order = database.write(db, lambda db: orders.draw_order(db, self.cashier, **drawn))
                tick()
            if order.state == DRAWN:
                order = sending.send_order(db, self.cashier, order.number, office=office, **options)
                tick()
            if order.state == SENT and not db.execute(receipts_query()).all():
                database.write(db, lambda db: take_receipt(db, self.cashier, _receipt(db, order), **options))
                tick()


def _receipt(db: Session, order: PaymentOrder) -> Any:
    lines = [
        f"{one.reference},{one.amount / 100:.2f},{TODAY},paid,BK{one.reference}"
        for one in orders.payments_of(db, order)
    ]
    text = "\n".join(["reference,amount,date,status,bank_reference", *lines])
    return read_receipt("receipt.csv", text.encode(), TODAY)
