"""Jobs of the referrals. The scheduler only wakes them; UNIQUE pairs and guarded moves decide what is done, once."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from flask import current_app
from sqlmodel import Session

from kernel import database
from kernel.clock import business_day
from kernel.errors import DomainError
from kernel.policies import PolicyBook
from kernel.web.edge import clock
from kernel.workdays import WorkCalendar
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.referrals import delivering, drawing, ending, overseeing
from matchmaking.referrals.filed_loans import FiledLoans

log = structlog.get_logger()


def deliver_referrals() -> dict[str, int]:
    """Make the referrals of published meetings, deliver what is submitted, end what has lost its ground."""
    return deliver_due(database.current(), book=policy_book(), work=work_calendar(), at=clock().now())


def deliver_due(db: Session, *, book: PolicyBook, work: WorkCalendar, at: datetime) -> dict[str, int]:
    """The same with everything handed in: how many were made, delivered, ended."""
    counts = {"made": 0, "delivered": 0, "ended": 0}
    for meeting_id in delivering.meetings_without_referral(db):
        counts["made"] += _each(db, partial(_make, meeting_id=meeting_id, at=at))
    for referral_id in delivering.waiting(db):
        counts["delivered"] += _each(db, partial(_deliver, referral_id=referral_id, book=book, work=work, at=at))
    for referral_id, verb in delivering.groundless(db, business_day(at)).items():
        counts["ended"] += _each(db, partial(_end, referral_id=referral_id, verb=verb, at=at))
    return counts


def _make(db: Session, *, meeting_id: int, at: datetime) -> bool:
    return delivering.make(db, meeting_id, at=at) is not None


def _deliver(db: Session, *, referral_id: int, book: PolicyBook, work: WorkCalendar, at: datetime) -> bool:
    delivering.deliver(db, referral_id, book=book, work=work, at=at)
    return True


def _end(db: Session, *, referral_id: int, verb: str, at: datetime) -> bool:
    ending.end(db, referral_id, verb, at=at)
    return True


def _each(db: Session, step: Callable[[Session], bool]) -> bool:
    """One subject in its own transaction; its failure does not stop the rest."""
    try:
        return database.write(db, step)
    except DomainError as error:
        log.warning("referral_step_refused", code=error.code)
    except Exception:
        log.exception("referral_step_failed")
    return False


def escalate_overdue() -> int:
    """Tell the bureau of every stage that ran over its deadline, once."""
    return escalate_due(database.current(), work=work_calendar(), at=clock().now())


def escalate_due(db: Session, *, work: WorkCalendar, at: datetime) -> int:
    """The same with the moment handed in: how many were raised."""
    late = overseeing.not_yet_raised(db, work, business_day(at))
    return sum(_each(db, partial(overseeing.escalate, late=one, at=at)) for one in late)


def find_evidence() -> int:
    """Look for stated drawdowns in the certified loan returns."""
    filed: FiledLoans = current_app.extensions["filed_loans"]
    return evidence_due(database.current(), filed=filed, at=clock().now())


def evidence_due(db: Session, *, filed: FiledLoans, at: datetime) -> int:
    """The same with the look-up handed in: how many drawdowns a return now shows."""
    found = drawing.shown_in_returns(db, filed)
    return sum(
        _each(db, partial(drawing.note_evidence, drawdown_id=drawdown_id, quarter=quarter, at=at))
        for drawdown_id, quarter in found.items()
    )
