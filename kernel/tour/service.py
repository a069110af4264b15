"""Whether somebody is still to be shown around, and the end of it: skipped or finished once is for good."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.accounts.models import Account
from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.bilingual import Text


@dataclass(frozen=True)
class Stop:
    """One place: what it is for, in one sentence, and the endpoint that opens it."""

    title: Text
    words: Text
    endpoint: str


def is_due(db: Session, caller: Caller) -> bool:
    """Whether the caller has neither finished nor skipped the tour."""
    ended = select(Account.tour_ended_at).where(Account.id == caller.account_id)
    return db.exec(ended).one() is None


def end_tour(db: Session, caller: Caller, *, at: datetime) -> None:
    """The tour is over for good; ending it again changes nothing."""
    due = (col(Account.id) == caller.account_id) & col(Account.tour_ended_at).is_(None)
    if db.execute(update(Account).where(due).values(tour_ended_at=at)).rowcount == 1:  # type: ignore[attr-defined]
        record(db, "account.end_tour", by=caller.actor, subject=("account", caller.account_id), at=at)
