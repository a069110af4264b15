"""One reading: what a basis makes of the series of quarter-end balances, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from kernel.bilingual import Text
from kernel.money import grouped, half_up
from kernel.periods import Quarter
from kernel.policies import percent
from settlement.growth_reward.figures import QuarterEnd
from settlement.growth_reward.rule import Basis, GrowthRule

Series = Mapping[Quarter, QuarterEnd]


@dataclass(frozen=True)
class Reading:
    """One basis worked out, money in fen. Whatever could not be known is None, never zero.

    `reference_on` is the quarter end whose balance is the reference; `added` are the increments already rewarded this
    year that `year_to_date` puts on top; `window` are the quarter ends the reference was chosen from. `takes_back`: a fall
    counts at the same rate. `deducted` is the central bank's own money for the same quarter, where a document deducts it.
    """

    basis: Basis
    rate: Decimal
    balance: int | None
    window: tuple[Quarter, ...]
    reference_on: Quarter | None = None
    reference_balance: int | None = None
    added: tuple[tuple[Quarter, int], ...] = ()
    takes_back: bool = False
    deducted: int = 0

    @property
    def increment(self) -> int | None:
        if self.balance is None or self.reference_balance is None:
            return None
        return self.balance - self.reference_balance

    @property
    def exact(self) -> Fraction | None:
        """The growth times the rate in fen, before rounding; a fall earns nothing and owes nothing, unless it is taken back."""
        if self.increment is None:
            return None
        return (self.increment if self.takes_back else max(0, self.increment)) * Fraction(self.rate)

    @property
    def earned(self) -> int | None:
        """`round_half_up(max(0, increment) × rate, 1 fen)`."""
        return None if self.exact is None else half_up(self.exact)

    @property
    def amount(self) -> int | None:
        """What is earned, less the central bank's money; a deduction never makes a recovery of a reward."""
        if self.earned is None or not self.deducted:
            return self.earned
        return min(self.earned, max(0, self.earned - self.deducted))

    @property
    def base_of_reference(self) -> int | None:
        """The reference without the increments put on top."""
        return None if self.reference_balance is None else self.reference_balance - sum(fen for _, fen in self.added)

    @property
    def written_out(self) -> Text | None:
        """The sum as an official writes it, in yuan; None where a figure is missing."""
        return None if self.increment is None else _written_out(self, self.increment)


def _exact_yuan(reading: Reading, increment: int) -> str:
    with localcontext() as context:
        context.prec = 60
        yuan = (Decimal(increment) * reading.rate / 100).normalize()
        figure = f"{yuan:,.2f}" if yuan == yuan.quantize(Decimal("0.01")) else f"{yuan:,f}"
        return figure.replace("-", "−")


def _written_out(reading: Reading, increment: int) -> Text:
    parts = [grouped(reading.base_of_reference or 0)] + [grouped(fen) for _, fen in reading.added]
    reference = parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"
    difference = f"{grouped(reading.balance or 0)} − {reference}"
    if increment <= 0 and not reading.takes_back:
        return Text(
            f"{difference} = {grouped(increment)}，没有增长，奖励 0.00",
            f"{difference} = {grouped(increment)}: no growth, the reward is 0.00",
        )
    exact, earned = _exact_yuan(reading, increment), grouped(reading.earned or 0)
    line = f"({difference}) × {percent(reading.rate)} = {exact}"
    if exact == earned:
        return _less_deducted(reading, Text(line, line))
    rounded = Text(f"{line}，四舍五入到分是 {earned}", f"{line}, rounded half up to the fen: {earned}")
    return _less_deducted(reading, rounded)


def _less_deducted(reading: Reading, earned: Text) -> Text:
    if not reading.deducted:
        return earned
    deducted, amount = grouped(reading.deducted), grouped(reading.amount or 0)
    return Text(
        f"{earned.zh}；扣除央行资金 {deducted}，最低扣到零，是 {amount}",
        f"{earned.en}; less the central bank's {deducted}, not below zero: {amount}",
    )


def _first_year_base(rule: GrowthRule, quarter: Quarter) -> Quarter:
    """31 December before; in the year the scheme starts, its first base date."""
    return rule.first_base if quarter.year == rule.first_quarter.year else Quarter(quarter.year - 1, 4)


def _window(basis: Basis, rule: GrowthRule, quarter: Quarter) -> tuple[Quarter, ...]:
    last = quarter.previous
    if basis is Basis.HIGH_WATER_MARK:
        return tuple(rule.first_base.through(last))
    if basis is Basis.YEAR_TO_DATE:
        return tuple(_first_year_base(rule, quarter).through(last))
    return (rule.first_base if quarter == rule.first_quarter else last,)


def _known(series: Series, window: tuple[Quarter, ...]) -> list[tuple[Quarter, int]] | None:
    """The balances of a window, those of nobody left out; None as soon as one is missing."""
    there = [series[quarter] for quarter in window if not series[quarter].absent]
    known = [(end.quarter, end.balance) for end in there if end.balance is not None]
    return known if len(known) == len(there) else None


def _previous_quarter_end(known: list[tuple[Quarter, int]]) -> tuple[Quarter, int]:
    """REF = B[q−1]: the central bank's own 按季操作, the only basis with a public source."""
    return known[-1]


def _high_water_mark(known: list[tuple[Quarter, int]]) -> tuple[Quarter, int]:
    """REF = the highest so far, at its earliest date: a dip and rebound is not paid twice."""
    return max(known, key=lambda pair: (pair[1], -pair[0].year, -pair[0].number))


def _rewarded_increments(
    known: list[tuple[Quarter, int]], rewarded: frozenset[Quarter]
) -> tuple[tuple[Quarter, int], ...]:
    """The increments of this year's earlier quarters that were rewarded under `year_to_date`."""
    reference, added = known[0][1], []
    for quarter, balance in known[1:]:
        if quarter in rewarded and balance > reference:
            added.append((quarter, balance - reference))
            reference = balance
    return tuple(added)


def read(basis: Basis, rule: GrowthRule, series: Series, rewarded: frozenset[Quarter]) -> Reading:
    """A basis applied to a series. `rewarded`: the earlier quarters in which this institution could be rewarded."""
    window = _window(basis, rule, rule.quarter)
    current = series[rule.quarter]
    balance = None if current.returned is None else current.balance
    known = _known(series, window)
    if not known:
        return Reading(basis, rule.rate, balance, window)
    if basis is Basis.YEAR_TO_DATE:
        (on, base), added = known[0], _rewarded_increments(known, rewarded)
        return Reading(basis, rule.rate, balance, window, on, base + sum(fen for _, fen in added), added)
    on, reference = (_high_water_mark if basis is Basis.HIGH_WATER_MARK else _previous_quarter_end)(known)
    takes_back = rule.takes_back and basis is Basis.PREVIOUS_QUARTER_END
    return Reading(basis, rule.rate, balance, window, on, reference, takes_back=takes_back)
