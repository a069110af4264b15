"""Where a firm's trailing revenue points: early warning 退规预警, and firms near or at the above-scale bar (附件2 三). Pure."""

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
    """What the trailing months say. `revenue` is their sum in fen, `whole` how many months make a year's window."""

    kind: str
    months: int
    revenue: int
    last: date
    whole: int

    @property
    def points_below(self) -> bool:
        """Whether a year at this pace stays below the standard: what flags an above-scale firm."""
        return self.kind in (BELOW, NEAR)

    @property
    def yearly(self) -> Fraction:
        """The sum carried to a year in fen, exact."""
        return Fraction(self.revenue * self.whole, self.months) if self.months else Fraction(0)

    @property
    def yearly_fen(self) -> int:
        """The yearly figure in whole fen, rounded down, for showing only."""
        return self.yearly.numerator // self.yearly.denominator


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def month_before(month: date, count: int) -> date:
    """The first day of the month that lies `count` months before another one."""
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def outlook(months: int, revenue: int, last: date, rules: PoolRules) -> Outlook:
    """“规模以上工业企业退规预警”: the trailing months on file and their sum in fen, against the yearly standard.

    A whole window is summed; from the least number of months on, what is there is carried to a year; with fewer nothing is said
    [default].
    """
    return Outlook(_kind(revenue, months, rules), months, revenue, last, rules.trailing_months)


def _kind(revenue: int, months: int, rules: PoolRules) -> str:
    """The sum carried to a year against the standard, both times the number of months."""
    yearly, standard = revenue * rules.trailing_months, rules.standard * months
    if months < rules.least_months:
        return UNKNOWN
    if yearly >= standard:
        return AT_SCALE
    return NEAR if yearly * rules.near.denominator >= rules.near.numerator * months else BELOW
