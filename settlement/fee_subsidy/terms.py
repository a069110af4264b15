"""The parameters of the fee subsidy: those of a quarter, those of a calendar year, and those of a contract on its first day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from kernel.errors import Refused
from kernel.periods import Quarter
from kernel.policies import PolicyBook, Scheme, Value
from settlement.fee_subsidy.clients import ClientScope

SCHEME = "fee-subsidy"
ADOPTED_BY = "adopted_by"
TERMS = (
    "borrower_kinds",
    "extra_fees_exclude",
    "one_scheme_per_contract",
    "amount_limit",
    "annualised_amount_limit",
    "client_limit_counts",
    "fee_ceiling_government_backed",
    "fee_ceiling_other",
)


class Formula(StrEnum):
    """How the subsidy is computed (open word 费率算法, domain §12); the policy names the titles."""

    FEE_GAP = "fee_gap"
    POOL_SHARE = "pool_share"
    TIER_RATE = "tier_rate"
    AVERAGE_BALANCE = "average_balance"
    FLAT_PRORATA = "flat_prorata"

    @property
    def is_daily(self) -> bool:
        """Whether a contract earns day by day; the others look at a whole calendar year."""
        return self in (Formula.FEE_GAP, Formula.FLAT_PRORATA)


OWN_TERMS = {
    Formula.FEE_GAP: ("benchmark_rate", "max_points", "counted_amount"),
    Formula.FLAT_PRORATA: ("flat_rate", "counted_amount"),
}


OF_ONE_FORMULA = {
    "benchmark_rate": Formula.FEE_GAP,
    "max_points": Formula.FEE_GAP,
    "annual_cap": Formula.FEE_GAP,
    "pool": Formula.POOL_SHARE,
    "pool_coefficients": Formula.POOL_SHARE,
    "average_balance_rate": Formula.AVERAGE_BALANCE,
    "average_balance_cap": Formula.AVERAGE_BALANCE,
    "flat_rate": Formula.FLAT_PRORATA,
    "flat_cap": Formula.FLAT_PRORATA,
}


def decides(name: str, formulas: Collection[Formula]) -> bool:
    """Whether a parameter has a say under some formulas: one that belongs to another formula has none."""
    owner = Formula.TIER_RATE if name.startswith("tier_") else OF_ONE_FORMULA.get(name)
    return owner is None or owner in formulas


class Rounding(StrEnum):
    """What is rounded half up to the fen: the running total of each contract, or of the whole claim."""

    PER_CONTRACT = "half_up_fen_per_contract"
    PER_CLAIM = "half_up_fen_per_claim"


class Period(StrEnum):
    """How often is settled."""

    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class ContractTerms:
    """What the policy said on a contract's first day: a contract keeps the terms it was concluded under."""

    values: Mapping[str, Value]

    @property
    def borrower_kinds(self) -> tuple[str, ...]:
        return self.values["borrower_kinds"].codes

    @property
    def extra_fees_exclude(self) -> bool:
        return self.values["extra_fees_exclude"].flag

    @property
    def one_scheme(self) -> bool:
        return self.values["one_scheme_per_contract"].flag

    @property
    def amount_limit(self) -> int:
        return self.values["amount_limit"].fen

    @property
    def annualised_limit(self) -> int:
        return self.values["annualised_amount_limit"].fen

    @cached_property
    def client_scope(self) -> ClientScope:
        return ClientScope(self.values["client_limit_counts"].code)

    def fee_ceiling(self, *, government_backed: bool) -> Fraction:
        """The highest fee rate that still counts, inclusive."""
        name = "fee_ceiling_government_backed" if government_backed else "fee_ceiling_other"
        return Fraction(self.values[name].rate)

    def rate(self, name: str) -> Fraction:
        return Fraction(self.values[name].rate)

    @property
    def counts_own_share(self) -> bool:
        return self.values["counted_amount"].code == "own_share"


@dataclass(frozen=True)
class FeeRule:
    """The scheme as it stands for one quarter; a quarter outside its dates has no rule."""

    scheme: Scheme
    quarter: Quarter
    _terms: dict[tuple[date, Formula], ContractTerms] = field(default_factory=dict, repr=False, compare=False)

    @property
    def day(self) -> date:
        return self.quarter.last_day

    def value(self, name: str) -> Value:
        """A value on the quarter's last day; raises `PolicySilent` or `PolicyUndecided`."""
        return self.scheme.value(name, on=self.day)

    @property
    def years(self) -> range:
        """The calendar years in which an eligible contract may have earned something."""
        return range(self.starts_from.year, self.quarter.year + 1)

    @cached_property
    def starts_from(self) -> date:
        """The earliest first day of a contract that counts."""
        return self.value("contract_start_from").day

    @cached_property
    def days_per_year(self) -> int:
        return self.value("days_per_year").integer

    @cached_property
    def rounding(self) -> Rounding:
        return Rounding(self.value("rounding").code)

    @cached_property
    def institution_kinds(self) -> frozenset[str]:
        return frozenset(self.value("institution_kinds").codes)

    @property
    def formula(self) -> Formula:
        return self.formula_of(self.quarter.year)

    def year_end(self, year: int) -> date:
        """31 December, or the quarter's last day while the year runs."""
        return min(date(year, 12, 31), self.day)

    def of_year(self, name: str, year: int) -> Value:
        """A value of a calendar year, read on its last day as far as it has run."""
        return self.scheme.value(name, on=self.year_end(year))

    def formula_of(self, year: int) -> Formula:
        return Formula(self.of_year("formula", year).code)

    def terms(self, start: date, formula: Formula) -> ContractTerms:
        """The terms of contracts that begin on a day, with those of the formula."""
        if (start, formula) not in self._terms:
            names = (*TERMS, *OWN_TERMS.get(formula, ()))
            self._terms[start, formula] = ContractTerms({name: self.scheme.value(name, on=start) for name in names})
        return self._terms[start, formula]

    @property
    def is_yearly(self) -> bool:
        return not self.formula.is_daily or Period(self.value("period").code) is Period.YEAR

    @property
    def is_adopted(self) -> bool:
        """Whether a document has adopted the scheme: computed before, payable only then (domain §5, row 9)."""
        return self.scheme.parameter(ADOPTED_BY).on(self.day) is not None

    @property
    def before(self) -> Quarter:
        """The quarter of settlement before this one."""
        return Quarter(self.quarter.year - 1, 4) if self.is_yearly else self.quarter.previous

    @property
    def policy_digest(self) -> str:
        return self.scheme.digest_on(self.quarter.last_day)


def _only_what_is_implemented(rule: FeeRule) -> None:
    """A policy that asks for something this rule cannot do is refused, never read as something near it."""
    asked = {
        "day_count": rule.value("day_count").code == "act_365_fixed",
        "year_end_true_up": rule.value("year_end_true_up").flag,
    }
    for name in (name for name, can in asked.items() if not can):
        title = rule.scheme.parameter(name).title
        raise Refused(
            "policy_not_implemented",
            f"政策文件里“{title.zh}”（{name}）取了还没有实现的值，请改回",
            f"The policy gives “{title.en}” ({name}) a value that is not implemented; change it back",
        )


def _settled_now(rule: FeeRule) -> None:
    if rule.is_yearly and rule.quarter.number != 4:
        title = rule.scheme.parameter("formula").choices[rule.formula]
        raise Refused(
            "settled_once_a_year",
            f"“{title.zh}”一年结算一次，随第四季度；请选 {rule.quarter.year}Q4",
            f"“{title.en}” is settled once a year, with the fourth quarter: choose {rule.quarter.year}Q4",
        )


def fee_rule_for(scheme: Scheme, quarter: Quarter) -> FeeRule:
    """The rule of a quarter.

    Raises `PolicySilent` or `PolicyOver` outside its dates, `Refused` for a year's formula before the fourth quarter.
    """
    rule = FeeRule(scheme, quarter)
    scheme.must_not_be_over(rule.day)
    _only_what_is_implemented(rule)
    _settled_now(rule)
    return rule


def fee_rule_in_force(book: PolicyBook, quarter: Quarter) -> FeeRule:
    """The rule of a quarter out of the policy book."""
    return fee_rule_for(book.scheme(SCHEME), quarter)


def rule_before(rule: FeeRule) -> FeeRule | None:
    """The rule of the settlement before; None where the scheme had not begun, and nothing was accrued."""
    earlier = rule.before
    began = earlier.last_day >= rule.starts_from and rule.scheme.parameter("formula").on(earlier.last_day) is not None
    return FeeRule(rule.scheme, earlier) if began else None
