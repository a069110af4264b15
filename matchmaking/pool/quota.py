"""Targets, the size a pool must have, and the revenue bar (附件2 二、三(一)). Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil

from kernel.policies import PolicyBook

SCHEME = "pool"


def least_firms(target: int, multiple: Decimal) -> int:
    """“发展预期数的1.2倍建立重点企业培育库”: firms that a pool must have, rounded up [default]."""
    return ceil(Fraction(target) * Fraction(multiple))


def standard_bar(standard: int, share: Decimal) -> int:
    """“‘规上’工业企业营业收入标准的50%”: fen of last year's main revenue at which a firm may enter, rounded up to the fen."""
    return ceil(Fraction(standard) * Fraction(share))


@dataclass(frozen=True)
class Quota:
    """What is expected of one county in a year: its target, and how many firms its pool must have."""

    target: int
    minimum: int

    def short_by(self, firms: int) -> int:
        """How many firms the pool lacks."""
        return max(0, self.minimum - firms)


@dataclass(frozen=True)
class PoolRules:
    """The dated values that hold on a day. Money in fen; `quotas` by region of that day's year, empty where no document set any."""

    standard: int
    bar: int
    multiple: Decimal
    near_share: Decimal
    trailing_months: int
    least_months: int
    industries: tuple[str, ...]
    quotas: dict[str, Quota]
    city_target: int | None

    @cached_property
    def near(self) -> Fraction:
        """Fen a year from which on a firm is near the above-scale bar, exact."""
        return self.standard * Fraction(self.near_share)

    def is_industrial(self, industry: str) -> bool:
        """Whether a GB/T 4754 code belongs to industry."""
        return industry[:1] in self.industries


def pool_rules(book: PolicyBook, day: date) -> PoolRules:
    """The rules of the day; raises `PolicySilent` for a missing value. A year without targets has no quotas, which is told as such."""
    scheme = book.scheme(SCHEME)
    standard = scheme.value("above_scale_revenue", day).fen
    multiple = scheme.value("pool_multiple", day).rate
    targets, city = scheme.parameter("targets").on(day), scheme.parameter("city_target").on(day)
    numbers = targets.numbers if targets else {}
    return PoolRules(
        standard=standard,
        bar=standard_bar(standard, scheme.value("revenue_share", day).rate),
        multiple=multiple,
        near_share=scheme.value("near_share", day).rate,
        trailing_months=scheme.value("trailing_months", day).integer,
        least_months=scheme.value("least_months", day).integer,
        industries=scheme.value("industries", day).codes,
        quotas={region: Quota(target, least_firms(target, multiple)) for region, target in numbers.items()},
        city_target=city.integer if city else None,
    )


def report_until(book: PolicyBook, year: int) -> date:
    """“每年1月底前，对上一年度预期目标完成情况进行通报”: the last day for the report on `year`'s targets."""
    month = book.scheme(SCHEME).value("report_month", date(year + 1, 1, 1)).integer
    following = date(year + 1 + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
