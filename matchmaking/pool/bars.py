"""The revenue bar of a county: the standard one, or what the county lowered it to, with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, Refused
from kernel.money import grouped
from matchmaking.pool.models import PoolBar, PoolEntry
from matchmaking.pool.quota import PoolRules
from matchmaking.pool.workflow import LIVE


@dataclass(frozen=True)
class Lowering:
    """Since when a county's bar is lower than the standard one, and why."""

    since: date
    reason: str


@dataclass(frozen=True)
class BarInForce:
    """The bar of a county on a day in fen, and what lowered it, if anything did."""

    fen: int
    lowered: Lowering | None = None


def bar_on(db: Session, region: str, rules: PoolRules, day: date) -> BarInForce:
    """The bar of a county on a day."""
    return bars_on(db, [region], rules, day)[region]


def bars_on(db: Session, regions: Iterable[str], rules: PoolRules, day: date) -> dict[str, BarInForce]:
    """The bar of each of some counties on a day."""
    wanted = list(regions)
    query = select(PoolBar).where(col(PoolBar.region).in_(wanted), col(PoolBar.since) <= day)
    newest = {row.region: row for row in db.execute(query.order_by(col(PoolBar.since))).scalars()}
    lowered = {
        region: BarInForce(row.bar, Lowering(row.since, row.reason))
        for region, row in newest.items()
        if row.bar < rules.bar
    }
    return {one: lowered.get(one, BarInForce(rules.bar)) for one in wanted}


def firms_under_way(db: Session, region: str) -> int:
    """Firms nominated or in the pool of a county."""
    query = select(func.count()).select_from(PoolEntry)
    return int(db.execute(query.where(col(PoolEntry.region) == region, col(PoolEntry.state).in_(LIVE))).scalar_one())


def _check_may_lower(db: Session, caller: Caller, bar: int, rules: PoolRules) -> None:
    quota = rules.quotas.get(caller.fiscal_region)
    if quota is None:
        raise Refused(
            "no_target", "今年的预期目标还没有下达，谈不上不足", "No target is set for this year, so none can be missed"
        )
    if quota.short_by(firms_under_way(db, caller.fiscal_region)) == 0:
        raise Refused(
            "pool_is_full",
            f"本区县已推荐和在库的够 {quota.minimum} 家，不用下调",
            f"The county has its {quota.minimum} firms, so the bar need not be lowered",
        )
    if bar >= rules.bar:
        raise Refused(
            "bar_not_lower",
            f"下调后要低于 {grouped(rules.bar)} 元",
            f"A lowered bar lies below {grouped(rules.bar)} yuan",
        )


def lower_bar(
    db: Session,
    caller: Caller,
    *,
    bar: int,
    reason: str,
    document: str = "",
    rules: PoolRules,
    at: datetime,
    today: date,
) -> PoolBar:
    """“数量不足1.2倍时可适当下调企业营业收入标准”: a county short of its number lowers its own bar (fen), with a reason, from today.

    Refused while the county has its number; Conflict for a second change on one day.
    """
    _check_may_lower(db, caller, bar, rules)
    row = PoolBar(
        region=caller.fiscal_region,
        since=today,
        bar=bar,
        reason=reason,
        document=document,
        at=at,
        account_id=caller.account_id,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise Conflict(
            "bar_changed_today", "今天已经改过一次，明天再改", "The bar was changed today already; change it tomorrow"
        ) from None
    detail = {"region": caller.fiscal_region, "bar": bar, "reason": reason}
    record(db, "pool.lower_bar", by=caller.actor, subject=("pool_bar", row.id), at=at, detail=detail)
    return row
