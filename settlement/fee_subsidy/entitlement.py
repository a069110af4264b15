"""What every guarantor is entitled to from the beginning through a quarter's end, by the facts known then."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kernel.money import half_up
from settlement.fee_subsidy.clients import ClientLoads
from settlement.fee_subsidy.contracts import Filed, GuaranteeReturn, KnownContract, known_by
from settlement.fee_subsidy.daily import accrued, year_of_days
from settlement.fee_subsidy.exclusions import WeighedContract, weigh
from settlement.fee_subsidy.terms import FeeRule, Formula
from settlement.fee_subsidy.yearly import YearPart, average_award, pool_awards, tier_award


@dataclass(frozen=True)
class GuaranteeCompany:
    """A guarantor as the rule sees it."""

    code: str
    name: str
    kind: str
    region: str
    government_backed: bool = False


@dataclass(frozen=True)
class YearSum:
    """One calendar year as far as it has run: earned, and payable after the cap, fen."""

    year: int
    formula: Formula
    earned: int
    payable: int
    parts: tuple[YearPart, ...] = ()

    @property
    def cut(self) -> int:
        """What the cap took away."""
        return self.earned - self.payable


@dataclass(frozen=True)
class Entitlement:
    """All that a guarantor is entitled to from the beginning through a quarter's end, by the facts known then."""

    rule: FeeRule
    weighed: Mapping[Formula, Mapping[str, WeighedContract]]
    years: tuple[YearSum, ...]

    @property
    def contracts(self) -> Mapping[str, WeighedContract]:
        """The contracts as the quarter's formula sees them, by id."""
        return self.weighed[self.rule.formula]

    @property
    def total(self) -> int:
        return sum(year.payable for year in self.years)

    @property
    def cut(self) -> int:
        return sum(year.cut for year in self.years)

    @property
    def by_year_alone(self) -> int:
        """What the formulas that look at a whole year have earned: no contract's part of it can be told."""
        return sum(year.earned for year in self.years if not year.formula.is_daily)

    def accrued(self, contract_id: str, through: date) -> int:
        """One contract's running total through a day, each year by its own formula, rounded to the fen."""
        daily = [year for year in self.years if year.formula.is_daily and date(year.year, 1, 1) <= through]
        return sum(self._grown(contract_id, year, through) for year in daily)

    def _grown(self, contract_id: str, year: YearSum, through: date) -> int:
        one = self.weighed[year.formula].get(contract_id)
        if one is None:
            return 0
        last, before = min(through, date(year.year, 12, 31)), date(year.year - 1, 12, 31)
        run_up = [half_up(accrued(one, self.rule, year.formula, day)) for day in (before, last)]
        return run_up[1] - run_up[0]


Elsewhere = Collection[tuple[str, str]]


def _weighed(
    company: GuaranteeCompany,
    known: Sequence[KnownContract],
    loads: ClientLoads,
    rule: FeeRule,
    formula: Formula,
    elsewhere: Elsewhere,
) -> dict[str, WeighedContract]:
    found = {}
    for one in known:
        terms = rule.terms(one.filed.start, formula) if one.filed.start >= rule.starts_from else None
        found[one.contract_id] = weigh(
            one,
            rule,
            formula,
            government_backed=company.government_backed,
            load=loads.beside(one, terms.client_scope) if terms else None,
            claimed_elsewhere=(company.code, one.contract_id) in elsewhere,
        )
    return found


class Everybody:
    """All guarantors' contracts by what is known at a quarter's end."""

    def __init__(
        self, companies: Iterable[GuaranteeCompany], filed: Filed, rule: FeeRule, elsewhere: Elsewhere
    ) -> None:
        self.rule, self.elsewhere = rule, elsewhere
        self.companies = {one.code: one for one in companies}
        returns = _by_owner(filed)
        self.known = {code: known_by(returns[code], rule.quarter) for code in self.companies}
        self._loads = {code: ClientLoads(known) for code, known in self.known.items()}
        self._weighed: dict[tuple[str, Formula], dict[str, WeighedContract]] = {}

    def weighed(self, code: str, formula: Formula) -> dict[str, WeighedContract]:
        if (code, formula) not in self._weighed:
            self._weighed[code, formula] = _weighed(
                self.companies[code], self.known[code], self._loads[code], self.rule, formula, self.elsewhere
            )
        return self._weighed[code, formula]

    def year_sums(self, year: int) -> dict[str, YearSum]:
        """One calendar year of every guarantor."""
        formula, rule = self.rule.formula_of(year), self.rule
        contracts = {code: list(self.weighed(code, formula).values()) for code in self.companies}
        if formula.is_daily:
            days = {code: year_of_days(each, rule, year) for code, each in contracts.items()}
            return {code: YearSum(year, formula, one.earned, one.payable) for code, one in days.items()}
        if formula is Formula.POOL_SHARE:
            awards = pool_awards(contracts, rule, year)
        else:
            award = tier_award if formula is Formula.TIER_RATE else average_award
            awards = {code: award(each, rule, year) for code, each in contracts.items()}
        return {code: YearSum(year, formula, one.earned, one.payable, one.parts) for code, one in awards.items()}

    def entitlements(self) -> dict[str, Entitlement]:
        years = [self.year_sums(year) for year in self.rule.years]
        formulas = {self.rule.formula, *(self.rule.formula_of(year) for year in self.rule.years)}
        return {
            code: Entitlement(
                self.rule,
                {formula: self.weighed(code, formula) for formula in formulas},
                tuple(year[code] for year in years),
            )
            for code in self.companies
        }


def _by_owner(filed: Filed) -> Mapping[str, list[GuaranteeReturn]]:
    returns: dict[str, list[GuaranteeReturn]] = defaultdict(list)
    for (owner, _), one in filed.items():
        returns[owner].append(one)
    return returns
