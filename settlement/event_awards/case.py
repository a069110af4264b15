"""One event held against one clause: what was stated, what was awarded before, the terms, and the reasons as they are found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from kernel.bilingual import Text
from kernel.money import grouped, half_up
from settlement.event_awards.events import AwardEvent, GrantedAward
from settlement.event_awards.reasons import AwardReason, reason
from settlement.event_awards.terms import AwardTerms


@dataclass(frozen=True)
class CapRoom:
    """What a cap leaves: its amount, what was used, and the reason given when nothing is left."""

    cap: int
    used: int
    year: int | None = None

    @property
    def left(self) -> int:
        return max(0, self.cap - self.used)


@dataclass(frozen=True)
class DueSum:
    """What a rule makes of a case: the exact sum in fen, what of the scheme is awarded once, and the sum written out.

    `year`: of which it is awarded where an award is yearly. `period`: the days it covers, which may not be covered twice.
    `split`: where the clause's own split depends on the facts. `base` (fen) and `rate` (exact text) where it is a rate of something.
    """

    exact: Fraction
    written: Text
    once: str = ""
    year: int | None = None
    room: CapRoom | None = None
    period: tuple[date, date] | None = None
    split: str | None = None
    base: int | None = None
    rate: str = ""


@dataclass
class AwardCase:
    """The material of one decision; rules add reasons and go on, so that all are told at once."""

    event: AwardEvent
    earlier: tuple[GrantedAward, ...]
    terms: AwardTerms
    reasons: list[AwardReason] = field(default_factory=list)

    def require(self, holds: bool, code: str, **values: object) -> bool:
        """Note the reason unless the condition holds; gives the condition back."""
        if not holds:
            self.reasons.append(reason(code, **values))
        return holds

    def note(self, code: str, **values: object) -> None:
        self.reasons.append(reason(code, **values))

    @property
    def is_refused(self) -> bool:
        return any(one.weight in ("refuses", "lacks") for one in self.reasons)

    def granted(self, *schemes: str) -> Iterable[GrantedAward]:
        """What was awarded before under this scheme, or under the named ones."""
        wanted = schemes or (self.terms.scheme,)
        return [one for one in self.earlier if one.scheme in wanted]

    def room(self, cap: int, year: int | None = None) -> CapRoom:
        """What is left of a cap for life, or for awards of one calendar year."""
        used = sum(one.amount for one in self.granted() if year is None or one.day.year == year)
        return CapRoom(cap, used, year)


def plain(fen: int) -> DueSum:
    """An amount that the notice names outright."""
    return DueSum(Fraction(fen), Text(f"{grouped(fen)} 元", f"{grouped(fen)} yuan"))


def rate_of(case: AwardCase, base: int, rate: str) -> DueSum:
    """A rate (a parameter's name) of an amount in fen; nothing can be due of nothing."""
    case.require(base > 0, "nothing_raised")
    exact = base * case.terms.fraction(rate)
    written = product(exact, grouped(base), case.terms.shown(rate).zh)
    return DueSum(exact, written, base=base, rate=case.terms.text_of_rate(rate))


def product(exact: Fraction, *factors: str) -> Text:
    """A sum written out: 60,000,000.00 × 0.2% = 120,000.00."""
    line = " × ".join(factors) + f" = {grouped(half_up(exact))}"
    return Text(line, line)
