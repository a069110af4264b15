"""The radar of the pool: per county the quota and the shortfall, firms near the bar or at it, and above-scale firms that fall."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, not_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.remembering import Remembering
from kernel.parties.models import Enterprise, Party, PartyStatus
from kernel.policies import PolicyBook
from kernel.regions import REGIONS, Region
from matchmaking.pool.bars import BarInForce, bars_on
from matchmaking.pool.models import MonthlyRevenue, PoolEntry
from matchmaking.pool.outlook import AT_SCALE, NEAR, Outlook, month_before, month_of, outlook
from matchmaking.pool.quota import PoolRules, Quota, pool_rules
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


Pointing = dict[int, Outlook]
"""Where firms point, by party."""


def outlooks(db: Session, regions: list[str], rules: PoolRules, day: date) -> Pointing:
    """Where the firms of some counties point that filed revenue of late, by party.

    A firm's window ends with its last month on file before the month of `day`; the books add it up, a row a firm.
    """
    running, whole = month_of(day), rules.trailing_months
    firsts = {month_before(running, back): month_before(running, back + whole - 1) for back in range(1, 2 * whole)}
    ends = _last_months(regions, min(firsts), running).subquery()
    figure, newer = MonthlyRevenue, aliased(MonthlyRevenue)
    of_month = (col(newer.enterprise_id) == col(figure.enterprise_id)) & (col(newer.month) == col(figure.month))
    corrected = select(newer).where(of_month, col(newer.number) > col(figure.number)).exists()
    in_window = col(figure.month).between(case(firsts, value=ends.c.last), ends.c.last)
    query = select(ends.c.enterprise_id, ends.c.last, func.count(), func.sum(figure.revenue))
    query = query.join(figure, (col(figure.enterprise_id) == ends.c.enterprise_id) & in_window).where(not_(corrected))
    rows = db.execute(query.group_by(ends.c.enterprise_id, ends.c.last))
    return {party_id: outlook(months, int(revenue), end, rules) for party_id, end, months, revenue in rows}


def _last_months(regions: list[str], since: date, before: date) -> Select[Any]:
    """The last month on file of each firm within a span of months."""
    firm, month = col(MonthlyRevenue.enterprise_id), col(MonthlyRevenue.month)
    query: Any = select(firm, func.max(month).label("last")).where(month >= since, month < before)
    if len(regions) < len(REGIONS):
        query = query.join(Party, col(Party.id) == firm).where(col(Party.fiscal_region).in_(regions))
    last_months: Select[Any] = query.group_by(firm)
    return last_months


def _by_county(db: Session, query: Any, pointing: Pointing) -> Iterator[tuple[str, WatchedFirm]]:
    """The firms of a query (county, firm, code, name) that filed revenue, each with its county."""
    for region, firm, code, name in db.execute(query.order_by(col(Party.name))):
        if firm in pointing:
            yield region, WatchedFirm(code, name, pointing[firm])


def _of_pool(db: Session, regions: list[str], day: date, pointing: Pointing) -> dict[str, Watched]:
    """The firms in the pool that are near the bar or at it, by outlook and county."""
    query = select(col(PoolEntry.region), col(Party.id), col(Party.code), col(Party.name))
    query = query.join(Party, col(Party.id) == col(PoolEntry.enterprise_id))
    found: dict[str, Watched] = {NEAR: {}, AT_SCALE: {}}
    for region, one in _by_county(db, query.where(col(PoolEntry.region).in_(regions), in_pool(day)), pointing):
        if one.outlook.kind in found:
            found[one.outlook.kind].setdefault(region, []).append(one)
    return found


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


def _warned(db: Session, regions: list[str], rules: PoolRules, day: date, pointing: Pointing) -> Watched:
    lasts = col(PartyStatus.until).is_(None) | (col(PartyStatus.until) > day)
    joined = select(col(Party.fiscal_region), col(Party.id), col(Party.code), col(Party.name))
    joined = joined.join(PartyStatus, col(PartyStatus.party_id) == col(Party.id))
    joined = joined.join(Enterprise, col(Enterprise.party_id) == col(Party.id))
    held = (col(PartyStatus.status) == ABOVE_SCALE) & (col(PartyStatus.since) <= day) & lasts
    found: Watched = {}
    query = joined.where(held, _is_industrial(rules), col(Party.fiscal_region).in_(regions))
    for region, one in _by_county(db, query, pointing):
        if one.outlook.points_below:
            found.setdefault(region, []).append(one)
    return found


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
    pointing = outlooks(db, codes, rules, day)
    watched = _of_pool(db, codes, day, pointing)
    warned = _warned(db, codes, rules, day, pointing)
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
            near=tuple(watched[NEAR].get(one.code, ())),
            ready=tuple(watched[AT_SCALE].get(one.code, ())),
            warned=tuple(warned.get(one.code, ())),
        )
        for one in wanted
    ]


def radar_for(db: Session, caller: Caller, *, rules: PoolRules, day: date) -> list[CountyRadar]:
    """The radar of the counties that the caller looks after."""
    return radar_of(db, regions_of(caller), rules=rules, day=day)


def radar_shown(
    db: Session, regions: Iterable[Region], *, book: PolicyBook, day: date, remembering: Remembering
) -> list[CountyRadar]:
    """The same for pages, which are asked more often than a county files: remembered until the books change."""
    wanted = tuple(regions)
    key = ("pool.radar", tuple(one.code for one in wanted), book.digest, day)
    return remembering.of(db, key, lambda: radar_of(db, wanted, rules=pool_rules(book, day), day=day))
