"""The facts behind the measures, by plain queries over the referrals; who may see which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, case, false, func, select, true
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.parties.models import Party
from kernel.periods import IsoWeek
from kernel.workdays import WorkCalendar
from matchmaking.marks import MarkRules
from matchmaking.matching.vocabulary import REGIONS
from matchmaking.measures.definitions import FollowedReferral
from matchmaking.referrals import clock
from matchmaking.referrals.clock import ClockTerms, Pause
from matchmaking.referrals.models import Drawdown, Referral, ReferralPause
from matchmaking.referrals.reading import pauses_of, terms_of
from matchmaking.sessions.models import WeeklySession
from matchmaking.themes import THEMES

OF_CLOCK = ("regime", "answer_days", "contact_days", "decision_days", "longest_months")
_COUNTED = (
    *("id", "institution_id", "delivered_at", *OF_CLOCK),
    *("is_first_loan", "is_green_channel", "answered_at", "contacted_at", "decided_at", "closed_at"),
    *("approved_amount", "approved_rate", "approved_term", "guarantee", "deposit"),
)
STAGES = ("answer", "decision")
REMEMBERED = 8192  # referrals, some two years of a city
WHOLE_CITY = frozenset({"organiser", "auditor", "operator", "reviewer", "approver", "industry_officer"})


@dataclass(frozen=True)
class Span:
    """ISO weeks from `first` to `last`, both included; open where None."""

    first: IsoWeek | None = None
    last: IsoWeek | None = None

    def holds(self) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = true()
        if self.first is not None:
            condition = condition & (col(WeeklySession.week) >= str(self.first))
        if self.last is not None:
            condition = condition & (col(WeeklySession.week) <= str(self.last))
        return condition


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    """The bureau the whole city, a county officer its county, a bank itself."""
    if caller.role in WHOLE_CITY:
        return true()
    if caller.role == "county_officer":
        return col(Party.fiscal_region) == caller.fiscal_region
    if caller.organisation_kind == "institution":
        return col(Referral.institution_id) == caller.organisation_id
    return false()


def _drawn(db: Session) -> dict[int, tuple[int, int]]:
    """By referral: what the bank stated and did not take back, and what three sides agree on."""
    agreed = (col(Drawdown.state) == "confirmed") & col(Drawdown.evidence_quarter).is_not(None)
    query: Any = select(
        col(Drawdown.referral_id),
        func.sum(col(Drawdown.amount)),
        func.sum(case((agreed, col(Drawdown.amount)), else_=0)),
    )
    rows = db.execute(query.where(col(Drawdown.state) != "cancelled").group_by(col(Drawdown.referral_id))).all()
    return {referral_id: (int(stated), int(counted)) for referral_id, stated, counted in rows}


def _pauses(db: Session) -> dict[int, tuple[Pause, ...]]:
    found: dict[int, list[ReferralPause]] = {}
    for row in db.execute(select(ReferralPause).order_by(col(ReferralPause.id))).scalars():
        found.setdefault(row.referral_id, []).append(row)
    return {referral_id: pauses_of(rows) for referral_id, rows in found.items()}


Lasts = tuple[date | None, ...]


@lru_cache(maxsize=REMEMBERED)
def _lasts(delivered: date, terms: ClockTerms, pauses: tuple[Pause, ...], work: WorkCalendar) -> Lasts:
    """The last day of each stage in the order of `STAGES`; the referrals of a session share their days and their terms."""
    return tuple(clock.deadline(delivered, stage, terms, pauses, work) for stage in STAGES)


def followed(
    db: Session, caller: Caller, span: Span, *, rules: MarkRules, work: WorkCalendar, today: date
) -> list[FollowedReferral]:
    """The delivered referrals that the caller may count, of the sessions of a span of weeks."""
    beside = (col(Party.fiscal_region), col(WeeklySession.week), col(WeeklySession.theme_code))
    query: Any = select(*(getattr(Referral, name) for name in _COUNTED), *beside)
    query = query.join(Party, col(Party.id) == col(Referral.enterprise_id))
    query = query.join(WeeklySession, col(WeeklySession.id) == col(Referral.session_id))
    query = query.where(col(Referral.delivered_at).is_not(None), _seen_by(caller), span.holds())
    rows = db.execute(query.order_by(col(Referral.id))).all()
    drawn, pauses = _drawn(db), _pauses(db)
    return [_followed(row, drawn.get(row.id, (0, 0)), pauses.get(row.id, ()), rules, work, today) for row in rows]


@lru_cache(maxsize=REMEMBERED)
def _followed(
    referral: Any, drawn: tuple[int, int], pauses: tuple[Pause, ...], rules: MarkRules, work: WorkCalendar, today: date
) -> FollowedReferral:
    """Of the values of its row alone, so that what is long over is worked out once a day and not once a look."""
    delivered = business_day(referral.delivered_at)
    lasts = _lasts(delivered, terms_of(referral), pauses, work)
    in_time = {stage: _in_time(referral, stage, last, today) for stage, last in zip(STAGES, lasts, strict=True)}
    days = None
    if referral.decided_at is not None:
        days = (business_day(referral.decided_at) - delivered).days
    return FollowedReferral(
        institution_id=referral.institution_id,
        region=referral.fiscal_region,
        week=referral.week,
        theme=referral.theme_code,
        is_contacted=referral.contacted_at is not None,
        is_approved=referral.approved_amount is not None,
        is_first_loan=referral.is_first_loan,
        is_green_channel=referral.is_green_channel,
        is_long_term=rules.is_long(referral.approved_term),
        has_deposit=referral.deposit > 0,
        approved_amount=referral.approved_amount or 0,
        rate=referral.approved_rate or Decimal(0),
        guarantee=referral.guarantee or "",
        stated=drawn[0],
        disbursed=drawn[1],
        answered_in_time=in_time["answer"],
        decided_in_time=in_time["decision"],
        days_to_decision=days,
    )


def _in_time(referral: Any, stage: str, last: date | None, today: date) -> bool | None:
    """Whether a stage was met in time; False once it is past its deadline and open; None while it may still be, or is moot.

    A firm's withdrawal makes a stage moot from that day on, and does not undo what was late before.
    """
    done = referral.answered_at or referral.decided_at if stage == "answer" else referral.decided_at
    if done is not None:
        return last is None or business_day(done) <= last
    until = business_day(referral.closed_at) if referral.closed_at is not None else today
    return False if last is not None and until > last else None


def names_of(db: Session, by: str, keys: list[str]) -> Mapping[str, Any]:
    """What the groups are called."""
    if by == "bank":
        query = select(col(Party.id), col(Party.name)).where(col(Party.id).in_([int(key) for key in keys]))
        return {str(party_id): name for party_id, name in db.execute(query).all()}
    if by == "county":
        return {key: REGIONS.get(key, key) for key in keys}
    if by == "theme":
        return {key: THEMES[key].title for key in keys}
    return {key: key for key in keys}
