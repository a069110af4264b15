"""Where a firm's trailing revenue points: early warning 退规预警, and firms near or at the above-scale bar (附件2 三). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kernel.bilingual import Text
from matchmaking.pool.quota import PoolRules

UNKNOWN, BELOW, NEAR, AT_SCALE = "unknown", "below", "near", "at_scale"
OUTLOOKS = {
    UNKNOWN: Text("月数不够，不下判断", "too few months to tell"),
    BELOW: Text("低于标准", "below the standard"),
    NEAR: Text("临规", "near the bar"),
    AT_SCALE: Text("达到标准", "at the standard"),
}


@dataclass(frozen=True)
class Outlook:
    """What the trailing months say. `revenue` is their sum in fen, `yearly` the sum carried to a year (exact)."""

    kind: str
    months: int
    revenue: int
    yearly: Fraction
    last: date | None

    @property
    def points_below(self) -> bool:
        """Whether a year at this pace stays below the standard: what flags an above-scale firm."""
        return self.kind in (BELOW, NEAR)

    @property
    def yearly_fen(self) -> int:
        """The yearly figure in whole fen, rounded down, for showing only."""
        return self.yearly.numerator // self.yearly.denominator


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def months_back(last: date, count: int) -> Iterator[date]:
    """`count` months ending with the month of `last`, the newest first."""
    number = last.year * 12 + last.month - 1
    for back in range(count):
        yield date((number - back) // 12, (number - back) % 12 + 1, 1)


def outlook(revenues: Mapping[date, int], rules: PoolRules, day: date) -> Outlook:
    """“规模以上工业企业退规预警”: the trailing months that ended before the month of `day`, against the yearly standard.

    `revenues`: fen by first day of month. The window ends with the last month on file. A whole window is summed; from the least
    number of months on, what is there is carried to a year; with fewer nothing is said [default].
    """
    filed = [month for month in revenues if month < month_of(day)]
    if not filed:
        return Outlook(UNKNOWN, 0, 0, Fraction(0), None)
    last = max(filed)
    window = [revenues[month] for month in months_back(last, rules.trailing_months) if month in revenues]
    yearly = Fraction(sum(window) * rules.trailing_months, len(window))
    return Outlook(_kind(yearly, len(window), rules), len(window), sum(window), yearly, last)


def _kind(yearly: Fraction, months: int, rules: PoolRules) -> str:
    if months < rules.least_months:
        return UNKNOWN
    if yearly >= rules.standard:
        return AT_SCALE
    return NEAR if yearly >= rules.standard * Fraction(rules.near_share) else BELOW
