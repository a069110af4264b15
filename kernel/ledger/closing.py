"""Close a month of the books: one person proposes, another closes; what arrives later goes to the open month."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.audit.service import Actor, record
from kernel.errors import Conflict, Refused
from kernel.ledger.invariants import unbalanced_groups
from kernel.ledger.models import LedgerPeriod
from kernel.ledger.service import month_of, period
from kernel.ledger.workflow import CLOSED, OPEN, PROPOSED


def periods_of(db: Session, book: str) -> list[LedgerPeriod]:
    """The months of a book, the newest first."""
    query = select(LedgerPeriod).where(LedgerPeriod.book == book)
    return list(db.exec(query.order_by(col(LedgerPeriod.month).desc())))


def propose_closing(db: Session, book: str, month: str, *, by: Actor, at: datetime, today: date) -> LedgerPeriod:
    """Propose to close a month that has ended and before which every month is closed."""
    if month >= month_of(today):
        raise Refused("period_runs", f"{month} 还没有过完，不能结账", f"{month} has not ended yet")
    _require_earlier_closed(db, book, month)
    _require_balance(db, book)
    row = period(db, book, month)
    values = {"proposed_by": by.account_id, "proposed_at": at, "proposed_groups": row.groups}
    _move(db, row, OPEN, PROPOSED, values, extra=col(LedgerPeriod.groups) == row.groups)
    record(db, "ledger.propose_closing", by=by, subject=("ledger_period", f"{book}/{month}"), at=at)
    return _fresh(db, row)


def close(db: Session, book: str, month: str, *, by: Actor, at: datetime) -> LedgerPeriod:
    """Close a proposed month; another person than who proposed it, and nothing may have been posted since."""
    _require_balance(db, book)
    row = period(db, book, month)
    if row.proposed_by is not None and row.proposed_by == by.account_id:
        raise Refused("same_person", "提出结账的人不能自己复核", "Who proposed the closing may not check it")
    unchanged = col(LedgerPeriod.groups) == col(LedgerPeriod.proposed_groups)
    another = col(LedgerPeriod.proposed_by) != by.account_id
    _move(db, row, PROPOSED, CLOSED, {"closed_by": by.account_id, "closed_at": at}, extra=unchanged & another)
    record(db, "ledger.close", by=by, subject=("ledger_period", f"{book}/{month}"), at=at)
    return _fresh(db, row)


def reopen_proposed(db: Session, book: str, month: str, *, by: Actor, at: datetime) -> LedgerPeriod:
    """Give a proposal back, for instance because something was posted since; a closed month stays closed."""
    row = period(db, book, month)
    nobody = {"proposed_by": None, "proposed_at": None, "proposed_groups": None}
    _move(db, row, PROPOSED, OPEN, nobody)
    record(db, "ledger.reopen", by=by, subject=("ledger_period", f"{book}/{month}"), at=at)
    return _fresh(db, row)


def _move(
    db: Session, row: LedgerPeriod, source: str, target: str, values: Mapping[str, Any], extra: object = None
) -> None:
    guarded = update(LedgerPeriod).where(col(LedgerPeriod.id) == row.id, col(LedgerPeriod.state) == source)
    if extra is not None:
        guarded = guarded.where(extra)  # type: ignore[arg-type]
    moved = db.execute(guarded.values(state=target, **values))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            "period_moved",
            f"{row.month} 的结账状态已经变了，或又记了账；刷新后再试",
            f"{row.month} has moved on, or something was posted since; reload and try again",
        )


def _fresh(db: Session, row: LedgerPeriod) -> LedgerPeriod:
    db.refresh(row)
    return row


def _require_earlier_closed(db: Session, book: str, month: str) -> None:
    query = select(LedgerPeriod.month).where(
        LedgerPeriod.book == book, LedgerPeriod.month < month, LedgerPeriod.state != CLOSED
    )
    earlier = db.exec(query.order_by(col(LedgerPeriod.month))).first()
    if earlier is not None:
        raise Refused("earlier_period_open", f"先结 {earlier}", f"Close {earlier} first")


def _require_balance(db: Session, book: str) -> None:
    wrong = unbalanced_groups(db, book)
    if wrong:
        raise Refused(
            "books_unsound",
            f"账不平，不能结账：{wrong[0].text.zh}",
            f"The books do not balance and cannot be closed: {wrong[0].text.en}",
        )
