"""The January report on last year's targets (附件2 五(四)): every county's target, pool and firms that reached scale."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, NotFound, Refused
from kernel.periods import is_sensible_year
from kernel.policies import PolicyBook
from kernel.regions import REGIONS
from matchmaking.pool.models import PoolReport
from matchmaking.pool.quota import PoolRules, pool_rules
from matchmaking.pool.radar import entries_into_scale, falls_from_scale, pool_sizes
from matchmaking.pool.scope import INDUSTRY
from matchmaking.pool.service import may_not


@dataclass(frozen=True)
class CountyLine:
    """One county's year: counts of firms."""

    region: str
    target: int
    minimum: int
    in_pool: int
    reached: int
    fell: int

    @property
    def is_met(self) -> bool:
        """Whether the county's target was met."""
        return self.reached >= self.target

    @property
    def missing(self) -> int:
        """Firms that the target lacks."""
        return max(0, self.target - self.reached)

    @property
    def permille(self) -> int:
        """Reached, of the target, in tenths of a percent, rounded half up."""
        return int(Fraction(self.reached * 1000, self.target) + Fraction(1, 2)) if self.target else 1000


@dataclass(frozen=True)
class YearReport:
    """A year's report, the counties that did best first; `issued_on` None while it is a draft."""

    year: int
    day: date
    city_target: int
    lines: tuple[CountyLine, ...]
    issued_on: date | None = None

    @property
    def total(self) -> CountyLine:
        """The whole city."""
        sums = {
            name: sum(getattr(line, name) for line in self.lines)
            for name in ("target", "minimum", "in_pool", "reached", "fell")
        }
        return CountyLine(region="", **sums)

    @property
    def met(self) -> tuple[CountyLine, ...]:
        return tuple(line for line in self.lines if line.is_met)

    @property
    def missed(self) -> tuple[CountyLine, ...]:
        return tuple(line for line in self.lines if not line.is_met)


def sensible_year(year: int) -> int:
    """A year out of an address; NotFound for one that nobody means."""
    if not is_sensible_year(year):
        raise _without_targets(year)
    return year


def _without_targets(year: int) -> NotFound:
    return NotFound("no_targets", f"{year} 年没有下达预期目标", f"No targets were set for {year}")


def _rules_of(book: PolicyBook, year: int) -> PoolRules:
    rules = pool_rules(book, date(year, 12, 31))
    if not rules.quotas or rules.city_target is None:
        raise _without_targets(year)
    return rules


def drawn_up(db: Session, year: int, *, book: PolicyBook, today: date) -> YearReport:
    """The report as the books stand: the pool on the year's last day, or today while the year runs. NotFound without targets."""
    rules, day = _rules_of(book, year), min(today, date(year, 12, 31))
    codes, first = [one.code for one in REGIONS], date(year, 1, 1)
    sizes = pool_sizes(db, codes, day)
    reached = entries_into_scale(db, codes, first, day, rules=rules)
    fell = falls_from_scale(db, codes, first, day, rules=rules)
    lines = [
        CountyLine(code, quota.target, quota.minimum, sizes.get(code, 0), reached.get(code, 0), fell.get(code, 0))
        for code, quota in rules.quotas.items()
    ]
    ordered = sorted(lines, key=lambda line: (-line.permille, -line.reached, line.region))
    assert rules.city_target is not None
    return YearReport(year, day, rules.city_target, tuple(ordered))


def report_of(db: Session, year: int, *, book: PolicyBook, today: date) -> YearReport:
    """The report as it was issued, or as it would read today."""
    row = db.execute(select(PoolReport).where(col(PoolReport.year) == year)).scalars().first()
    return drawn_up(db, year, book=book, today=today) if row is None else _as_issued(row)


def _as_issued(row: PoolReport) -> YearReport:
    figures = json.loads(row.figures)
    lines = tuple(CountyLine(**line) for line in figures["lines"])
    return YearReport(row.year, date.fromisoformat(figures["day"]), figures["city_target"], lines, row.issued_on)


def _canonical(report: YearReport) -> str:
    figures = {
        "day": report.day.isoformat(),
        "city_target": report.city_target,
        "lines": [asdict(line) for line in report.lines],
    }
    return json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def issue(db: Session, caller: Caller, year: int, *, book: PolicyBook, at: datetime, today: date) -> YearReport:
    """“于每年1月底前，对各县（市、区）上一年度预期目标完成情况进行通报”: freeze the figures once the year is over.

    Conflict for a second time.
    """
    if caller.role != INDUSTRY:
        raise may_not()
    if today.year <= year:
        raise Refused("year_not_over", f"{year} 年还没有过完", f"The year {year} is not over yet")
    figures = _canonical(drawn_up(db, year, book=book, today=today))
    row = PoolReport(
        year=year,
        issued_on=today,
        figures=figures,
        digest=hashlib.sha256(figures.encode()).hexdigest(),
        at=at,
        account_id=caller.account_id,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise Conflict("report_issued", "这一年的通报已经发过", "The report on this year is issued already") from None
    detail = {"digest": row.digest}
    record(db, "pool.issue_report", by=caller.actor, subject=("pool_report", year), at=at, detail=detail)
    return _as_issued(row)


def is_issued(db: Session, year: int) -> bool:
    """Whether the report on a year went out."""
    query = select(col(PoolReport.year)).where(col(PoolReport.year) == year)
    return db.execute(query).first() is not None
