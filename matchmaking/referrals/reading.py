"""Which referrals a caller may see, and what is shown of each.

A firm sees its own, a bank those delivered to it as long as the firm's consent holds (or the bank has approved: then it has a
contract to fulfil), the organising bureau and the auditor all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import structlog
from sqlalchemy import ColumnElement, Select, exists, false, select, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.parties.models import Party
from kernel.workdays import WorkCalendar
from matchmaking.products.models import ProductVersion
from matchmaking.referrals import clock
from matchmaking.referrals.clock import ClockStanding, ClockTerms, Pause
from matchmaking.referrals.models import Drawdown, Referral, ReferralEscalation, ReferralMove, ReferralPause
from matchmaking.referrals.moving import not_found
from matchmaking.referrals.workflow import ENDED, OF_THE_BANK, REFERRAL_MOVES, STAGE_OF
from matchmaking.requests.models import Consent, FinancingRequest, RequestVersion
from matchmaking.sessions.models import SessionMeeting, WeeklySession
from matchmaking.sessions.workflow import OUT

log = structlog.get_logger()

BUREAU_READERS = frozenset({"organiser", "auditor"})
AFTER_APPROVAL = ("approved", "contracted", "disbursed")


@dataclass(frozen=True)
class ShownReferral:
    """A referral with its parties, its terms, what happened to it, its pauses and drawdowns."""

    referral: Referral
    enterprise: Party
    bank: Party
    request: RequestVersion
    product: ProductVersion
    request_code: str
    session: WeeklySession
    moves: tuple[ReferralMove, ...] = ()
    pauses: tuple[ReferralPause, ...] = ()
    drawdowns: tuple[Drawdown, ...] = ()
    escalations: tuple[ReferralEscalation, ...] = ()

    @property
    def id(self) -> int:
        assert self.referral.id is not None
        return self.referral.id

    @property
    def state(self) -> str:
        return self.referral.state

    @property
    def open_pause(self) -> ReferralPause | None:
        return next((one for one in self.pauses if one.supplied_at is None), None)

    @property
    def verbs(self) -> list[str]:
        """What the bank can do next."""
        return [verb for verb in REFERRAL_MOVES.allowed(self.state) if verb in OF_THE_BANK]

    def standing(self, work: WorkCalendar, today: date) -> ClockStanding | None:
        """Where the stage that is open now stands; None when no clock runs."""
        return standing_of(self.referral, self.pauses, work, today)

    def cells(self, work: WorkCalendar, today: date) -> list[tuple[str, int]]:
        """The working-day ruler of the open stage."""
        stands = self.standing(work, today)
        if stands is None or stands.is_unknown or self.referral.delivered_at is None:
            return []
        return clock.cells(business_day(self.referral.delivered_at), stands, pauses_of(self.pauses), work, today)


def terms_of(referral: Referral) -> ClockTerms:
    """The clock as it was when the referral was delivered."""
    assert referral.regime is not None
    assert referral.answer_days is not None
    assert referral.contact_days is not None
    assert referral.decision_days is not None
    days = (referral.answer_days, referral.contact_days, referral.decision_days)
    return ClockTerms(referral.regime, *days, referral.longest_months)


def pauses_of(rows: Iterable[ReferralPause]) -> tuple[Pause, ...]:
    """Pauses in days, as the clock counts them."""
    return tuple(
        Pause(business_day(one.asked_at), None if one.supplied_at is None else business_day(one.supplied_at))
        for one in rows
    )


def standing_of(
    referral: Referral, pauses: Iterable[ReferralPause], work: WorkCalendar, today: date
) -> ClockStanding | None:
    """Where the open stage of a referral stands on a day."""
    running = _running(referral, pauses)
    return clock.standing(*running, work, today) if running else None


def _running(
    referral: Referral, pauses: Iterable[ReferralPause]
) -> tuple[date, str, ClockTerms, tuple[Pause, ...]] | None:
    """What the clock of the open stage counts from and by; None where none runs."""
    stage = STAGE_OF.get(referral.state)
    if stage is None or referral.delivered_at is None:
        return None
    return business_day(referral.delivered_at), stage, terms_of(referral), pauses_of(pauses)


def consented(today: date) -> ColumnElement[bool]:
    """SQL: whether the firm's leave to show the request holds today."""
    live = (col(Consent.request_id) == col(Referral.request_id)) & col(Consent.revoked_at).is_(None)
    return exists().where(live, col(Consent.until) >= today).correlate(Referral)


def seen_by(caller: Caller, today: date) -> ColumnElement[bool]:
    """SQL: the referrals that are the caller's to see."""
    if caller.organisation_kind == "enterprise":
        return col(Referral.enterprise_id) == caller.organisation_id
    if caller.organisation_kind == "institution":
        open_to_it = consented(today) | col(Referral.state).in_(AFTER_APPROVAL)
        mine = (col(Referral.institution_id) == caller.organisation_id) & col(Referral.delivered_at).is_not(None)
        return mine & open_to_it
    return true() if caller.role in BUREAU_READERS else false()


@cache
def _referrals() -> Select[Any]:
    """The query of all of them, built once: each act reads one referral by it."""
    firm, bank = aliased(Party), aliased(Party)
    entities: Any = (Referral, firm, bank, RequestVersion, ProductVersion, col(FinancingRequest.code), WeeklySession)
    query: Any = select(*entities)
    query = query.join(firm, col(firm.id) == col(Referral.enterprise_id))
    query = query.join(bank, col(bank.id) == col(Referral.institution_id))
    query = query.join(RequestVersion, col(RequestVersion.id) == col(Referral.request_version_id))
    query = query.join(ProductVersion, col(ProductVersion.id) == col(Referral.product_version_id))
    query = query.join(FinancingRequest, col(FinancingRequest.id) == col(Referral.request_id))
    joined: Select[Any] = query.join(WeeklySession, col(WeeklySession.id) == col(Referral.session_id))
    return joined.execution_options(populate_existing=True)


def _beside(db: Session, model: Any, ids: list[int], order: Any) -> dict[int, tuple[Any, ...]]:
    query = select(model).where(col(model.referral_id).in_(ids)).order_by(order)
    found: dict[int, list[Any]] = {}
    for row in db.execute(query.execution_options(populate_existing=True)).scalars():
        found.setdefault(row.referral_id, []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def shown(db: Session, condition: ColumnElement[bool], *, newest: int | None = None) -> list[ShownReferral]:
    """Referrals with all that belongs to them, oldest first, or the `newest` few; five queries whatever their number."""
    query = _referrals().where(condition)
    order = col(Referral.id) if newest is None else col(Referral.id).desc()
    rows = db.execute(query.order_by(order).limit(newest)).all()
    ids = [row[0].id for row in rows]
    moves = _beside(db, ReferralMove, ids, col(ReferralMove.number))
    pauses = _beside(db, ReferralPause, ids, col(ReferralPause.id))
    drawdowns = _beside(db, Drawdown, ids, col(Drawdown.number))
    raised = _beside(db, ReferralEscalation, ids, col(ReferralEscalation.id))
    return [
        ShownReferral(*row, *(beside.get(row[0].id, ()) for beside in (moves, pauses, drawdowns, raised)))
        for row in rows
    ]


def referrals_for(
    db: Session,
    caller: Caller,
    *,
    today: date,
    request_id: int | None = None,
    states: Iterable[str] | None = None,
) -> list[ShownReferral]:
    """The referrals that are the caller's to see, oldest first."""
    condition = seen_by(caller, today)
    if request_id is not None:
        condition = condition & (col(Referral.request_id) == request_id)
    if states is not None:
        condition = condition & col(Referral.state).in_(list(states))
    return shown(db, condition)


class Clocked(NamedTuple):
    """A referral and where the clock of its open stage stands; None where none runs."""

    referral: Referral
    standing: ClockStanding | None


def clocks_of(db: Session, condition: ColumnElement[bool], work: WorkCalendar, today: date) -> list[Clocked]:
    """Where the clocks of referrals stand, without all that a page shows of them; two queries, oldest first.

    The referrals of a session share their days and their terms: each clock is counted once.
    """

    @cache
    def counted(delivered: date, stage: str, terms: ClockTerms, pauses: tuple[Pause, ...]) -> ClockStanding:
        return clock.standing(delivered, stage, terms, pauses, work, today)

    query = select(Referral).where(condition).order_by(col(Referral.id)).execution_options(populate_existing=True)
    rows = list(db.execute(query).scalars())
    pauses = _beside(db, ReferralPause, [row.id or 0 for row in rows], col(ReferralPause.id))
    runnings = [(row, _running(row, pauses.get(row.id or 0, ()))) for row in rows]
    found = [Clocked(row, counted(*running) if running else None) for row, running in runnings]
    unknown = [one.referral.id for one in found if one.standing is not None and one.standing.is_unknown]
    if unknown:
        log.warning("referral_clocks_unknown", code="calendar_unpublished", count=len(unknown), first=unknown[0])
    return found


def clocks_for(db: Session, caller: Caller, work: WorkCalendar, *, today: date, states: Iterable[str]) -> list[Clocked]:
    """The clocks of the caller's referrals that stand in these states."""
    return clocks_of(db, seen_by(caller, today) & col(Referral.state).in_(list(states)), work, today)


def referral_for(db: Session, caller: Caller, referral_id: int, *, today: date) -> ShownReferral:
    """One of them; another's is the same NotFound as none."""
    found = shown(db, seen_by(caller, today) & (col(Referral.id) == referral_id))
    if not found:
        raise not_found()
    return found[0]


def turned_down(db: Session) -> set[int]:
    """The requests that some bank refused and that no bank is looking at any more: they may have a second look.

    A meeting that stands in a session that is out is a bank's look, before its referral is there too.
    """
    refused = select(col(Referral.request_id)).where(col(Referral.state) == "refused")
    live = select(col(Referral.request_id)).where(col(Referral.state).not_in(ENDED))
    alone = refused.where(col(Referral.request_id).not_in(live), col(Referral.request_id).not_in(_to_be_referred()))
    return set(db.execute(alone).scalars())


def _to_be_referred() -> Select[Any]:
    """The requests of standing meetings of published sessions whose referrals are to be made."""
    made = exists().where(col(Referral.meeting_id) == col(SessionMeeting.id))
    query = select(col(SessionMeeting.request_id)).join(
        WeeklySession, col(WeeklySession.id) == col(SessionMeeting.session_id)
    )
    return query.where(col(WeeklySession.state).in_(OUT), col(SessionMeeting.state) == "standing", ~made)


def past_refusers(db: Session, enterprise_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Who refused whom, as (enterprise, institution): the second look leaves these pairs out."""
    query = select(col(Referral.enterprise_id), col(Referral.institution_id)).where(
        col(Referral.state) == "refused", col(Referral.enterprise_id).in_(set(enterprise_ids))
    )
    return {(firm, bank) for firm, bank in db.execute(query).all()}


def bank_named(db: Session, institution_id: int) -> str:
    """The name of a bank: that it lends is public."""
    name: str = db.execute(select(col(Party.name)).where(col(Party.id) == institution_id)).scalar_one()
    return name
