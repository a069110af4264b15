"""Ask for long work, look at one's own, cancel it before its effect. The doing is in `holding` and `doing`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, update
from sqlmodel import Session, col, func, select

from kernel.accounts.models import Account
from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.database import one_at_a_time
from kernel.errors import Conflict, NotFound
from kernel.parties.models import Party
from kernel.works.models import CANCELLED, DONE, FAILED, UNDER_WAY, Work
from kernel.works.places import work_kinds
from kernel.works.rights import may_look, require_cancelling

OVERSEER = "auditor"  # of the bureau: sees everybody's, touches none
LONGEST_SUBJECT = 300
MOST_UNDER_WAY = 3  # of one organisation


@dataclass(frozen=True)
class Order:
    """What is asked: the kind by name, what it is about, plain values for its function, and the folder with its files."""

    task: str
    subject: str
    content: Mapping[str, Any]
    folder: str
    language: str


def ask(db: Session, caller: Caller, order: Order, *, at: datetime) -> Work:
    """Put a work in the row; the scheduler's process takes it up within a second.

    The caller's equal order that is under way is given back; Conflict while the organisation has three under way.
    """
    content = json.dumps(order.content, ensure_ascii=False)
    one_at_a_time(db, Party, caller.organisation_id)
    equal = _equal(db, caller, order, content)
    if equal is not None:
        return equal
    _check_room(db, caller)
    work = Work(
        task=order.task,
        subject=order.subject[:LONGEST_SUBJECT],
        account_id=caller.account_id,
        language=order.language,
        content=content,
        folder=order.folder,
        asked_at=at,
    )
    db.add(work)
    db.flush()
    detail = {"task": work.task, "about": work.subject}
    record(db, "work.ask", by=caller.actor, subject=("work", work.id), at=at, detail=detail)
    return work


def _equal(db: Session, caller: Caller, order: Order, content: str) -> Work | None:
    """The caller's own work under way with the same order, whose files the content names by digest."""
    same = (col(Work.task) == order.task) & (col(Work.content) == content) & (col(Work.language) == order.language)
    return db.exec(select(Work).where(_mine_under_way(caller), same).order_by(col(Work.id)).limit(1)).first()


def _check_room(db: Session, caller: Caller) -> None:
    theirs = col(Account.organisation_id) == caller.organisation_id
    query = select(func.count()).select_from(Work).join(Account, col(Account.id) == Work.account_id)
    if db.exec(query.where(theirs, col(Work.state).in_(UNDER_WAY))).one() >= MOST_UNDER_WAY:
        raise Conflict(
            "works_under_way",
            f"本单位已有 {MOST_UNDER_WAY} 件处理还没有做完，等其中一件做完或取消一件再提交",
            f"Your organisation has {MOST_UNDER_WAY} works under way; wait until one has ended, or cancel one",
        )


def _mine_under_way(caller: Caller) -> ColumnElement[bool]:
    return (col(Work.account_id) == caller.account_id) & col(Work.state).in_(UNDER_WAY)


def works_query(caller: Caller, *, state: str | None = None) -> Select[Any]:
    """The works that the caller may see, the newest first: one's own, all for the bureau's auditor; of the kinds one may look at."""
    kinds = [kind.name for kind in work_kinds().values() if may_look(caller, kind)]
    query = select(Work).where(col(Work.task).in_(kinds)).order_by(col(Work.id).desc())
    if caller.role != OVERSEER or caller.organisation_kind != "bureau":
        query = query.where(Work.account_id == caller.account_id)
    if state is not None:
        query = query.where(Work.state == state)
    return cast(Select[Any], query)


def work_by_id(db: Session, caller: Caller, work_id: int) -> Work:
    """One work that the caller may see, as the books have it now; NotFound otherwise."""
    query = works_query(caller).where(col(Work.id) == work_id).execution_options(populate_existing=True)
    found: Work | None = db.execute(query).scalars().first()
    if found is None:
        raise NotFound("work_not_found", "没有这件处理", "There is no such work")
    return found


def under_way_or_lately(db: Session, caller: Caller, *, since: datetime) -> list[Work]:
    """The caller's own works that have not ended, and what came of those that ended since, the oldest first."""
    mine, ended = col(Work.account_id) == caller.account_id, col(Work.state).in_((DONE, FAILED))
    lately = mine & ended & (col(Work.ended_at) > since)
    query = works_query(caller).where(_mine_under_way(caller) | lately).order_by(None).order_by(col(Work.id))
    return list(db.execute(query).scalars())


def cancel(db: Session, caller: Caller, work_id: int, *, at: datetime) -> Work:
    """End one's own work before its effect; whoever does it learns so and writes nothing more.

    Conflict once it has ended; Forbidden for a token without the scope to change what such works change.
    """
    work = work_by_id(db, caller, work_id)
    require_cancelling(caller, work_kinds()[work.task])
    mine = (col(Work.id) == work_id) & _mine_under_way(caller)
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
