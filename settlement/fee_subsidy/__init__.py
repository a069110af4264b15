"""The guarantee-fee subsidy 融资担保降费奖补 (notice 三, annex 2 四(四); domain §3): the notice gives no rate, a dated policy does.

Pure: contracts and events as filed in, what each earns and what a guarantor is due out, exact until the one rounding that the
policy names. Knows no file, engine or table.
"""

from settlement.fee_subsidy.assessment import (
    FEE_HOLD_TITLES,
    ContractLine,
    FeeAssessment,
    FeeHold,
    assess_guarantors,
    average_fee,
)
from settlement.fee_subsidy.contracts import (
    EventKind,
    Filed,
    Guarantee,
    GuaranteeEvent,
    GuaranteeReturn,
    KnownContract,
    known_by,
)
from settlement.fee_subsidy.entitlement import Entitlement, GuaranteeCompany, YearSum
from settlement.fee_subsidy.exclusions import EXCLUSION_TITLES, Exclusion, WeighedContract
from settlement.fee_subsidy.telling import SumLine, beside_lines, exact_rate, parameters_of, percentage, told
from settlement.fee_subsidy.terms import SCHEME, FeeRule, Formula, decides, fee_rule_for, fee_rule_in_force
from settlement.fee_subsidy.yearly import YearPart

__all__ = [
    "EXCLUSION_TITLES",
    "FEE_HOLD_TITLES",
    "SCHEME",
    "ContractLine",
    "Entitlement",
    "EventKind",
    "Exclusion",
    "FeeAssessment",
    "FeeHold",
    "FeeRule",
    "Filed",
    "Formula",
    "Guarantee",
    "GuaranteeCompany",
    "GuaranteeEvent",
    "GuaranteeReturn",
    "KnownContract",
    "SumLine",
    "WeighedContract",
    "YearPart",
    "YearSum",
    "assess_guarantors",
    "average_fee",
    "beside_lines",
    "decides",
    "exact_rate",
    "fee_rule_for",
    "fee_rule_in_force",
    "known_by",
    "parameters_of",
    "percentage",
    "told",
]
