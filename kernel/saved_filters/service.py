"""Keep the filter of a list under a name, and give it up again; each account its own."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from kernel.accounts.models import Account
from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.database import one_at_a_time
from kernel.errors import Conflict, NotFound, Refused
from kernel.saved_filters.models import SavedFilter

MOST = 20  # on one list


def filters_of(db: Session, caller: Caller, path: str | None = None) -> list[SavedFilter]:
    """The caller's filters of one list, or of all, in the order they were saved."""
    query = select(SavedFilter).where(SavedFilter.account_id == caller.account_id)
    if path is not None:
        query = query.where(SavedFilter.path == path)
    return list(db.exec(query.order_by(col(SavedFilter.id))))


def save(db: Session, caller: Caller, *, path: str, query: str, name: str, at: datetime) -> SavedFilter:
    """Keep a filter. Conflict for a name that the list has already; Refused above MOST on one list."""
    one_at_a_time(db, Account, caller.account_id)
    mine = (col(SavedFilter.account_id) == caller.account_id) & (col(SavedFilter.path) == path)
    if db.exec(select(func.count(col(SavedFilter.id))).where(mine)).one() >= MOST:
        raise Refused(
            "too_many_filters",
            f"一个列表最多存 {MOST} 个筛选，先删一个",
            f"At most {MOST} on one list: remove one first",
        )
    kept = SavedFilter(account_id=caller.account_id, path=path, query=query, name=name, saved_at=at)
    try:
        with db.begin_nested():
            db.add(kept)
    except IntegrityError:
        raise Conflict(
            "filter_name_taken",
            "这个列表已经有叫这个名字的筛选，换个名字",
            "This list has a filter of this name already",
        ) from None
    record(db, "saved_filter.save", by=caller.actor, subject=("saved_filter", kept.id), at=at, detail={"list": path})
    return kept


def remove(db: Session, caller: Caller, filter_id: int, *, at: datetime) -> SavedFilter:
    """Give a filter of the caller's own up; NotFound for anything else."""
    mine = (col(SavedFilter.id) == filter_id) & (col(SavedFilter.account_id) == caller.account_id)
    found = db.exec(select(SavedFilter).where(mine)).first()
    if found is None or db.execute(delete(SavedFilter).where(mine)).rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound("filter_not_found", "没有这个筛选", "There is no such filter")
    record(db, "saved_filter.remove", by=caller.actor, subject=("saved_filter", filter_id), at=at)
    return found
