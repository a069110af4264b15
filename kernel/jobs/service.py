"""Claim a piece of scheduled work so that it is done exactly once."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from kernel.jobs.models import JobRun


def claim(db: Session, job: str, key: str, *, at: datetime) -> bool:
    """Claim (job, key) inside the work's own transaction: False when it is done or being done elsewhere.

    A crash before the commit gives the claim back, because it was never committed.
    """
    try:
        with db.begin_nested():
            db.add(JobRun(job=job, key=key, claimed_at=at))
    except IntegrityError:
        return False
    return True


def is_done(db: Session, job: str, key: str) -> bool:
    """Whether (job, key) was claimed and committed; a cheap look before slow work, never the decision."""
    return db.exec(select(JobRun.id).where(JobRun.job == job, JobRun.key == key)).first() is not None
