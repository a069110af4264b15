"""One payment from drawing to receipt in a process of its own, which can be killed at any numbered point.

A point is every statement that writes, every commit (before it and after it), and every call to the treasury (before and after). A
kill at a statement that only reads leaves the same books behind as a kill at the next point, so reads have no number.
"""

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.database import engine_options, prepare
from kernel.policies import PolicyBook
from settlement.payments import orders, sending
from settlement.payments.approved import ApprovedItem
from settlement.payments.models import PaymentOrder
from settlement.payments.receipts.reading import read_receipt
from settlement.payments.receipts.service import receipts_query, take_receipt
from settlement.payments.sending import PayingOffice
from settlement.payments.workflow import DRAWN, SENT
from tests.settlement.payments.payment_floor import AT, BATCH, TODAY, ZHANHE
from tests.settlement.worked_examples import book

BOOK: PolicyBook = book()
WRITES = ("INSERT", "UPDATE", "DELETE")

Tick = Callable[[], None]


@dataclass(frozen=True)
class Scene:
    """Where the books are, where the treasury keeps what it was given, who pays, and what was approved."""

    url: str
    log: Path
    cashier: Caller
    items: tuple[ApprovedItem, ...]

    def moved_to(self, url: str, log: Path) -> "Scene":
        return replace(self, url=url, log=log)


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


def open_books(url: str, tick: Tick) -> Engine:
    """The books of a process, each write and each commit of which is a point."""
    options = engine_options(url)
    engine = create_engine(options.pop("url"), **options)
    prepare(engine)

    def before(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            tick()

    def committing(_c: object) -> None:
        tick()

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", committing)
    return engine


class Counted:
    """Counts the points passed, and ends the process at one of them."""

    def __init__(self, kill_at: int | None = None) -> None:
        self.passed, self.kill_at = 0, kill_at

    def __call__(self) -> None:
        self.passed += 1
        if self.passed == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def play(scene: Scene, tick: Counted, *, minutes: int = 0) -> None:
    """Go on from wherever the books stand: recover, then draw, send and take the receipt in, each if it is still to do."""
    engine = open_books(scene.url, tick)
    at = AT + timedelta(minutes=minutes)

    def approvals(_db: Session, _batch: str) -> Sequence[ApprovedItem]:
        return scene.items

    office = PayingOffice(LoggingTreasury(scene.log, tick), approvals, BOOK)
    with Session(engine, expire_on_commit=False) as db:
        sending.recover_orders(db, office=office, at=at)
        order = next(iter(orders.orders_of(db)), None)
        if order is None:
            order = database.write(
                db,
                lambda db: orders.draw_order(
                    db, scene.cashier, payer=ZHANHE, batch=BATCH, approvals=approvals, book=BOOK, at=at, today=TODAY
                ),
            )
            tick()
        if order.state == DRAWN:
            order = sending.send_order(db, scene.cashier, order.number, office=office, at=at, today=TODAY)
            tick()
        if order.state == SENT and not db.execute(receipts_query()).all():
            database.write(db, lambda db: take_receipt(db, scene.cashier, _receipt(db, order), at=at, today=TODAY))
            tick()
    engine.dispose()


def _receipt(db: Session, order: PaymentOrder) -> Any:
    lines = [
        f"{one.reference},{one.amount / 100:.2f},{TODAY},paid,BK{one.reference}"
        for one in orders.payments_of(db, order)
    ]
    text = "\n".join(["reference,amount,date,status,bank_reference", *lines])
    return read_receipt("receipt.csv", text.encode(), TODAY)


def killed_at(scene: Scene, point: int) -> None:
    """What a child process does: play until the point, and die there."""
    play(scene, Counted(point))
