"""What the books say of firms on a day: in the pool, above scale, fallen, dishonest."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.parties.models import Party, PartyStatus
from kernel.web.paging import Asked, Page, page_of
from matchmaking.pool.models import PoolEntry
from matchmaking.pool.reading import in_pool, in_pool_on
from matchmaking.pool.service import ABOVE_SCALE
from matchmaking.whitelist.models import WhitelistEntry
from matchmaking.whitelist.rules import FirmStanding
from matchmaking.whitelist.scope import firms_sought
from matchmaking.whitelist.workflow import LIVE

DISHONEST = "dishonest"


def standings_on(db: Session, enterprise_ids: Iterable[int], day: date) -> dict[int, FirmStanding]:
    """The standing of each firm on a day."""
    ids = list(enterprise_ids)
    pool = in_pool_on(db, day, ids)
    query = select(PartyStatus).where(
        col(PartyStatus.party_id).in_(ids),
        col(PartyStatus.status).in_((ABOVE_SCALE, DISHONEST)),
        col(PartyStatus.since) <= day,
    )
    rows: dict[int, list[PartyStatus]] = {}
    for row in db.execute(query.order_by(col(PartyStatus.since))).scalars():
        rows.setdefault(row.party_id, []).append(row)
    return {firm: _standing(firm in pool, rows.get(firm, []), day) for firm in ids}


def _standing(is_in_pool: bool, rows: list[PartyStatus], day: date) -> FirmStanding:
    above = [row for row in rows if row.status == ABOVE_SCALE]
    held = [row.since for row in above if row.until is None or row.until > day]
    ended = [row.until for row in above if row.until is not None and row.until <= day]
    dishonest = any(row.status == DISHONEST and (row.until is None or row.until > day) for row in rows)
    return FirmStanding(is_in_pool, held[0] if held else None, max(ended) if ended else None, dishonest)


def standing_on(db: Session, enterprise_id: int, day: date) -> FirmStanding:
    """The standing of one firm on a day."""
    return standings_on(db, [enterprise_id], day)[enterprise_id]


def candidates(
    db: Session, day: date, asked: Asked, *, region: str | None = None, name: str = ""
) -> Page[tuple[PoolEntry, Party]]:
    """The pool list as the industry bureau copies it to the finance side: firms in the pool that are on no way to the whitelist."""
    under_way = select(col(WhitelistEntry.enterprise_id)).where(col(WhitelistEntry.state).in_(LIVE))
    joined: Any = select(PoolEntry, Party).join(Party, col(Party.id) == col(PoolEntry.enterprise_id))
    sought = firms_sought(col(PoolEntry.region), region=region, name=name)
    query = joined.where(in_pool(day), col(PoolEntry.enterprise_id).not_in(under_way), sought)
    return page_of(db, query.order_by(col(PoolEntry.region), col(Party.name), col(Party.id)), asked)
