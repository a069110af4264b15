"""Overdue referrals: found by the scheduler, told to bank and bureau once a stage, closed by the bureau with what was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, record
from kernel.errors import Conflict
from kernel.outbox.service import publish
from kernel.outbox.texts import Facts
from kernel.workdays import WorkCalendar
from matchmaking.guarded import took_effect
from matchmaking.referrals import events
from matchmaking.referrals.clock import STAGES, ClockStanding
from matchmaking.referrals.models import Referral, ReferralEscalation
from matchmaking.referrals.moving import SUBJECT, not_found
from matchmaking.referrals.reading import BUREAU_READERS, ShownReferral, clocks_of, shown
from matchmaking.referrals.workflow import STAGE_OF
from matchmaking.sessions.models import WeeklySession


@dataclass(frozen=True)
class OverdueReferral:
    """A referral whose open stage is past its deadline."""

    one: ShownReferral
    standing: ClockStanding
    deadline: date


@dataclass(frozen=True)
class Lateness:
    """How late a referral is: by its number alone, for counting and paging."""

    referral_id: int
    standing: ClockStanding
    deadline: date


def lateness(db: Session, work: WorkCalendar, today: date) -> list[Lateness]:
    """All that are overdue, whoever asks: for the job and for the bureau. The longest overdue first."""
    found = [
        Lateness(referral.id or 0, stands, stands.deadline)
        for referral, stands in clocks_of(db, col(Referral.state).in_(STAGE_OF), work, today)
        if stands is not None and stands.deadline is not None and today > stands.deadline
    ]
    return sorted(found, key=lambda late: (late.deadline, late.referral_id))


def overdue(db: Session, late: Sequence[Lateness]) -> list[OverdueReferral]:
    """What is shown of some of them, in their order."""
    ones = {one.id: one for one in shown(db, col(Referral.id).in_([row.referral_id for row in late]))}
    return [OverdueReferral(ones[row.referral_id], row.standing, row.deadline) for row in late]


def not_yet_raised(db: Session, work: WorkCalendar, today: date) -> list[OverdueReferral]:
    """Those whose stage the bureau has not been told of."""
    raised = select(col(ReferralEscalation.referral_id), col(ReferralEscalation.stage))
    told = {(referral_id, stage) for referral_id, stage in db.execute(raised)}
    return overdue(db, [row for row in lateness(db, work, today) if (row.referral_id, row.standing.stage) not in told])


def escalate(db: Session, late: OverdueReferral, *, at: datetime) -> bool:
    """Tell the bureau and the bank; False when this stage was raised already (the UNIQUE pair decides)."""
    stage = late.standing.stage
    raised = ReferralEscalation(referral_id=late.one.id, stage=stage, deadline=late.deadline, raised_at=at)
    try:
        with db.begin_nested():
            db.add(raised)
    except IntegrityError:
        return False
    facts: Facts = {
        "bank": late.one.bank.name,
        "referral": late.one.id,
        "stage": STAGES[stage].zh,
        "stage_en": STAGES[stage].en,
        "deadline": late.deadline.isoformat(),
    }
    for party_id in (late.one.session.organiser_id, late.one.referral.institution_id):
        publish(db, events.OVERDUE.name, party_id=party_id, subject=(SUBJECT, late.one.id), facts=facts, at=at)
    detail = {"stage": stage, "deadline": late.deadline.isoformat()}
    record(db, "referral.escalate", by=THE_SERVICE, subject=(SUBJECT, late.one.id), at=at, detail=detail)
    return True


def handle(db: Session, caller: Caller, escalation_id: int, *, note: str, at: datetime) -> None:
    """The bureau says what it did about an overdue referral of its session."""
    ours = select(col(Referral.id)).join(WeeklySession, col(WeeklySession.id) == col(Referral.session_id))
    if caller.role not in BUREAU_READERS:
        raise not_found()
    ours = ours.where(col(WeeklySession.organiser_id) == caller.organisation_id)
    guarded = update(ReferralEscalation).where(
        col(ReferralEscalation.id) == escalation_id,
        col(ReferralEscalation.handled_at).is_(None),
        col(ReferralEscalation.referral_id).in_(ours),
    )
    values = {"handled_at": at, "handled_by": caller.account_id, "note": note}
    if not took_effect(db, guarded.values(values).execution_options(synchronize_session=False)):
        raise _why_not(db, caller, escalation_id)
    query = select(col(ReferralEscalation.referral_id)).where(col(ReferralEscalation.id) == escalation_id)
    referral_id = db.execute(query).scalar_one()
    detail = {"escalation": escalation_id}
    record(db, "referral.handle", by=caller.actor, subject=(SUBJECT, referral_id), at=at, detail=detail)


def _why_not(db: Session, caller: Caller, escalation_id: int) -> Exception:
    query = (
        select(ReferralEscalation)
        .join(Referral, col(Referral.id) == col(ReferralEscalation.referral_id))
        .join(WeeklySession, col(WeeklySession.id) == col(Referral.session_id))
        .where(
            col(ReferralEscalation.id) == escalation_id,
            col(WeeklySession.organiser_id) == caller.organisation_id,
        )
    )
    if db.execute(query).first() is None:
        return not_found()
    return Conflict("escalation_handled", "这件已经有人处理了", "Somebody has dealt with this one already")


def open_escalations(db: Session, caller: Caller) -> int:
    """How many of the caller's sessions wait for the bureau."""
    query = (
        select(col(ReferralEscalation.id))
        .join(Referral, col(Referral.id) == col(ReferralEscalation.referral_id))
        .join(WeeklySession, col(WeeklySession.id) == col(Referral.session_id))
        .where(col(ReferralEscalation.handled_at).is_(None))
        .where(col(WeeklySession.organiser_id) == caller.organisation_id)
    )
    return len(db.execute(query).all())
