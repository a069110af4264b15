"""The parameters of the two increases and two controls as they stand for one quarter."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kernel.bilingual import Text
from kernel.errors import Refused
from kernel.periods import Quarter
from kernel.policies import PolicyBook, Scheme

INCREASES_SCHEME = "two-increases"
IMPLEMENTED = {
    "growth_test": "at_least_all_loans",
    "borrowers_test": "at_least_base",
    "rate_test": "at_most_last_year",
}


class BaseDay(StrEnum):
    """The day that growth and the number of borrowers are held against."""

    YEAR_START = "year_start"
    YEAR_BEFORE = "year_before"


BASE_TITLES = {
    BaseDay.YEAR_START: Text("年初", "the start of the year"),
    BaseDay.YEAR_BEFORE: Text("上年同期", "a year before"),
}


@dataclass(frozen=True)
class IncreasesRule:
    """One quarter's parameters, read on its last day. Source: notice 三; 银保监办发〔2022〕37号.

    `credit_line_limit` in fen, inclusive. `npl_points_at_most` is how far the bad-loan ratio of inclusive loans may lie above
    that of all loans (0.03 is three points). A failed indicator stops no growth reward: the notice does not link them.
    """

    quarter: Quarter
    base_day: BaseDay
    credit_line_limit: int
    npl_points_at_most: Decimal
    policy_digest: str = ""

    @property
    def base(self) -> Quarter:
        """The quarter whose last day growth is held against."""
        if self.base_day is BaseDay.YEAR_BEFORE:
            return Quarter(self.quarter.year - 1, self.quarter.number)
        return self.last_year

    @property
    def last_year(self) -> Quarter:
        """The last quarter of the year before: its return tells last year's rate of new loans."""
        return Quarter(self.quarter.year - 1, 4)

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Every quarter end whose return is needed, the earliest first."""
        return tuple(sorted({self.base, self.last_year, self.quarter}))


def increases_rule_for(scheme: Scheme, quarter: Quarter) -> IncreasesRule:
    """The rule of a quarter; raises `PolicySilent` where the policy has no value on its last day."""
    day = quarter.last_day
    for name, implemented in IMPLEMENTED.items():
        asked = scheme.value(name, on=day).code
        if asked != implemented:
            raise Refused(
                "policy_not_implemented",
                f"政策文件里“{name}”取“{asked}”，还没有实现，目前只会“{implemented}”",
                f"The policy asks for {name} “{asked}”, which is not implemented; only “{implemented}” is",
            )
    return IncreasesRule(
        quarter=quarter,
        base_day=BaseDay(scheme.value("basis", on=day).code),
        credit_line_limit=scheme.value("credit_line_limit", on=day).fen,
        npl_points_at_most=scheme.value("npl_points_at_most", on=day).rate,
        policy_digest=scheme.digest_on(day),
    )


def increases_rule_in_force(book: PolicyBook, quarter: Quarter) -> IncreasesRule:
    """The rule of a quarter out of the policy book."""
    return increases_rule_for(book.scheme(INCREASES_SCHEME), quarter)
