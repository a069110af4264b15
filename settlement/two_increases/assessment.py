"""The four indicators of one institution and quarter, compared as exact ratios and never as rounded percentages."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kernel.bilingual import Text
from kernel.periods import Quarter
from settlement.two_increases.figures import Portfolio, PortfolioPair
from settlement.two_increases.rule import IncreasesRule


class IndicatorKind(StrEnum):
    """The two increases, then the two controls."""

    LOAN_GROWTH = "loan_growth"
    BORROWERS = "borrowers"
    BAD_LOANS = "bad_loans"
    NEW_LOAN_RATE = "new_loan_rate"


INDICATOR_TITLES = {
    IndicatorKind.LOAN_GROWTH: Text("贷款增速", "Growth of loans"),
    IndicatorKind.BORROWERS: Text("有余额户数", "Borrowers with a balance"),
    IndicatorKind.BAD_LOANS: Text("不良率", "Bad-loan ratio"),
    IndicatorKind.NEW_LOAN_RATE: Text("新发放贷款利率", "Rate of new loans"),
}


class Outcome(StrEnum):
    """What came of an indicator; without a base it has no answer, which is not a failure."""

    MET = "met"
    FAILED = "failed"
    UNDEFINED = "n/a"


@dataclass(frozen=True)
class Indicator:
    """One indicator: what the institution has, and what it is held against; None where a figure is missing or has no base.

    Ratios are exact, numbers of borrowers whole. `margin` is added to `against` before the two are compared.
    """

    kind: IndicatorKind
    value: Fraction | None
    against: Fraction | None
    at_least: bool
    margin: Fraction = Fraction(0)

    @property
    def bound(self) -> Fraction | None:
        """The number that the value must reach or not exceed."""
        return None if self.against is None else self.against + self.margin

    @property
    def outcome(self) -> Outcome:
        if self.value is None or self.bound is None:
            return Outcome.UNDEFINED
        holds = self.value >= self.bound if self.at_least else self.value <= self.bound
        return Outcome.MET if holds else Outcome.FAILED


@dataclass(frozen=True)
class Assessed:
    """One institution's four indicators; `figures` are those of the quarter ends that were there."""

    rule: IncreasesRule
    figures: Mapping[Quarter, PortfolioPair]
    indicators: tuple[Indicator, ...]

    def of(self, kind: IndicatorKind) -> Indicator:
        return next(one for one in self.indicators if one.kind is kind)

    @property
    def outcome(self) -> Outcome:
        """Failed if one failed, met if all are met, else without an answer."""
        found = {one.outcome for one in self.indicators}
        if Outcome.FAILED in found:
            return Outcome.FAILED
        return Outcome.MET if found == {Outcome.MET} else Outcome.UNDEFINED


def _growth(now: Portfolio, base: Portfolio) -> Fraction | None:
    return Fraction(now.balance - base.balance, base.balance) if base.balance else None


def _whole(number: int | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def assess_increases(figures: Mapping[Quarter, PortfolioPair], rule: IncreasesRule) -> Assessed:
    """The indicators of the rule's quarter; a quarter end that is not among `figures` was not returned.

    Growth of inclusive loans ≥ growth of all loans; borrowers with a balance ≥ their number at the base; bad-loan ratio of
    inclusive loans ≤ that of all loans + 3 points; weighted rate of new loans ≤ last year's.
    """
    now, base, last_year = (figures.get(quarter) for quarter in (rule.quarter, rule.base, rule.last_year))
    indicators = (
        Indicator(
            IndicatorKind.LOAN_GROWTH,
            _growth(now.inclusive, base.inclusive) if now and base else None,
            _growth(now.every, base.every) if now and base else None,
            at_least=True,
        ),
        Indicator(
            IndicatorKind.BORROWERS,
            _whole(now.inclusive.borrowers if now else None),
            _whole(base.inclusive.borrowers if base else None),
            at_least=True,
        ),
        Indicator(
            IndicatorKind.BAD_LOANS,
            now.inclusive.bad_ratio if now else None,
            now.every.bad_ratio if now else None,
            at_least=False,
            margin=Fraction(rule.npl_points_at_most),
        ),
        Indicator(
            IndicatorKind.NEW_LOAN_RATE,
            now.inclusive.new_rate if now else None,
            last_year.inclusive.new_rate if last_year else None,
            at_least=False,
        ),
    )
    return Assessed(rule, dict(figures), indicators)
