"""The last figure of the 13710 clock: how many of its referrals are still open past their month, and how many may be."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar
from matchmaking.measures.reading import Span
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
    query = select(Referral).join(WeeklySession, col(WeeklySession.id) == col(Referral.session_id))
    query = query.where(col(Referral.regime) == PROMPT, col(Referral.delivered_at).is_not(None), span.holds())
    rows = list(db.execute(query).scalars())
    if not rows:
        return None
    due = [one for one in rows if _is_past(one, work, today)]
    allowed = book.scheme("referrals").value("prompt_left_open", today).integer
    return LeftOpen(len(due), sum(one.state in STAGE_OF for one in due), allowed)


def _is_past(one: Referral, work: WorkCalendar, today: date) -> bool:
    assert one.delivered_at is not None
    limit = limit_of(business_day(one.delivered_at), terms_of(one), work)
    return limit is not None and today > limit
