"""Two increases and two controls 两增两控: how an institution's inclusive loans grew, and at what risk and rate (notice 三; domain §10).

Pure: the figures of two or three quarter ends in, four indicators as exact ratios out. A failed indicator is shown; it stops no
reward [default].
"""

from settlement.two_increases.assessment import (
    INDICATOR_TITLES,
    Assessed,
    Indicator,
    IndicatorKind,
    Outcome,
    assess_increases,
)
from settlement.two_increases.figures import Portfolio, PortfolioPair
from settlement.two_increases.rule import (
    BASE_TITLES,
    INCREASES_SCHEME,
    BaseDay,
    IncreasesRule,
    increases_rule_for,
    increases_rule_in_force,
)

__all__ = [
    "BASE_TITLES",
    "INCREASES_SCHEME",
    "INDICATOR_TITLES",
    "Assessed",
    "BaseDay",
    "IncreasesRule",
    "Indicator",
    "IndicatorKind",
    "Outcome",
    "Portfolio",
    "PortfolioPair",
    "assess_increases",
    "increases_rule_for",
    "increases_rule_in_force",
]
