"""How scorecards travel: exact ratios as fractions, and rounded beside them for the eye."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from marshmallow import fields

from kernel.fields import Money, Schema
from kernel.money import half_up
from settlement.two_increases import INDICATOR_TITLES, IndicatorKind


def exact(ratio: Fraction | None) -> str | None:
    """`3/25`, a whole number as it is; None stays None."""
    return None if ratio is None else str(ratio)


def rounded(kind: IndicatorKind, ratio: Fraction | None, places: int = 4) -> str | None:
    """A number of borrowers as it is, any other ratio as a percentage with so many decimals, half up."""
    if ratio is None:
        return None
    if kind is IndicatorKind.BORROWERS:
        return str(ratio)
    scaled = half_up(ratio * 100 * 10**places)
    return f"{Decimal(scaled).scaleb(-places):.{places}f}%"


class IndicatorOut(Schema):
    """One indicator; `bound` is what the value must reach, or not exceed: what it is held against, with the margin."""

    kind = fields.String()
    title_zh = fields.Function(lambda one: INDICATOR_TITLES[one.kind].zh)
    title_en = fields.Function(lambda one: INDICATOR_TITLES[one.kind].en)
    outcome = fields.String()
    value = fields.Function(lambda one: rounded(one.kind, one.value))
    bound = fields.Function(lambda one: rounded(one.kind, one.bound))
    exact_value = fields.Function(lambda one: exact(one.value))
    exact_bound = fields.Function(lambda one: exact(one.bound))


class PortfolioOut(Schema):
    balance = Money()
    non_performing = Money()
    borrowers = fields.Integer()
    new_balance = Money()


class QuarterFiguresOut(Schema):
    quarter = fields.String()
    inclusive = fields.Nested(PortfolioOut)
    every = fields.Nested(PortfolioOut)


class ScorecardOut(Schema):
    """One institution; `outcome` is failed if one indicator failed, met if all are met, else n/a."""

    institution_code = fields.String(attribute="party.code")
    institution_name = fields.String(attribute="party.name")
    taken_over = fields.Function(lambda one: [party.code for party in one.taken_over])
    quarter = fields.String(attribute="assessed.rule.quarter")
    base_quarter = fields.String(attribute="assessed.rule.base")
    outcome = fields.String(attribute="assessed.outcome")
    indicators = fields.List(fields.Nested(IndicatorOut), attribute="assessed.indicators")
    figures = fields.Method("_figures")

    def _figures(self, one: Any) -> list[Any]:
        dump = QuarterFiguresOut().dump
        return [
            dump({"quarter": quarter, "inclusive": pair.inclusive, "every": pair.every})
            for quarter, pair in sorted(one.assessed.figures.items())
        ]
