"""The growth reward 普惠小微贷款余额增量奖励: 1 % of the growth of inclusive small and micro loans (notice 三; domain §2).

Pure: whole fen and exact rates in, dated figures and sums that explain themselves out. Knows no file, engine or table.
"""

from settlement.growth_reward.assessment import Assessment, assess, assess_quarter
from settlement.growth_reward.figures import (
    CertifiedFigure,
    LegalPerson,
    Part,
    QuarterEnd,
    ReturnedBalance,
    family,
    quarter_ends,
)
from settlement.growth_reward.holds import HOLD_TITLES, Control, Hold
from settlement.growth_reward.readings import Reading, read
from settlement.growth_reward.rule import BASIS_TITLES, SCHEME, Basis, GrowthRule, rule_for, rule_in_force

__all__ = [
    "BASIS_TITLES",
    "HOLD_TITLES",
    "SCHEME",
    "Assessment",
    "Basis",
    "CertifiedFigure",
    "Control",
    "GrowthRule",
    "Hold",
    "LegalPerson",
    "Part",
    "QuarterEnd",
    "Reading",
    "ReturnedBalance",
    "assess",
    "assess_quarter",
    "family",
    "quarter_ends",
    "read",
    "rule_for",
    "rule_in_force",
]
