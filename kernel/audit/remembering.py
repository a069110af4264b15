"""What pages work out from the books and are asked for again before anything has changed."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from flask import current_app
from sqlmodel import Session, col, select

from kernel.audit.models import AuditEntry

T = TypeVar("T")

MOST = 512
NO_CHANGE = (  # acts after which no figure of the books is another one
    *("account.sign_in", "account.sign_in_failed", "account.end_tour", "feedback.write", "feedback.answer"),
    *("saved_filter.save", "saved_filter.remove", "work.ask", "work.cancel", "work.fail"),
)


class Remembering:
    """Values kept in this process until the trail moves on: every change leaves an entry there, whose digest stands for all before it.

    For plain values that pages show, and no rows of a session. Whoever decides, signs or pays asks the books themselves.
    """

    def __init__(self) -> None:
        self._kept: tuple[str, dict[Hashable, Any]] = ("", {})

    def of(self, db: Session, key: Hashable, work: Callable[[], T]) -> T:
        """What `work` gives, or gave for an equal key since the last change. The key holds all that is not in the books: day, policies."""
        stand = _newest_change(db)  # before the work, which may read newer books, never older ones
        kept = self._kept  # taken once: another thread may meanwhile keep what it read
        if kept[0] != stand or (len(kept[1]) >= MOST and key not in kept[1]):
            kept = self._kept = (stand, {})
        if key not in kept[1]:
            kept[1][key] = work()
        found: T = kept[1][key]
        return found


def _newest_change(db: Session) -> str:
    """The digest of the newest entry of the trail that is more than somebody's coming, asking or noting."""
    query = select(AuditEntry.digest).where(col(AuditEntry.act).not_in(NO_CHANGE))
    return db.exec(query.order_by(col(AuditEntry.number).desc()).limit(1)).first() or ""


def remembering() -> Remembering:
    """The app's own."""
    found: Remembering = current_app.extensions["remembering"]
    return found
