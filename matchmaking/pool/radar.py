"""The radar of the pool: per county the quota and the shortfall, firms near the bar or at it, and above-scale firms that fall."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.parties.models import Enterprise, Party, PartyStatus
from kernel.regions import REGIONS, Region
from matchmaking.pool.bars import BarInForce, bars_on
from matchmaking.pool.models import MonthlyRevenue, PoolEntry
from matchmaking.pool.outlook import AT_SCALE, NEAR, Outlook, month_before, outlook
from matchmaking.pool.quota import PoolRules, Quota
from matchmaking.pool.reading import in_pool
from matchmaking.pool.scope import regions_of
from matchmaking.pool.service import ABOVE_SCALE
from matchmaking.pool.workflow import NOMINATED


@dataclass(frozen=True)
class WatchedFirm:
    """A firm and where its trailing revenue points."""

    code: str
    name: str
    outlook: Outlook


@dataclass(frozen=True)
class CountyRadar:
    """One county on a day. `quota` is None where no document set targets for the year.

    Pool firms are `near` the above-scale bar or at it, `ready`: “年主营业务收入已达规模但未入统”, to be guided into the register.
    Above-scale firms that point below the standard are `warned`: “退规预警”.
    """

    region: Region
    quota: Quota | None
    bar: BarInForce
    nominated: int
    in_pool: int
    reached: int
    near: tuple[WatchedFirm, ...]
    ready: tuple[WatchedFirm, ...]
    warned: tuple[WatchedFirm, ...]

    @property
    def shortfall(self) -> int | None:
        """Firms that the pool lacks; None without a target."""
        return None if self.quota is None else self.quota.short_by(self.in_pool)


Watched = dict[str, list[WatchedFirm]]


def _outlooks(db: Session, regions: list[str], rules: PoolRules, day: date) -> dict[int, Outlook]:
    """Where the firms of some counties point that filed revenue of late; of a month the newest figure counts."""
    earliest = month_before(day, 2 * rules.trailing_months - 1)
    query = (
        select(col(MonthlyRevenue.enterprise_id), col(MonthlyRevenue.month), col(MonthlyRevenue.revenue))
        .where(col(MonthlyRevenue.month) >= earliest)
        .order_by(col(MonthlyRevenue.number))
    )
    if len(regions) < len(REGIONS):
        query = query.join(Party, col(Party.id) == col(MonthlyRevenue.enterprise_id))
        query = query.where(col(Party.fiscal_region).in_(regions))
    found: dict[int, dict[date, int]] = {}
    for enterprise_id, month, revenue in db.execute(query):
        found.setdefault(enterprise_id, {})[month] = revenue
    return {firm: outlook(revenues, rules, day) for firm, revenues in found.items()}


def _by_county(db: Session, query: Any, outlooks: dict[int, Outlook]) -> Watched:
    """The firms of a query (county, firm, code, name) by county, each with its outlook."""
    found: Watched = {}
    for region, firm, code, name in db.execute(query.order_by(col(Party.name))):
        found.setdefault(region, []).append(WatchedFirm(code, name, outlooks[firm]))
    return found


def _of_pool(db: Session, regions: list[str], day: date, outlooks: dict[int, Outlook], kind: str) -> Watched:
    wanted = [firm for firm, one in outlooks.items() if one.kind == kind]
    joined = select(col(PoolEntry.region), col(Party.id), col(Party.code), col(Party.name)).join(
        Party, col(Party.id) == col(PoolEntry.enterprise_id)
    )
    held = col(PoolEntry.region).in_(regions) & in_pool(day)
    return _by_county(db, joined.where(held, col(PoolEntry.enterprise_id).in_(wanted)), outlooks)


def _counts(db: Session, regions: list[str], condition: ColumnElement[bool]) -> dict[str, int]:
    """The stays of each county on which a condition holds."""
    query = select(col(PoolEntry.region), func.count()).where(col(PoolEntry.region).in_(regions), condition)
    return {region: int(number) for region, number in db.execute(query.group_by(col(PoolEntry.region)))}


def pool_sizes(db: Session, regions: list[str], day: date) -> dict[str, int]:
    """How many firms are in the pool of each county on a day."""
    return _counts(db, regions, in_pool(day))


def _is_industrial(rules: PoolRules) -> ColumnElement[bool]:
    """“规模以上工业企业”: targets, reports and warnings are of industry alone, by the section of a firm's GB/T 4754 code."""
    return func.substr(col(Enterprise.industry), 1, 1).in_(rules.industries)


def _warned(db: Session, regions: list[str], rules: PoolRules, day: date, outlooks: dict[int, Outlook]) -> Watched:
    falling = [firm for firm, one in outlooks.items() if one.points_below]
    lasts = col(PartyStatus.until).is_(None) | (col(PartyStatus.until) > day)
    joined = select(col(Party.fiscal_region), col(Party.id), col(Party.code), col(Party.name))
    joined = joined.join(PartyStatus, col(PartyStatus.party_id) == col(Party.id))
    joined = joined.join(Enterprise, col(Enterprise.party_id) == col(Party.id))
    held = (col(PartyStatus.status) == ABOVE_SCALE) & (col(PartyStatus.since) <= day) & lasts
    query = joined.where(held, _is_industrial(rules), col(Party.fiscal_region).in_(regions), col(Party.id).in_(falling))
    return _by_county(db, query, outlooks)


def entries_into_scale(db: Session, regions: list[str], first: date, last: date, *, rules: PoolRules) -> dict[str, int]:
    """Industrial firms that entered the above-scale register between two days, by county, whether they were in the pool or not."""
    entered = (col(PartyStatus.status) == ABOVE_SCALE) & col(PartyStatus.since).between(first, last)
    return _by_region(db, regions, entered & _is_industrial(rules))


def falls_from_scale(db: Session, regions: list[str], first: date, last: date, *, rules: PoolRules) -> dict[str, int]:
    """Industrial firms that fell out of the register between two days, by county."""
    fell = (col(PartyStatus.status) == ABOVE_SCALE) & col(PartyStatus.until).between(first, last)
    return _by_region(db, regions, fell & _is_industrial(rules))


def _by_region(db: Session, regions: list[str], condition: ColumnElement[bool]) -> dict[str, int]:
    joined = select(col(Party.fiscal_region), func.count()).join(
        PartyStatus, col(PartyStatus.party_id) == col(Party.id)
    )
    joined = joined.join(Enterprise, col(Enterprise.party_id) == col(Party.id))
    query = joined.where(condition, col(Party.fiscal_region).in_(regions)).group_by(col(Party.fiscal_region))
    return {region: int(number) for region, number in db.execute(query)}


def radar_of(db: Session, regions: Iterable[Region], *, rules: PoolRules, day: date) -> list[CountyRadar]:
    """The radar of some counties on a day."""
    wanted = list(regions)
    codes = [one.code for one in wanted]
    outlooks = _outlooks(db, codes, rules, day)
    near, ready = (_of_pool(db, codes, day, outlooks, kind) for kind in (NEAR, AT_SCALE))
    warned = _warned(db, codes, rules, day, outlooks)
    sizes, nominated = pool_sizes(db, codes, day), _counts(db, codes, col(PoolEntry.state) == NOMINATED)
    reached = entries_into_scale(db, codes, date(day.year, 1, 1), day, rules=rules)
    bars = bars_on(db, codes, rules, day)
    return [
        CountyRadar(
            region=one,
            quota=rules.quotas.get(one.code),
            bar=bars[one.code],
            nominated=nominated.get(one.code, 0),
            in_pool=sizes.get(one.code, 0),
            reached=reached.get(one.code, 0),
            near=tuple(near.get(one.code, ())),
            ready=tuple(ready.get(one.code, ())),
            warned=tuple(warned.get(one.code, ())),
        )
        for one in wanted
    ]


def radar_for(db: Session, caller: Caller, *, rules: PoolRules, day: date) -> list[CountyRadar]:
    """The radar of the counties that the caller looks after."""
    return radar_of(db, regions_of(caller), rules=rules, day=day)
