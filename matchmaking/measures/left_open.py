"""The last figure of the 13710 clock: how many of its referrals are still open past their month, and how many may be."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar
from matchmaking.measures.reading import OF_CLOCK, Span
from matchmaking.referrals.clock import PROMPT, limit_of
from matchmaking.referrals.models import Referral
from matchmaking.referrals.reading import terms_of
from matchmaking.referrals.workflow import STAGE_OF
from matchmaking.sessions.models import WeeklySession


@dataclass(frozen=True)
class LeftOpen:
    """Referrals past the month of the clock (`due`), those of them that no bank has decided, and how many are allowed."""

    due: int
    undecided: int
    allowed: int

    @property
    def is_kept(self) -> bool:
        return self.undecided <= self.allowed

    @property
    def words(self) -> Text:
        return Text(
            f"13710：到期 {self.due} 件，没办结 {self.undecided} 件，要求不超过 {self.allowed} 件",
            f"13710: {self.due} referrals past their month, {self.undecided} left open, at most {self.allowed} allowed",
        )


def left_open(db: Session, span: Span, *, book: PolicyBook, work: WorkCalendar, today: date) -> LeftOpen | None:
    """The figure over some weeks; None where no referral ran on that clock. Raises `PolicySilent` without the allowed number."""
    alike = [getattr(Referral, name) for name in ("delivered_at", "state", *OF_CLOCK)]
    query: Any = select(*alike, func.count().label("number"))
    query = query.join(WeeklySession, col(WeeklySession.id) == col(Referral.session_id))
    query = query.where(col(Referral.regime) == PROMPT, col(Referral.delivered_at).is_not(None), span.holds())
    rows = db.execute(query.group_by(*alike)).all()
    if not rows:
        return None
    due = [row for row in rows if _is_past(row, work, today)]
    undecided = sum(row.number for row in due if row.state in STAGE_OF)
    allowed = book.scheme("referrals").value("prompt_left_open", today).integer
    return LeftOpen(sum(row.number for row in due), undecided, allowed)


def _is_past(alike: Any, work: WorkCalendar, today: date) -> bool:
    """Whether the month of some referrals is over that were delivered at one moment on the same terms."""
    limit = limit_of(business_day(alike.delivered_at), terms_of(alike), work)
    return limit is not None and today > limit
