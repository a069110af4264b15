"""Every line in words: the sum as an official writes it, or why the contract does not count, in yuan and in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from kernel.bilingual import Text
from kernel.money import grouped, half_up
from kernel.policies import Value
from settlement.fee_subsidy.assessment import ContractLine, FeeAssessment
from settlement.fee_subsidy.clients import ClientScope
from settlement.fee_subsidy.contracts import WHOLE_SHARE
from settlement.fee_subsidy.daily import stretches
from settlement.fee_subsidy.exclusions import Exclusion, WeighedContract
from settlement.fee_subsidy.terms import FeeRule, Formula

PLACES = 4


def percentage(rate: Fraction) -> str:
    """`1%`, `1.4870%`: exact where four decimals of a percent hold it, else rounded half up to them."""
    hundredths = rate * 100 * 10**PLACES
    exact = hundredths.denominator == 1
    with localcontext() as context:
        context.prec = 60
        written = Decimal(half_up(hundredths)).scaleb(-PLACES)
        return f"{written.normalize():f}%" if exact else f"{written:f}%"


def exact_rate(rate: Fraction) -> str:
    """The rate as a fraction in lowest terms: `803/54000`."""
    return f"{rate.numerator}/{rate.denominator}"


def told(line: ContractLine, rule: FeeRule) -> Text:
    """Why the line is what it is."""
    if not line.weighed.counts:
        return _joined(list(_reasons(line.weighed, rule)))
    if line.points is None:
        return Text("计入当年合计", "Counted in the year's sum")
    written = _sum_written(line, rule)
    return Text(f"{written}{_slice(line).zh}", f"{written}{_slice(line).en}")


def _slice(line: ContractLine) -> Text:
    before, piece = grouped(line.before), grouped(line.slice)
    if not line.before and not line.adjustment:
        return Text("", "")
    plain = Text(f"；减此前已计 {before}，本期 {piece}", f"; less {before} accrued before, this period {piece}")
    if not line.adjustment:
        return plain
    adjusted = grouped(line.adjustment)
    return Text(
        f"{plain.zh}（其中调整此前各期 {adjusted}）", f"{plain.en} (of which {adjusted} adjusts earlier periods)"
    )


def _sum_written(line: ContractLine, rule: FeeRule) -> str:
    each = [f"{grouped(one.amount)} × {one.days}" for one in stretches(line.weighed, rule, line.formula, rule.day)]
    base = " + ".join(each) or "0"
    base = f"({base})" if len(each) > 1 else base
    share = line.known.filed.share
    own = f" × {percentage(Fraction(share, WHOLE_SHARE))}" if _by_share(line) and share != WHOLE_SHARE else ""
    return f"{base} ÷ {rule.days_per_year} × {_points_written(line)}{own} = {grouped(line.accrued)}"


def _by_share(line: ContractLine) -> bool:
    return line.weighed.terms is not None and line.weighed.terms.counts_own_share


def _points_written(line: ContractLine) -> str:
    assert line.points is not None
    assert line.weighed.terms is not None
    if line.formula is not Formula.FEE_GAP:
        return percentage(line.points)
    benchmark = line.weighed.terms.rate("benchmark_rate")
    if line.points == benchmark - line.weighed.fee_rate:
        return f"({percentage(benchmark)} − {percentage(line.weighed.fee_rate)})"
    return percentage(line.points)


def _joined(texts: list[Text]) -> Text:
    return Text("；".join(one.zh for one in texts), "; ".join(one.en for one in texts))


def _reasons(one: WeighedContract, rule: FeeRule) -> Iterator[Text]:
    return (_reason(exclusion, one, rule) for exclusion in one.exclusions)


def _over(zh: str, en: str, found: str, limit: str) -> Text:
    return Text(f"{zh} {found}，超过 {limit}", f"{en} {found}, over {limit}")


def _reason(exclusion: Exclusion, one: WeighedContract, rule: FeeRule) -> Text:
    filed = one.known.filed
    if exclusion is Exclusion.START_DATE:
        return Text(
            f"起保日 {filed.start} 早于 {rule.starts_from}", f"Began on {filed.start}, before {rule.starts_from}"
        )
    if exclusion is Exclusion.NEVER_IN_FORCE:
        return Text(f"{one.known.stop} 起保当日就已解除或代偿", f"Ended on its first day, {one.known.stop}")
    if exclusion is Exclusion.BORROWER_KIND:
        kind = one.known.borrower_kind
        return Text(f"被担保人类型 {kind} 不在范围内", f"A borrower of kind {kind} is outside the scheme")
    if exclusion is Exclusion.EXTRA_FEES:
        fees = grouped(filed.extra_fees)
        return Text(f"另收其他费用 {fees} 元", f"Other fees of {fees} yuan were charged")
    if exclusion is Exclusion.OTHER_SCHEME:
        return Text(
            "已享受其他奖补，一笔合同只享受一项", "Already paid for under another scheme: one contract, one scheme"
        )
    return _limit_broken(exclusion, one, rule)


def _limit_broken(exclusion: Exclusion, one: WeighedContract, rule: FeeRule) -> Text:
    terms, load = one.terms, one.load
    assert terms is not None
    assert load is not None
    assert one.ceiling is not None
    amount, annualised = grouped(terms.amount_limit), grouped(terms.annualised_limit)
    same = (
        Text("同一客户同时在保的", "The client's contracts in force together: ")
        if terms.client_scope is ClientScope.IN_FORCE_TOGETHER
        else Text("同一客户同年新增的", "The client's contracts begun in the same year: ")
    )
    if exclusion is Exclusion.AMOUNT:
        return _over("担保金额", "Amount", grouped(one.known.filed.amount), amount)
    if exclusion is Exclusion.ANNUALISED_AMOUNT:
        return _over("年化金额", "Annualised amount", grouped(half_up(one.annualised)), annualised)
    if exclusion is Exclusion.CLIENT_AMOUNT:
        return _over(f"{same.zh}担保金额合计", f"{same.en}amounts together", grouped(load.amount), amount)
    if exclusion is Exclusion.CLIENT_ANNUALISED_AMOUNT:
        together = grouped(half_up(Fraction(load.amount_days, rule.days_per_year)))
        return _over(f"{same.zh}年化金额合计", f"{same.en}annualised amounts together", together, annualised)
    return _over("年化费率", "Annualised fee", percentage(one.fee_rate), percentage(one.ceiling))


TESTED_BY: dict[Exclusion, tuple[str, ...]] = {
    Exclusion.NEVER_IN_FORCE: (),
    Exclusion.BORROWER_KIND: ("borrower_kinds",),
    Exclusion.EXTRA_FEES: ("extra_fees_exclude",),
    Exclusion.AMOUNT: ("amount_limit",),
    Exclusion.ANNUALISED_AMOUNT: ("annualised_amount_limit",),
    Exclusion.CLIENT_AMOUNT: ("amount_limit", "client_limit_counts"),
    Exclusion.CLIENT_ANNUALISED_AMOUNT: ("annualised_amount_limit", "client_limit_counts"),
    Exclusion.OTHER_SCHEME: ("one_scheme_per_contract",),
}


def parameters_of(line: ContractLine, rule: FeeRule) -> tuple[Value, ...]:
    """The dated values that decided a line: what left the contract out, or what it earns by."""
    one = line.weighed
    if one.terms is None:
        return (rule.value("contract_start_from"),)
    ceiling = "fee_ceiling_government_backed" if one.government_backed else "fee_ceiling_other"
    if one.counts:
        own = ("benchmark_rate", "max_points") if line.formula is Formula.FEE_GAP else ("flat_rate",)
        names = (ceiling, *own) if line.formula.is_daily else (ceiling,)
    else:
        tested = {**TESTED_BY, Exclusion.FEE_CEILING: (ceiling,)}
        names = tuple(dict.fromkeys(name for exclusion in one.exclusions for name in tested[exclusion]))
    return tuple(one.terms.values[name] for name in names)


@dataclass(frozen=True)
class SumLine:
    """What a statement has beside its contracts: fen, why, and the parameter that decided it."""

    code: str
    amount: int
    text: Text
    parameter: str


def beside_lines(one: FeeAssessment) -> list[SumLine]:
    """The cap, a formula that looks at a whole year, and the rounding of a claim: with the contracts they make the amount."""
    found = (
        SumLine("year_formula", one.year_change, _years_told(one), "formula"),
        SumLine("annual_cap", one.cap_change, _cap_told(one), CAPS.get(one.formula, "annual_cap")),
        SumLine("rounding", one.rounding_difference, ROUNDED_ONCE, "rounding"),
    )
    return [line for line in found if line.amount]


CAPS = {
    Formula.FLAT_PRORATA: "flat_cap",
    Formula.TIER_RATE: "tier_cap",
    Formula.AVERAGE_BALANCE: "average_balance_cap",
}
ROUNDED_ONCE = Text("全单一次取整与逐笔取整之差", "The whole claim rounded once, against each contract rounded")


def _cap_told(one: FeeAssessment) -> Text:
    capped = [year for year in one.now.years if year.cut]
    if not capped:
        return Text("年度上限此前减去的，现在不减了", "What the yearly cap took before is no longer over it")
    each = [(year.year, grouped(year.earned), grouped(year.payable)) for year in capped]
    return Text(
        "；".join(f"{year} 年累计 {earned}，按上限计 {payable}" for year, earned, payable in each),
        "; ".join(f"{year}: {earned} earned, {payable} within the cap" for year, earned, payable in each),
    )


def _years_told(one: FeeAssessment) -> Text:
    steps = [
        (step.title, grouped(half_up(step.base)), percentage(step.rate), grouped(half_up(step.exact)))
        for year in one.now.years
        for step in year.parts
        if year.year == one.quarter.year
    ]
    return Text(
        "；".join(f"{title.zh}：{base} × {rate} = {exact}" for title, base, rate, exact in steps),
        "; ".join(f"{title.en}: {base} × {rate} = {exact}" for title, base, rate, exact in steps),
    )
