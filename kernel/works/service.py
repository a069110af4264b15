"""Ask for long work, look at one's own, cancel it before its effect. The doing is in `holding` and `doing`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, update
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.works.models import CANCELLED, UNDER_WAY, Work

OVERSEER = "auditor"  # of the bureau: sees everybody's, touches none
LONGEST_SUBJECT = 300


@dataclass(frozen=True)
class Order:
    """What is asked: the kind by name, what it is about, plain values for its function, and the folder with its files."""

    task: str
    subject: str
    content: Mapping[str, Any]
    folder: str
    language: str


def ask(db: Session, caller: Caller, order: Order, *, at: datetime) -> Work:
    """Put a work in the row; the scheduler's process takes it up within a second."""
    work = Work(
        task=order.task,
        subject=order.subject[:LONGEST_SUBJECT],
        account_id=caller.account_id,
        language=order.language,
        content=json.dumps(order.content, ensure_ascii=False),
        folder=order.folder,
        asked_at=at,
    )
    db.add(work)
    db.flush()
    detail = {"task": work.task, "about": work.subject}
    record(db, "work.ask", by=caller.actor, subject=("work", work.id), at=at, detail=detail)
    return work


def works_query(caller: Caller) -> Select[Any]:
    """The works that the caller may see, the newest first: one's own, all for the bureau's auditor."""
    query = select(Work).order_by(col(Work.id).desc())
    if caller.role != OVERSEER or caller.organisation_kind != "bureau":
        query = query.where(Work.account_id == caller.account_id)
    return cast(Select[Any], query)


def work_by_id(db: Session, caller: Caller, work_id: int) -> Work:
    """One work that the caller may see, as the books have it now; NotFound otherwise."""
    query = works_query(caller).where(col(Work.id) == work_id).execution_options(populate_existing=True)
    found: Work | None = db.execute(query).scalars().first()
    if found is None:
        raise NotFound("work_not_found", "没有这件处理", "There is no such work")
    return found


def under_way(db: Session, caller: Caller) -> list[Work]:
    """The caller's own works that have not ended, the oldest first."""
    mine = (col(Work.account_id) == caller.account_id) & col(Work.state).in_(UNDER_WAY)
    return list(db.exec(select(Work).where(mine).order_by(col(Work.id))))


def _require_writing(caller: Caller) -> None:
    """A token of any scope looks; only one that may change something cancels."""
    if caller.token_scopes is not None and all(scope.endswith(":read") for scope in caller.token_scopes):
        raise Forbidden("token_may_not", "这个令牌只能看，不能取消", "This token may only read, not cancel")


def cancel(db: Session, caller: Caller, work_id: int, *, at: datetime) -> Work:
    """End one's own work before its effect; whoever does it learns so and writes nothing more.

    Conflict once it has ended; Forbidden for a token that may only read.
    """
    _require_writing(caller)
    work = work_by_id(db, caller, work_id)
    mine = (col(Work.id) == work_id) & (col(Work.account_id) == caller.account_id) & col(Work.state).in_(UNDER_WAY)
    values = {"state": CANCELLED, "ended_at": at, "held_until": None}
    if db.execute(update(Work).where(mine).values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            "work_not_cancellable",
            "这件处理已经结束，或者不是你的，不能取消",
            "This work has ended, or is not yours; it cannot be cancelled",
        )
    record(db, "work.cancel", by=caller.actor, subject=("work", work_id), at=at, detail={"task": work.task})
    db.refresh(work)
    return work
