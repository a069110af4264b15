"""Hold a work: one process at a time, by a guarded UPDATE; whoever is not heard of loses it to the next (reliability rules 2 and 3)."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, update
from sqlmodel import Session, col, select

from kernel.accounts.models import Account
from kernel.audit.service import THE_SERVICE, record
from kernel.errors import DomainError, Refused
from kernel.works.failures import failure_json
from kernel.works.models import DONE, FAILED, RUNNING, WAITING, Work
from kernel.works.telling import Stopped

LEASE = timedelta(seconds=15)
MOST_TRIES = 3


class WorkReached(NamedTuple):
    """How far a work has come."""

    stage: str
    done: int
    whole: int
    percent: int


def _due(at: datetime) -> ColumnElement[bool]:
    """Works that nobody does: they wait, or their holder was not heard of in time."""
    return (col(Work.state) == WAITING) | ((col(Work.state) == RUNNING) & (col(Work.held_until) < at))


def next_due(db: Session, *, at: datetime) -> int | None:
    """The oldest work that nobody does, of an organisation none of whose works is being done; a look, not the decision."""
    served = (
        select(Account.organisation_id)
        .join(Work, col(Work.account_id) == Account.id)
        .where(Work.state == RUNNING, col(Work.held_until) >= at)
    )
    query = select(Work.id).join(Account, col(Account.id) == Work.account_id)
    waiting = query.where(_due(at), col(Account.organisation_id).not_in(served))
    return db.exec(waiting.order_by(col(Work.id)).limit(1)).first()


def take_up(db: Session, work_id: int, holder: str, *, at: datetime) -> Work | None:
    """Hold a due work from now on; None when somebody was faster, or when it was tried so often that it fails here."""
    values = {
        "state": RUNNING,
        "holder": holder,
        "held_until": at + LEASE,
        "tries": Work.tries + 1,
        "began_at": case((col(Work.began_at).is_(None), at), else_=col(Work.began_at)),
    }
    if not _moved(db, (col(Work.id) == work_id) & _due(at), values):
        return None
    query = select(Work).where(Work.id == work_id).execution_options(populate_existing=True)
    work = db.exec(query).one()
    if work.tries <= MOST_TRIES:
        return work
    fail(db, work_id, holder, _gave_up(), at=at)
    return None


def _gave_up() -> Refused:
    return Refused(
        "work_gave_up",
        "做了三次，每次都在半路断了，没有做成；请联系系统管理员",
        "It was tried three times and broke off each time; tell the system administrator",
    )


def hear(db: Session, work_id: int, holder: str, reached: WorkReached, *, at: datetime) -> bool:
    """Keep the hold and write down how far the work is; False when it was cancelled or is held by somebody else."""
    further = case((col(Work.percent) < reached.percent, reached.percent), else_=col(Work.percent))
    values = {
        "held_until": at + LEASE,
        "stage": reached.stage,
        "done": reached.done,
        "whole": reached.whole,
        "percent": further,
    }
    return _moved(db, _held(work_id, holder), values)


def finish(db: Session, work_id: int, holder: str, result: str, *, at: datetime) -> None:
    """Inside the effect's transaction: the work is done. `Stopped` when it was cancelled or is no longer held."""
    values = {"state": DONE, "result": result, "percent": 100, "ended_at": at, "held_until": None}
    if not _moved(db, _held(work_id, holder), values):
        raise Stopped


def fail(db: Session, work_id: int, holder: str, error: DomainError, *, at: datetime) -> None:
    """The work ends without its effect, and says why. `Stopped` when it was cancelled or is no longer held."""
    values = {"state": FAILED, "failure": failure_json(error), "ended_at": at, "held_until": None}
    if not _moved(db, _held(work_id, holder), values):
        raise Stopped
    record(db, "work.fail", by=THE_SERVICE, subject=("work", work_id), at=at, detail={"code": error.code})


def _held(work_id: int, holder: str) -> ColumnElement[bool]:
    return (col(Work.id) == work_id) & (col(Work.state) == RUNNING) & (col(Work.holder) == holder)


def _moved(db: Session, may: ColumnElement[bool], values: dict[str, Any]) -> bool:
    moved = db.execute(update(Work).where(may).values(**values).execution_options(synchronize_session=False))
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]
