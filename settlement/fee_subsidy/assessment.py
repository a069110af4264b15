"""What a guarantor is due for a quarter: what has run up by its end under all present facts, less what had run up before."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kernel.bilingual import Text
from kernel.periods import Quarter
from settlement.fee_subsidy.contracts import Filed, GuaranteeReturn, KnownContract
from settlement.fee_subsidy.daily import points
from settlement.fee_subsidy.entitlement import Elsewhere, Entitlement, Everybody, GuaranteeCompany
from settlement.fee_subsidy.exclusions import WeighedContract
from settlement.fee_subsidy.terms import FeeRule, Formula, rule_before


class FeeHold(StrEnum):
    """A reason for a statement to wait, in the order in which they are told."""

    RETURN_MISSING = "return_missing"
    CONTRACT_MISSING = "contract_missing"
    NOT_ADOPTED = "not_adopted"


FEE_HOLD_TITLES = {
    FeeHold.RETURN_MISSING: Text(
        "报表没有收到，算不出金额：请机构补报",
        "A return is missing, so there is no amount: ask the institution to file it",
    ),
    FeeHold.CONTRACT_MISSING: Text(
        "有合同未到期、未解除，却不在其后的报表里：请机构补报或更正",
        "A contract that has not ended is missing from a later return: ask the guarantor to file or correct it",
    ),
    FeeHold.NOT_ADOPTED: Text(
        "还没有采用本办法的文件，只计算不兑付：请先登记有文号的决定",
        "No document has adopted the scheme: computed, not payable; record the decision with its document first",
    ),
}


@dataclass(frozen=True)
class ContractLine:
    """One contract's part in a quarter, fen: `accrued` through its end, `before` as it had run up in the settlement before.

    `accrued_then` is what would have run up by then under the present facts: its difference from `before` is an adjustment.
    """

    weighed: WeighedContract
    formula: Formula
    points: Fraction | None
    accrued: int
    accrued_then: int
    before: int

    @property
    def known(self) -> KnownContract:
        return self.weighed.known

    @property
    def slice(self) -> int:
        """`round(accrued to the quarter end) − accrued before`."""
        return self.accrued - self.before

    @property
    def own(self) -> int:
        """What the quarter's own days earned."""
        return self.accrued - self.accrued_then

    @property
    def adjustment(self) -> int:
        """The difference of past slices: a refund, a late repayment or release, a corrected contract."""
        return self.accrued_then - self.before


@dataclass(frozen=True)
class FeeAssessment:
    """A statement of the fee subsidy before anybody has signed it; money in fen."""

    company: GuaranteeCompany
    rule: FeeRule
    now: Entitlement
    then: Entitlement | None
    lines: tuple[ContractLine, ...]
    holds: tuple[FeeHold, ...]
    return_digest: str

    @property
    def quarter(self) -> Quarter:
        return self.rule.quarter

    @property
    def formula(self) -> Formula:
        return self.rule.formula

    @property
    def accrued_before(self) -> int:
        return self.then.total if self.then else 0

    @property
    def amount(self) -> int | None:
        """The quarter's slice; below nil where facts have taken back more than the quarter earned. None without a return."""
        return None if FeeHold.RETURN_MISSING in self.holds else self.now.total - self.accrued_before

    @property
    def cap_change(self) -> int:
        """What the caps take from, or give back to, the sum of the lines this quarter."""
        return (self.then.cut if self.then else 0) - self.now.cut

    @property
    def year_change(self) -> int:
        """What formulas that look at a whole year add beside the lines."""
        return self.now.by_year_alone - (self.then.by_year_alone if self.then else 0)

    @property
    def rounding_difference(self) -> int:
        """Where the claim is rounded once: what the lines, each rounded for reading, do not add up to."""
        told = sum(line.slice for line in self.lines) + self.cap_change + self.year_change
        return self.now.total - self.accrued_before - told

    @property
    def held(self) -> bool:
        return bool(self.holds)

    @property
    def hold_reason(self) -> FeeHold | None:
        return self.holds[0] if self.holds else None

    @property
    def average_fee(self) -> Fraction | None:
        """The weighted average fee of the contracts that began this year: Σ fee income / Σ annualised amount."""
        return average_fee(
            one for one in self.now.contracts.values() if one.known.filed.start.year == self.quarter.year
        )


def average_fee(contracts: Iterable[WeighedContract]) -> Fraction | None:
    """Σ fee income / Σ annualised amount, refunds off, every contract whether it counts or not; None of no contract."""
    every = list(contracts)
    base = sum((one.annualised for one in every), Fraction(0))
    return Fraction(sum(one.known.fee for one in every)) / base if base else None


def _line(one: WeighedContract, now: Entitlement, then: Entitlement | None) -> ContractLine:
    rule, key = now.rule, one.known.contract_id
    formula, last_end = rule.formula, rule.before.last_day
    return ContractLine(
        weighed=one,
        formula=formula,
        points=points(one, formula) if formula.is_daily and one.terms is not None else None,
        accrued=now.accrued(key, rule.day),
        accrued_then=now.accrued(key, last_end),
        before=then.accrued(key, last_end) if then else 0,
    )


def _lines(now: Entitlement, then: Entitlement | None) -> tuple[ContractLine, ...]:
    """The contracts of the quarter's return, and those of earlier ones that it still changes."""
    every = (_line(one, now, then) for one in now.contracts.values())
    return tuple(line for line in every if line.known.last_filed == now.rule.quarter or line.slice)


def _holds(known: Iterable[KnownContract], own: GuaranteeReturn | None, rule: FeeRule) -> tuple[FeeHold, ...]:
    found = []
    if own is None:
        found.append(FeeHold.RETURN_MISSING)
    elif any(one.is_missing(rule.quarter) and one.filed.start >= rule.starts_from for one in known):
        found.append(FeeHold.CONTRACT_MISSING)
    if not rule.is_adopted:
        found.append(FeeHold.NOT_ADOPTED)
    return tuple(found)


def assess_guarantors(
    companies: Iterable[GuaranteeCompany], filed: Filed, rule: FeeRule, elsewhere: Elsewhere = ()
) -> list[FeeAssessment]:
    """Every guarantor of a kind that the policy names, by code, in the rule's quarter.

    `elsewhere`: (guarantor's code, contract id) of contracts that earn under another scheme. Raises `PolicySilent` and
    `PolicyUndecided` where a parameter of a formula in use has no value.
    """
    due = sorted((one for one in companies if one.kind in rule.institution_kinds), key=lambda one: one.code)
    everybody = Everybody(due, filed, rule, elsewhere)
    now, earlier = everybody.entitlements(), rule_before(rule)
    then = Everybody(due, filed, earlier, elsewhere).entitlements() if earlier else {}
    found = []
    for company in due:
        mine, own = now[company.code], filed.get((company.code, rule.quarter))
        before = then.get(company.code)
        found.append(
            FeeAssessment(
                company=company,
                rule=rule,
                now=mine,
                then=before,
                lines=_lines(mine, before),
                holds=_holds(everybody.known[company.code], own, rule),
                return_digest=own.digest if own else "",
            )
        )
    return found
