"""How much of each claim is set off, paid, carried or cut by one order. Pure, whole fen.

Recoveries come first: each is set off, the oldest first, against what the same beneficiary is due: the same scheme and quarter, then
the same scheme, then the rest, the oldest first. Where the budget then falls short, `carry_claim` pays the oldest claims that fit whole
and carries the others; `pro_rata` pays every claim the same part, rounded down, the fen left over going to the largest remainders.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

CARRY_CLAIM, PRO_RATA = "carry_claim", "pro_rata"


@dataclass(frozen=True)
class OpenAmount:
    """What is open of one claim: to be paid, or (in the other list) to be recovered; fen, positive."""

    claim_id: int
    beneficiary_id: int
    scheme: str
    quarter: str
    number: str
    revision: int
    amount: int

    @property
    def age(self) -> tuple[str, str, str, int, int]:
        """The stated order: oldest quarter, then scheme, number and revision."""
        return self.quarter, self.scheme, self.number, self.revision, self.claim_id


@dataclass(frozen=True)
class PlannedSetOff:
    """So much of a recovery is taken from what is due."""

    due_id: int
    recovery_id: int
    amount: int


@dataclass(frozen=True)
class PlannedLine:
    """One claim in the order: what was open is set off, paid, carried or cut, to the fen."""

    due: OpenAmount
    set_off: int
    pay: int
    carry: int
    cut: int


@dataclass(frozen=True)
class OrderPlan:
    """The lines in the stated order, and which recovery met which claim."""

    lines: tuple[PlannedLine, ...]
    set_offs: tuple[PlannedSetOff, ...]

    @property
    def total(self) -> int:
        """What the order takes from the budget."""
        return sum(line.pay for line in self.lines)


def plan(dues: Iterable[OpenAmount], recoveries: Iterable[OpenAmount], *, available: int, shortage: str) -> OrderPlan:
    """What one order does with every open claim, given what is left of the budget."""
    ordered = sorted(dues, key=lambda due: due.age)
    set_offs = set_off(ordered, recoveries)
    off = {due.claim_id: sum(one.amount for one in set_offs if one.due_id == due.claim_id) for due in ordered}
    rest = {due.claim_id: due.amount - off[due.claim_id] for due in ordered}
    pays = pay_whole(rest, available) if shortage == CARRY_CLAIM else pay_in_proportion(rest, available)
    lines = []
    for due in ordered:
        unpaid = rest[due.claim_id] - pays[due.claim_id]
        carry, cut = (unpaid, 0) if shortage == CARRY_CLAIM else (0, unpaid)
        lines.append(PlannedLine(due, off[due.claim_id], pays[due.claim_id], carry, cut))
    return OrderPlan(tuple(lines), set_offs)


def set_off(dues: Sequence[OpenAmount], recoveries: Iterable[OpenAmount]) -> tuple[PlannedSetOff, ...]:
    """Which recovery is taken from which claim of the same beneficiary."""
    left = {due.claim_id: due.amount for due in dues}
    found = []
    for recovery in sorted(recoveries, key=lambda one: one.age):
        open_part = recovery.amount
        for due in _nearest(dues, recovery):
            part = min(open_part, left[due.claim_id])
            if part > 0:
                found.append(PlannedSetOff(due.claim_id, recovery.claim_id, part))
                left[due.claim_id] -= part
                open_part -= part
    return tuple(found)


def _nearest(dues: Iterable[OpenAmount], recovery: OpenAmount) -> list[OpenAmount]:
    own = [due for due in dues if due.beneficiary_id == recovery.beneficiary_id]
    same = (recovery.scheme, recovery.quarter)
    return sorted(own, key=lambda due: ((due.scheme, due.quarter) != same, due.scheme != recovery.scheme, due.age))


def pay_whole(rest: Mapping[int, int], available: int) -> dict[int, int]:
    """Claims in their order, each whole or not at all, as far as the budget goes."""
    pays = {}
    for claim, amount in rest.items():
        pays[claim] = amount if amount <= available else 0
        available -= pays[claim]
    return pays


def pay_in_proportion(rest: Mapping[int, int], available: int) -> dict[int, int]:
    """Every claim the same part of the budget; all whole when it suffices."""
    whole = sum(rest.values())
    if whole <= available:
        return dict(rest)
    exact = {claim: Fraction(amount * available, whole) for claim, amount in rest.items()}
    pays = {claim: int(part) for claim, part in exact.items()}
    places = {claim: place for place, claim in enumerate(rest)}
    by_remainder = sorted(exact, key=lambda claim: (pays[claim] - exact[claim], places[claim]))
    for claim in by_remainder[: available - sum(pays.values())]:
        pays[claim] += 1
    return pays
