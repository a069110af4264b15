"""What the pool looked like on a day, and the steps that led there."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session, col

from kernel.accounts.models import Account
from kernel.accounts.service import Caller
from kernel.parties.models import Party
from kernel.web.paging import Asked, Page, page_of
from matchmaking.pool.models import PoolEntry, PoolStep, ScaleEntry
from matchmaking.pool.scope import entries_query, entry_for


def in_pool(day: date) -> ColumnElement[bool]:
    """The condition on stays that they hold on a day."""
    lasts = or_(col(PoolEntry.until).is_(None), col(PoolEntry.until) > day)
    return (col(PoolEntry.since) <= day) & lasts


def in_pool_on(db: Session, day: date, enterprise_ids: Iterable[int] | None = None) -> dict[int, PoolEntry]:
    """Who is in the pool on a day, by firm (of some firms, or all)."""
    query = select(PoolEntry).where(in_pool(day))
    if enterprise_ids is not None:
        query = query.where(col(PoolEntry.enterprise_id).in_(list(enterprise_ids)))
    return {entry.enterprise_id: entry for entry in db.execute(query).scalars()}


def entries(
    db: Session, caller: Caller, asked: Asked, *, region: str | None = None, state: str | None = None
) -> Page[tuple[PoolEntry, Party]]:
    """The stays that a caller may see, those to decide first."""
    query = entries_query(caller)
    if region is not None:
        query = query.where(col(PoolEntry.region) == region)
    if state is not None:
        query = query.where(col(PoolEntry.state) == state)
    order = (col(PoolEntry.state) != "nominated", col(PoolEntry.state) != "admitted", col(Party.name))
    return page_of(db, query.order_by(*order, col(PoolEntry.id)), asked).map(lambda row: (row[0], row[1]))


def steps_of(db: Session, caller: Caller, entry_id: int) -> list[tuple[PoolStep, str]]:
    """The steps of a stay that the caller may see, oldest first, with who took them."""
    entry_for(db, caller, entry_id)
    query = select(PoolStep, col(Account.name)).outerjoin(Account, col(Account.id) == col(PoolStep.account_id))
    rows = db.execute(query.where(col(PoolStep.entry_id) == entry_id).order_by(col(PoolStep.number)))
    return [(step, name or "") for step, name in rows]


def scale_entry_of(db: Session, entry: PoolEntry) -> ScaleEntry | None:
    """The facts of a firm's entry into the register, once it reached scale."""
    return db.execute(select(ScaleEntry).where(col(ScaleEntry.entry_id) == entry.id)).scalars().first()
