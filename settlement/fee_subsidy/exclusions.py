"""Why a contract does not count: coded, tested in this order, told in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kernel.bilingual import Text
from settlement.fee_subsidy.clients import ClientLoad
from settlement.fee_subsidy.contracts import KnownContract
from settlement.fee_subsidy.terms import ContractTerms, FeeRule, Formula


class Exclusion(StrEnum):
    """A reason that leaves a contract out, in the order in which they are tried."""

    START_DATE = "start_date"
    NEVER_IN_FORCE = "never_in_force"
    BORROWER_KIND = "borrower_kind"
    EXTRA_FEES = "extra_fees"
    AMOUNT = "amount"
    ANNUALISED_AMOUNT = "annualised_amount"
    CLIENT_AMOUNT = "client_amount"
    CLIENT_ANNUALISED_AMOUNT = "client_annualised_amount"
    FEE_CEILING = "fee_ceiling"
    OTHER_SCHEME = "other_scheme"


EXCLUSION_TITLES = {
    Exclusion.START_DATE: Text("起保日早于规定的日期", "Began before the first day that counts"),
    Exclusion.NEVER_IN_FORCE: Text("起保当日就已解除或代偿", "Released or compensated on its first day"),
    Exclusion.BORROWER_KIND: Text(
        "被担保人不是小微企业、个体工商户或小微企业主", "The borrower is not small, micro or an owner"
    ),
    Exclusion.EXTRA_FEES: Text("另收了其他费用", "Other fees were charged"),
    Exclusion.AMOUNT: Text("担保金额超过单笔上限", "The amount is over the limit"),
    Exclusion.ANNUALISED_AMOUNT: Text("年化金额超过单笔上限", "The annualised amount is over the limit"),
    Exclusion.CLIENT_AMOUNT: Text("同一客户的担保金额合计超过上限", "The client's amounts together are over the limit"),
    Exclusion.CLIENT_ANNUALISED_AMOUNT: Text(
        "同一客户的年化金额合计超过上限", "The client's annualised amounts together are over the limit"
    ),
    Exclusion.FEE_CEILING: Text("年化费率超过上限", "The annualised fee is over the ceiling"),
    Exclusion.OTHER_SCHEME: Text("已享受其他奖补", "Already paid for under another scheme"),
}


@dataclass(frozen=True)
class WeighedContract:
    """A contract held against the rules: its terms, what its client had beside it, and what speaks against it.

    `terms` and `load` are None for a contract that began before the first day that counts.
    """

    known: KnownContract
    days_per_year: int
    government_backed: bool
    terms: ContractTerms | None
    load: ClientLoad | None
    exclusions: tuple[Exclusion, ...]

    @property
    def counts(self) -> bool:
        return not self.exclusions

    @property
    def annualised(self) -> Fraction:
        return self.known.annualised(self.days_per_year)

    @property
    def fee_rate(self) -> Fraction:
        return self.known.fee_rate(self.days_per_year)

    @property
    def ceiling(self) -> Fraction | None:
        return None if self.terms is None else self.terms.fee_ceiling(government_backed=self.government_backed)


def weigh(
    known: KnownContract,
    rule: FeeRule,
    formula: Formula,
    *,
    government_backed: bool,
    load: ClientLoad | None,
    claimed_elsewhere: bool,
) -> WeighedContract:
    """A contract by all present facts; `claimed_elsewhere`: it earns under another scheme already."""
    if load is None or known.filed.start < rule.starts_from:
        return WeighedContract(known, rule.days_per_year, government_backed, None, None, (Exclusion.START_DATE,))
    terms = rule.terms(known.filed.start, formula)
    plain = WeighedContract(known, rule.days_per_year, government_backed, terms, load, ())
    found = tuple(_against(plain, terms, load, claimed_elsewhere))
    return WeighedContract(known, rule.days_per_year, government_backed, terms, load, found)


def _against(one: WeighedContract, terms: ContractTerms, load: ClientLoad, elsewhere: bool) -> Iterator[Exclusion]:
    filed, per_year = one.known.filed, one.days_per_year
    if one.known.stop <= filed.start:
        yield Exclusion.NEVER_IN_FORCE
    if one.known.borrower_kind not in terms.borrower_kinds:
        yield Exclusion.BORROWER_KIND
    if terms.extra_fees_exclude and filed.extra_fees > 0:
        yield Exclusion.EXTRA_FEES
    if filed.amount > terms.amount_limit:
        yield Exclusion.AMOUNT
    if one.annualised > terms.annualised_limit:
        yield Exclusion.ANNUALISED_AMOUNT
    if load.amount > max(terms.amount_limit, filed.amount):
        yield Exclusion.CLIENT_AMOUNT
    if load.amount_days > max(terms.annualised_limit * per_year, filed.amount * one.known.days):
        yield Exclusion.CLIENT_ANNUALISED_AMOUNT
    if one.fee_rate > terms.fee_ceiling(government_backed=one.government_backed):
        yield Exclusion.FEE_CEILING
    if terms.one_scheme and elsewhere:
        yield Exclusion.OTHER_SCHEME
