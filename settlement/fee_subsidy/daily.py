"""The formulas by which a contract earns day by day: `fee_gap` and `flat_prorata`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from kernel.money import half_up
from settlement.fee_subsidy.contracts import WHOLE_SHARE, Stretch
from settlement.fee_subsidy.exclusions import WeighedContract
from settlement.fee_subsidy.terms import FeeRule, Formula, Rounding


def points(one: WeighedContract, formula: Formula) -> Fraction:
    """The rate at which a contract earns.

    `fee_gap`: clamp(benchmark − actual annualised fee, 0, max points) [default: 1.5 %, 1.0 point]. `flat_prorata`: the flat rate.
    """
    assert one.terms is not None
    if formula is Formula.FLAT_PRORATA:
        return one.terms.rate("flat_rate")
    gap = one.terms.rate("benchmark_rate") - one.fee_rate
    return min(max(gap, Fraction(0)), one.terms.rate("max_points"))


def stretches(one: WeighedContract, rule: FeeRule, formula: Formula, through: date) -> list[Stretch]:
    """The days that earn, through the end of a day; `flat_prorata` counts no more than one year of a contract."""
    until = through + timedelta(days=1)
    if formula is Formula.FLAT_PRORATA:
        until = min(until, one.known.filed.start + timedelta(days=rule.days_per_year))
    return list(one.known.stretches(until))


def accrued(one: WeighedContract, rule: FeeRule, formula: Formula, through: date) -> Fraction:
    """What a contract has earned from its start through a day, exact fen; nothing if it does not count.

    `fee_gap`: amount × gap × days in force / 365. `flat_prorata`: amount × rate × min(days, 365) / 365.
    """
    if not one.counts or one.terms is None or through < one.known.filed.start:
        return Fraction(0)
    amount_days = sum(each.amount * each.days for each in stretches(one, rule, formula, through))
    exact = Fraction(amount_days, rule.days_per_year) * points(one, formula)
    return exact * one.known.filed.share / WHOLE_SHARE if one.terms.counts_own_share else exact


@dataclass(frozen=True)
class Earned:
    """What came of one calendar year: before and after the cap, fen."""

    earned: int
    payable: int


def rounded(amounts: Iterable[Fraction], rounding: Rounding) -> int:
    """The running total of several contracts: each rounded, or all of them once."""
    if rounding is Rounding.PER_CONTRACT:
        return sum(half_up(one) for one in amounts)
    return half_up(sum(amounts, Fraction(0)))


def year_of_days(contracts: Iterable[WeighedContract], rule: FeeRule, year: int) -> Earned:
    """A calendar year of a daily formula: what ran up by its end less what had run up before it, capped.

    `fee_gap` is capped per institution and year, `flat_prorata` per enterprise and year.
    """
    formula = rule.formula_of(year)
    per_client = formula is Formula.FLAT_PRORATA
    cap = rule.of_year("flat_cap" if per_client else "annual_cap", year).fen
    groups = _by_client(contracts) if per_client else {"": list(contracts)}
    totals = [_grown(group, rule, formula, year) for group in groups.values()]
    return Earned(sum(totals), sum(min(cap, total) for total in totals))


def _by_client(contracts: Iterable[WeighedContract]) -> Mapping[str, list[WeighedContract]]:
    groups: dict[str, list[WeighedContract]] = defaultdict(list)
    for one in contracts:
        groups[one.known.filed.borrower_code].append(one)
    return groups


def _grown(group: Iterable[WeighedContract], rule: FeeRule, formula: Formula, year: int) -> int:
    counted = [one for one in group if one.counts]

    def run_up(day: date) -> int:
        return rounded((accrued(one, rule, formula, day) for one in counted), rule.rounding)

    return run_up(rule.year_end(year)) - run_up(date(year - 1, 12, 31))
