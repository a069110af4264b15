"""The radar of the pool: per county the quota and the shortfall, firms near the bar or at it, and above-scale firms that fall."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.parties.models import Enterprise, Party, PartyStatus
from kernel.regions import Region
from matchmaking.pool.bars import BarInForce, bars_on
from matchmaking.pool.models import MonthlyRevenue, PoolEntry
from matchmaking.pool.outlook import AT_SCALE, NEAR, Outlook, months_back, outlook
from matchmaking.pool.quota import PoolRules, Quota
from matchmaking.pool.reading import in_pool
from matchmaking.pool.scope import regions_of
from matchmaking.pool.service import ABOVE_SCALE
from matchmaking.pool.workflow import NOMINATED


@dataclass(frozen=True)
class WatchedFirm:
    """A firm and where its trailing revenue points."""

    party: Party
    outlook: Outlook


@dataclass(frozen=True)
class CountyRadar:
    """One county on a day. `quota` is None where no document set targets for the year."""

    region: Region
    quota: Quota | None
    bar: BarInForce
    nominated: int
    pool: tuple[WatchedFirm, ...]
    reached: int
    above: tuple[WatchedFirm, ...]

    @property
    def shortfall(self) -> int | None:
        """Firms that the pool lacks; None without a target."""
        return None if self.quota is None else self.quota.short_by(len(self.pool))

    @property
    def near(self) -> tuple[WatchedFirm, ...]:
        """Pool firms near the above-scale bar."""
        return tuple(one for one in self.pool if one.outlook.kind == NEAR)

    @property
    def ready(self) -> tuple[WatchedFirm, ...]:
        """“年主营业务收入已达规模但未入统”: pool firms at the standard, to be guided into the register."""
        return tuple(one for one in self.pool if one.outlook.kind == AT_SCALE)

    @property
    def warned(self) -> tuple[WatchedFirm, ...]:
        """“退规预警”: above-scale firms that point below the standard."""
        return tuple(one for one in self.above if one.outlook.points_below)


def revenues_of(
    db: Session, enterprise_ids: Iterable[int], *, rules: PoolRules, day: date
) -> dict[int, dict[date, int]]:
    """The newest figure of every month that can matter on a day, in fen, by firm and month."""
    earliest = list(months_back(day, 2 * rules.trailing_months))[-1]
    query = (
        select(col(MonthlyRevenue.enterprise_id), col(MonthlyRevenue.month), col(MonthlyRevenue.revenue))
        .where(col(MonthlyRevenue.enterprise_id).in_(list(enterprise_ids)), col(MonthlyRevenue.month) >= earliest)
        .order_by(col(MonthlyRevenue.number))
    )
    found: dict[int, dict[date, int]] = {}
    for enterprise_id, month, revenue in db.execute(query):
        found.setdefault(enterprise_id, {})[month] = revenue
    return found


def _watched(db: Session, parties: list[Party], rules: PoolRules, day: date) -> dict[str, list[WatchedFirm]]:
    """The firms by county, with their outlook."""
    revenues = revenues_of(db, [party.id or 0 for party in parties], rules=rules, day=day)
    by_region: dict[str, list[WatchedFirm]] = {}
    for party in parties:
        one = WatchedFirm(party, outlook(revenues.get(party.id or 0, {}), rules, day))
        by_region.setdefault(party.fiscal_region, []).append(one)
    return by_region


def _pool_firms(db: Session, regions: list[str], day: date) -> list[Party]:
    joined = select(Party).join(PoolEntry, col(PoolEntry.enterprise_id) == col(Party.id))
    query = joined.where(col(PoolEntry.region).in_(regions), in_pool(day)).order_by(col(Party.name))
    return list(db.execute(query).scalars())


def _is_industrial(rules: PoolRules) -> ColumnElement[bool]:
    """“规模以上工业企业”: targets, reports and warnings are of industry alone, by the section of a firm's GB/T 4754 code."""
    return func.substr(col(Enterprise.industry), 1, 1).in_(rules.industries)


def _above_scale(db: Session, regions: list[str], rules: PoolRules, day: date) -> list[Party]:
    lasts = col(PartyStatus.until).is_(None) | (col(PartyStatus.until) > day)
    joined = select(Party).join(PartyStatus, col(PartyStatus.party_id) == col(Party.id))
    joined = joined.join(Enterprise, col(Enterprise.party_id) == col(Party.id))
    held = (col(PartyStatus.status) == ABOVE_SCALE) & (col(PartyStatus.since) <= day) & lasts
    query = joined.where(held, _is_industrial(rules), col(Party.fiscal_region).in_(regions))
    return list(db.execute(query.order_by(col(Party.name))).scalars())


def _nominated(db: Session, regions: list[str]) -> dict[str, int]:
    query = select(col(PoolEntry.region), func.count()).where(
        col(PoolEntry.region).in_(regions), col(PoolEntry.state) == NOMINATED
    )
    return {region: int(number) for region, number in db.execute(query.group_by(col(PoolEntry.region)))}


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
    pool = _watched(db, _pool_firms(db, codes, day), rules, day)
    above = _watched(db, _above_scale(db, codes, rules, day), rules, day)
    nominated = _nominated(db, codes)
    reached = entries_into_scale(db, codes, date(day.year, 1, 1), day, rules=rules)
    bars = bars_on(db, codes, rules, day)
    return [
        CountyRadar(
            region=one,
            quota=rules.quotas.get(one.code),
            bar=bars[one.code],
            nominated=nominated.get(one.code, 0),
            pool=tuple(pool.get(one.code, ())),
            reached=reached.get(one.code, 0),
            above=tuple(above.get(one.code, ())),
        )
        for one in wanted
    ]


def radar_for(db: Session, caller: Caller, *, rules: PoolRules, day: date) -> list[CountyRadar]:
    """The radar of the counties that the caller looks after."""
    return radar_of(db, regions_of(caller), rules=rules, day=day)
