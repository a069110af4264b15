"""The formulas that look at a whole calendar year: `pool_share`, `tier_rate` and `average_balance`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kernel.bilingual import Text
from kernel.money import half_up
from kernel.periods import Quarter
from settlement.fee_subsidy.exclusions import WeighedContract
from settlement.fee_subsidy.terms import FeeRule


@dataclass(frozen=True)
class YearPart:
    """One step of a year's sum: exact base in fen, rate, and their product."""

    title: Text
    base: Fraction
    rate: Fraction
    parameter: str = ""

    @property
    def exact(self) -> Fraction:
        return self.base * self.rate


@dataclass(frozen=True)
class YearAward:
    """A year's award before and after the cap, fen, with the steps it was made of."""

    earned: int
    payable: int
    parts: tuple[YearPart, ...] = ()


def new_in(contracts: Iterable[WeighedContract], year: int) -> list[WeighedContract]:
    """The contracts that began in a year."""
    return [one for one in contracts if one.known.filed.start.year == year]


# --- pool_share: pool × W_i / ΣW -----------------------------------------------------------------


def coefficient(fee_rate: Fraction, table: Mapping[str, object]) -> Fraction:
    """The coefficient of the lowest step that the fee does not exceed; nil above all of them."""
    steps = sorted((Fraction(step), Fraction(str(factor))) for step, factor in table.items())
    return next((factor for step, factor in steps if fee_rate <= step), Fraction(0))


def weight(contracts: Iterable[WeighedContract], rule: FeeRule, year: int) -> Fraction:
    """W: Σ annualised amount × coefficient over the year's new contracts that count, exact fen."""
    table = rule.of_year("pool_coefficients", year).rates
    counted = (one for one in new_in(contracts, year) if one.counts)
    return sum((one.annualised * coefficient(one.fee_rate, table) for one in counted), Fraction(0))


def pool_shares(pool: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """The pool by weight, whole fen that add up to it: the fen left over go to the largest remainders, then by code."""
    total = sum(weights.values(), Fraction(0))
    if not total:
        return dict.fromkeys(weights, 0)
    exact = {code: pool * one / total for code, one in weights.items()}
    parts = {code: int(one) for code, one in exact.items()}
    in_turn = sorted(exact, key=lambda code: (parts[code] - exact[code], code))
    for code in in_turn[: pool - sum(parts.values())]:
        parts[code] += 1
    return parts


def pool_awards(everybody: Mapping[str, Sequence[WeighedContract]], rule: FeeRule, year: int) -> dict[str, YearAward]:
    """The year's pool among all guarantors (Jieyang 2020)."""
    pool = rule.of_year("pool", year).fen
    weights = {code: weight(contracts, rule, year) for code, contracts in everybody.items()}
    total, shares = sum(weights.values(), Fraction(0)), pool_shares(pool, weights)
    title = Text("资金池 × 本机构权重 ÷ 全部权重", "Pool × own weight / all weights")
    return {
        code: YearAward(
            share, share, (YearPart(title, Fraction(pool), weights[code] / total if total else total, "pool"),)
        )
        for code, share in shares.items()
    }


# --- tier_rate -----------------------------------------------------------------------------------


def _sum(contracts: Iterable[WeighedContract], batch: Fraction) -> Fraction:
    """Amounts as they count: a batch product at its part."""
    amounts = (one.known.filed.amount * (batch if one.known.filed.batch_product else 1) for one in contracts)
    return sum((Fraction(amount) for amount in amounts), Fraction(0))


def _step(share: Fraction, table: Mapping[str, object]) -> Fraction:
    """The rate of the highest step that the share reaches."""
    steps = sorted((Fraction(step), Fraction(str(rate))) for step, rate in table.items())
    return [rate for step, rate in steps if share >= step][-1]


def _of_small_clients(contracts: Sequence[WeighedContract], limit: int) -> list[WeighedContract]:
    totals: dict[str, int] = defaultdict(int)
    for one in contracts:
        totals[one.known.filed.borrower_code] += one.known.filed.amount
    return [one for one in contracts if totals[one.known.filed.borrower_code] <= limit]


BONUSES = (
    Text("小额客户占比达标，按全部合格金额", "Small clients reach their share: on the whole eligible amount"),
    Text("首贷金额", "First loans"),
    Text("低费率金额", "Low fees"),
)


def _bonuses(counted: Sequence[WeighedContract], eligible: Fraction, rule: FeeRule, year: int) -> list[YearPart]:
    """Up to three bonuses: small clients (on the whole eligible amount), first loans, low fees.

    They are for government-backed guarantors alone (渝财金〔2022〕19号): another guarantor has none of the three lines.
    """
    if not any(one.government_backed for one in counted):
        return []
    batch = Fraction(rule.of_year("tier_batch_factor", year).rate)
    rate = Fraction(rule.of_year("tier_bonus_rate", year).rate)
    small = _sum(_of_small_clients(counted, rule.of_year("tier_bonus_client_limit", year).fen), batch)
    wanted = Fraction(rule.of_year("tier_bonus_client_share_at_least", year).rate)
    low_fee = Fraction(rule.of_year("tier_bonus_fee_at_most", year).rate)
    reached = eligible if eligible and small / eligible >= wanted else Fraction(0)
    first = _sum((one for one in counted if one.known.filed.first_loan), batch)
    cheap = _sum((one for one in counted if one.fee_rate <= low_fee), batch)
    return [
        YearPart(title, base, rate, "tier_bonus_rate")
        for title, base in zip(BONUSES, (reached, first, cheap), strict=True)
    ]


def tier_award(contracts: Iterable[WeighedContract], rule: FeeRule, year: int) -> YearAward:
    """Eligible new amount × the rate of the small-firm share, and the bonuses, capped (渝财金〔2022〕19号).

    The share is the part of small firms, by kind of borrower, in all new contracts.
    """
    new = new_in(contracts, year)
    counted = [one for one in new if one.counts]
    batch = Fraction(rule.of_year("tier_batch_factor", year).rate)
    small = _sum((one for one in new if one.terms and one.known.borrower_kind in one.terms.borrower_kinds), batch)
    total, eligible = _sum(new, batch), _sum(counted, batch)
    rate = _step(small / total, rule.of_year("tier_rates", year).rates) if total else Fraction(0)
    title = Text("合格新增金额 × 分档比例", "Eligible new amount × tier rate")
    parts = (YearPart(title, eligible, rate, "tier_rates"), *_bonuses(counted, eligible, rule, year))
    earned = half_up(sum((part.exact for part in parts), Fraction(0)))
    return YearAward(earned, min(earned, rule.of_year("tier_cap", year).fen), parts)


# --- average_balance -----------------------------------------------------------------------------


def quarter_end_balances(contracts: Iterable[WeighedContract], year: int) -> tuple[int, ...]:
    """The guaranteed balance that counts on 31 December before and on the year's four quarter ends, fen."""
    counted = [one for one in contracts if one.counts]
    days = [quarter.last_day for quarter in Quarter(year - 1, 4).through(Quarter(year, 4))]
    return tuple(sum(one.known.balance_on(day) for one in counted) for day in days)


def average_award(contracts: Iterable[WeighedContract], rule: FeeRule, year: int) -> YearAward:
    """Mean of the five quarter-end balances × rate, capped (Hunan)."""
    balances = quarter_end_balances(contracts, year)
    rate = Fraction(rule.of_year("average_balance_rate", year).rate)
    title = Text("五个季末在保余额的平均 × 比例", "Mean of the five quarter-end balances × rate")
    part = YearPart(title, Fraction(sum(balances), len(balances)), rate, "average_balance_rate")
    earned = half_up(part.exact)
    return YearAward(earned, min(earned, rule.of_year("average_balance_cap", year).fen), (part,))
