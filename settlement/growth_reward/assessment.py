"""What one institution is due for one quarter, and every figure on the way there."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from kernel.money import half_up
from kernel.periods import Quarter
from settlement.growth_reward.figures import Certified, LegalPerson, QuarterEnd, Returned, family, quarter_ends
from settlement.growth_reward.holds import Control, Hold, control, holds
from settlement.growth_reward.readings import Reading, Series, read
from settlement.growth_reward.rule import Basis, GrowthRule


@dataclass(frozen=True)
class Assessment:
    """A statement of the growth reward before anybody has signed it; money in fen.

    `history` runs from the first base date to the quarter; `readings` has every basis, `paid` being the policy's.
    """

    person: LegalPerson
    rule: GrowthRule
    predecessors: tuple[LegalPerson, ...]
    history: tuple[QuarterEnd, ...]
    readings: tuple[Reading, ...]
    control: Control | None
    holds: tuple[Hold, ...]
    return_digest: str

    def reading(self, basis: Basis) -> Reading:
        return next(reading for reading in self.readings if reading.basis is basis)

    @property
    def quarter(self) -> Quarter:
        return self.rule.quarter

    @property
    def paid(self) -> Reading:
        """The reading that the policy pays."""
        return self.reading(self.rule.basis)

    @property
    def alternative(self) -> Reading:
        """The reading that is printed beside it."""
        return self.reading(self.rule.alternative_basis)

    @property
    def amount(self) -> int | None:
        return self.paid.amount

    @property
    def balance(self) -> int | None:
        """The balance of the quarter end as used; known even where the amount is not."""
        return self.history[-1].balance

    @property
    def held(self) -> bool:
        return bool(self.holds)

    @property
    def hold_reason(self) -> Hold | None:
        """The first reason to wait."""
        return self.holds[0] if self.holds else None

    @property
    def rebound(self) -> int | None:
        """Growth that only makes good an earlier fall, fen: paid by previous_quarter_end, not by high_water_mark."""
        latest = self.reading(Basis.PREVIOUS_QUARTER_END).increment
        highest = self.reading(Basis.HIGH_WATER_MARK).increment
        return None if latest is None or highest is None else max(0, latest) - max(0, highest)

    @property
    def dip_rebound(self) -> bool:
        """先降后升: the two readings that are always computed differ."""
        return bool(self.rebound)

    @property
    def between_readings(self) -> int | None:
        """What the choice of the basis is worth: paid less alternative, fen."""
        if self.amount is None or self.alternative.amount is None:
            return None
        return self.amount - self.alternative.amount

    @property
    def is_first_full_quarter(self) -> bool:
        """A new institution's first quarter with a base: it has one and was not there a quarter end earlier."""
        ends = {end.quarter: end for end in self.history}
        before = ends.get(self.quarter.previous.previous)
        return before is not None and before.absent and not ends[self.quarter.previous].absent


def _rewarded(members: tuple[LegalPerson, ...], rule: GrowthRule) -> frozenset[Quarter]:
    """The quarters with a rate on whose last day the institution, or one it took over, could be rewarded."""
    return frozenset(
        quarter for quarter in rule.rewarded if any(rule.may_reward(one, quarter.last_day) for one in members)
    )


def _return_digest(person: LegalPerson, rule: GrowthRule, returned: Returned) -> str:
    own = returned.get((person.code, rule.quarter))
    return own.return_digest if own is not None else ""


def _deducted(readings: tuple[Reading, ...], rule: GrowthRule) -> tuple[Reading, ...]:
    """Every reading less what the central bank's tool gives for the quarter: its own rate on the growth of the quarter."""
    latest = next(reading for reading in readings if reading.basis is Basis.PREVIOUS_QUARTER_END)
    if rule.central_bank_rate is None or latest.increment is None:
        return readings
    money = half_up(max(0, latest.increment) * Fraction(rule.central_bank_rate))
    return tuple(replace(reading, deducted=money) for reading in readings)


def assess(members: tuple[LegalPerson, ...], returned: Returned, certified: Certified, rule: GrowthRule) -> Assessment:
    """One institution (first of its family) in the rule's quarter, by every basis."""
    history = quarter_ends(members, rule.quarters, returned, certified)
    series: Series = {end.quarter: end for end in history}
    readings = _deducted(tuple(read(basis, rule, series, _rewarded(members, rule)) for basis in Basis), rule)
    paid = next(reading for reading in readings if reading.basis is rule.basis)
    return Assessment(
        person=members[0],
        rule=rule,
        predecessors=members[1:],
        history=history,
        readings=readings,
        control=control(series[rule.quarter], rule),
        holds=holds(paid, rule, series),
        return_digest=_return_digest(members[0], rule, returned),
    )


def assess_quarter(
    persons: Iterable[LegalPerson], returned: Returned, certified: Certified, rule: GrowthRule
) -> list[Assessment]:
    """Every institution that is a local legal person on the quarter's last day, by code; the others have no statement.

    No netting between institutions, no claw-back of earlier quarters: each stands alone.
    """
    known = {person.code: person for person in persons}
    day = rule.quarter.last_day
    due = sorted((one for one in known.values() if rule.may_reward(one, day)), key=lambda one: one.code)
    return [assess(family(one, known, day), returned, certified, rule) for one in due]
