"""The books of a pool: capital in `appropriation`, cash in `available` and (promised to a case) `committed`, money out in `spent`.

What a pool may give is its `LedgerFund`: taken by one guarded UPDATE, so that no race makes a balance negative.
"""

from sqlmodel import Session

from kernel.ledger import funds
from kernel.ledger.service import Booking, Entry, post
from matchmaking.bridging.models import BridgingPool

EVERY_YEAR = 0  # a pool revolves: it has no budget year
CAPITAL, CASH, PROMISED, OUT = "appropriation", "available", "committed", "spent"


def _move(
    db: Session, pool: BridgingPool, key: str, act: str, amount: int, source: str, target: str, booking: Booking
) -> None:
    post(db, pool.book, key, act, [Entry(target, amount), Entry(source, -amount)], booking=booking)


def contribute(db: Session, pool: BridgingPool, amount: int, *, key: str, booking: Booking, reference: str) -> None:
    """Raise the capital, or (a negative amount) take back cash that nobody was promised; Refused for more than that."""
    act = "contribute" if amount > 0 else "take_back"
    funds.grant(db, pool.book, EVERY_YEAR, amount, key=key, booking=booking, reference=reference, act=act)


def promise(db: Session, pool: BridgingPool, amount: int, *, key: str, booking: Booking) -> None:
    """Set cash aside for a case; Conflict when the pool holds less."""
    funds.take(db, pool.book, EVERY_YEAR, amount)
    _move(db, pool, f"{key}/promise", "promise", amount, CASH, PROMISED, booking)


def release(db: Session, pool: BridgingPool, amount: int, *, key: str, booking: Booking) -> None:
    """Give promised cash back to the pool."""
    funds.give_back(db, pool.book, EVERY_YEAR, amount)
    _move(db, pool, f"{key}/release", "release", amount, PROMISED, CASH, booking)


def pay_out(db: Session, pool: BridgingPool, amount: int, *, key: str, booking: Booking) -> None:
    """Promised cash goes to the old loan."""
    _move(db, pool, f"{key}/pay_out", "pay_out", amount, PROMISED, OUT, booking)


def take_back(db: Session, pool: BridgingPool, amount: int, *, key: str, booking: Booking) -> None:
    """Principal that came back."""
    funds.give_back(db, pool.book, EVERY_YEAR, amount)
    _move(db, pool, f"{key}/back", "back", amount, OUT, CASH, booking)


def earn(db: Session, pool: BridgingPool, amount: int, *, key: str, booking: Booking, reference: str) -> None:
    """A pool's part of a fee: it stays in the pool and raises its capital."""
    if amount:
        funds.grant(
            db, pool.book, EVERY_YEAR, amount, key=f"{key}/fee", booking=booking, reference=reference, act="fee"
        )


def lose(db: Session, pool: BridgingPool, amount: int, *, key: str, booking: Booking, reference: str) -> None:
    """Principal that will not come back: it leaves the money out and the capital alike."""
    funds.give_back(db, pool.book, EVERY_YEAR, amount)
    _move(db, pool, f"{key}/loss", "loss", amount, OUT, CASH, booking)
    funds.grant(
        db,
        pool.book,
        EVERY_YEAR,
        -amount,
        key=f"{key}/write_off",
        booking=booking,
        reference=reference,
        act="write_off",
    )


def regain(db: Session, pool: BridgingPool, amount: int, *, key: str, booking: Booking, reference: str) -> None:
    """Principal that had been written off and came back after all: it raises cash and capital."""
    funds.grant(
        db, pool.book, EVERY_YEAR, amount, key=f"{key}/regain", booking=booking, reference=reference, act="regain"
    )
