"""What an advance costs: a fee by day and tier, and a higher one for every day of default (domain §9, T12). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from kernel.money import half_up
from matchmaking.bridging.terms import BridgingTerms

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Advance:
    """Money out: `principal` in fen, paid out on a day for `days` days; `repaid` holds what came back, in fen by day."""

    principal: int
    paid_out_on: date
    days: int
    repaid: Mapping[date, int] = field(default_factory=dict)

    @property
    def due_on(self) -> date:
        """The day on which the money is to be back; the next one is the first of default."""
        return self.paid_out_on + timedelta(days=self.days)

    def outstanding_on(self, day: date) -> int:
        """What is still out at the end of a day, in fen."""
        return self.principal - sum(amount for on, amount in self.repaid.items() if on <= day)


@dataclass(frozen=True)
class FeeTier:
    """Days that cost the same: how many, at which daily rate, and what they cost in fen before rounding."""

    name: str
    days: int
    daily_fee: Fraction
    cost: Fraction


def charged_days(advance: Advance, terms: BridgingTerms, until: date) -> list[date]:
    """The days that are charged for money that is out until `until`: the first counts and the return day does not, as the terms say."""
    first = advance.paid_out_on if terms.first_day_counts else advance.paid_out_on + ONE_DAY
    last = until if terms.return_day_counts else until - ONE_DAY
    return [first + number * ONE_DAY for number in range((last - first).days + 1)]


def fee_tiers(advance: Advance, terms: BridgingTerms, until: date) -> list[FeeTier]:
    """The first days, the later ones and those of default, each with its rate; tiers without a day are left out.

    A day costs its rate times what was out on it; whether money was out on the day it came back, the terms say.
    """
    days: dict[str, list[date]] = {"first": [], "later": [], "overdue": []}
    for number, day in enumerate(charged_days(advance, terms, until), start=1):
        name = "overdue" if number > advance.days else "later" if number > terms.first_fee_days else "first"
        days[name].append(day)
    rates = {
        "first": Fraction(terms.first_daily_fee),
        "later": Fraction(terms.later_daily_fee),
        "overdue": Fraction(terms.overdue_daily_fee),
    }
    return [
        FeeTier(name, len(each), rates[name], _out_on(advance, terms, each) * rates[name])
        for name, each in days.items()
        if each
    ]


def _out_on(advance: Advance, terms: BridgingTerms, days: Iterable[date]) -> int:
    """What was out, summed over the days: fen times days."""
    before = ONE_DAY if terms.return_day_counts else timedelta()
    return sum(advance.outstanding_on(day - before) for day in days)


def fee(advance: Advance, terms: BridgingTerms, until: date) -> int:
    """The whole fee in fen, rounded half up once: T12, 8 million yuan for 7 days, is 14,400 yuan."""
    return half_up(sum((tier.cost for tier in fee_tiers(advance, terms, until)), Fraction(0)))


def overdue_days(due_on: date, today: date) -> int:
    """Which day of default it is; 0 until the due day is over."""
    return max(0, (today - due_on).days)


def is_commitment_called(due_on: date, today: date, terms: BridgingTerms) -> bool:
    """Whether the committing bank is to be asked to perform: from the third day of default on."""
    return overdue_days(due_on, today) >= terms.called_on_day
