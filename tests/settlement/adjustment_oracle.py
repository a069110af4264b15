"""A second opinion on adjustments and on what one order does, in fractions; it shares no code with the service.

Written from domain §6: a paid batch never changes; what newer facts change is posted as `due under all present facts − already
awarded`; a negative one is set off against what is due, the same scheme and quarter first, then the same scheme, then the rest, the
oldest first; where the budget falls short, the rest is carried, or everybody is cut alike.
"""

import math
import random
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.settlement.shares_oracle import shares

RATE = Fraction(1, 100)
PLACES = ("410411", "410422", "410402", "410404")
Name = tuple[int, str, int]  # institution, scheme, quarter 1..6
Facts = dict[Name, int]


def rewarded(balances: list[int], quarter: int) -> int:
    """1 % of the growth of a quarter to the fen, half up; nothing for a fall."""
    growth = max(0, balances[quarter] - balances[quarter - 1])
    return math.floor(growth * RATE + Fraction(1, 2))


@dataclass
class Part:
    """What one payer has to pay (or get back) of one item, and what became of it."""

    name: Name
    number: int  # which batch
    amount: int
    left: int = 0
    paid: int = 0
    off: int = 0
    cut: int = 0

    def __post_init__(self) -> None:
        self.left = abs(self.amount)


@dataclass
class Ledger:
    """All payers' parts, and what every statement has been awarded."""

    places: list[str]
    awarded: dict[Name, dict[str, int]] = field(default_factory=dict)
    parts: dict[str, list[Part]] = field(default_factory=dict)

    def settle(self, number: int, dues: Facts) -> dict[Name, tuple[int, int, dict[str, int]]]:
        """One batch: for every statement that asks for something, due, awarded before, and each payer's difference."""
        items = {}
        for name, due in sorted(dues.items()):
            now = shares(due, self.places[name[0]], "closing_sentence")
            before = self.awarded.get(name)
            changed = {payer: now.get(payer, 0) - (before or {}).get(payer, 0) for payer in {*now, *(before or {})}}
            changed = {payer: fen for payer, fen in changed.items() if fen}
            if before is not None and not changed:
                continue
            items[name] = (due, sum((before or {}).values()), changed)
            self.awarded[name] = now
            for payer, fen in changed.items():
                self.parts.setdefault(payer, []).append(Part(name, number, fen))
        return items

    def order(self, payer: str, budget: int, way: str) -> dict[tuple[Name, int], tuple[int, int, int, int]]:
        """One order: of every open part so much is set off, paid, carried, cut."""
        parts = self.parts.get(payer, [])
        dues = sorted((one for one in parts if one.amount > 0 and one.left), key=_age)
        before = {id(one): (one.off, one.paid, one.cut) for one in dues}
        for back in sorted((one for one in parts if one.amount < 0 and one.left), key=_age):
            for due in sorted(dues, key=lambda due, back=back: (*_distance(due, back), *_age(due))):
                if due.name[0] == back.name[0]:
                    taken = min(due.left, back.left)
                    due.off, due.left = due.off + taken, due.left - taken
                    back.off, back.left = back.off + taken, back.left - taken
        _pay(dues, budget, way)
        return {
            (one.name, one.number): (off, paid, one.left, lost)
            for one in dues
            for off, paid, lost in [
                tuple(now - then for now, then in zip((one.off, one.paid, one.cut), before[id(one)], strict=True))
            ]
        }

    def balances(self, name: Name) -> bool:
        """Paid, cut and still open, less what is still to come back, is what is awarded now; set-offs cancel out."""
        mine = [(payer, one) for payer, parts in self.parts.items() for one in parts if one.name == name]
        net = sum((1 if one.amount > 0 else -1) * (one.paid + one.cut + one.left + one.off) for _, one in mine)
        return net == sum(self.awarded.get(name, {}).values())


def _age(part: Part) -> tuple[int, str, int]:
    """Oldest quarter first, then scheme, then the earlier batch."""
    return part.name[2], part.name[1], part.number


def _distance(due: Part, back: Part) -> tuple[bool, bool]:
    return due.name[1:] != back.name[1:], due.name[1] != back.name[1]


def _pay(dues: list[Part], budget: int, way: str) -> None:
    wanted = sum(one.left for one in dues)
    if way == "pro_rata" and wanted > budget:
        exact = [Fraction(one.left) * budget / wanted for one in dues]
        fen = [math.floor(each) for each in exact]
        largest = sorted(range(len(dues)), key=lambda at: fen[at] - exact[at])
        for at in largest[: budget - sum(fen)]:
            fen[at] += 1
        for one, paid in zip(dues, fen, strict=True):
            one.paid, one.cut, one.left = one.paid + paid, one.cut + one.left - paid, 0
        return
    for one in dues:
        if one.left <= budget:
            budget -= one.left
            one.paid, one.left = one.paid + one.left, 0


NEAR = (0, 1, 49, 50, 51, 99, 100, 149, 150, 10_000, 10_049, 10_050)


def random_tape(pick: random.Random) -> dict[str, Any]:
    """Institutions with seven balances each, other awards, and rounds of corrections with budgets that may not suffice."""
    many = pick.randrange(1, 4)
    facts = {
        "places": [pick.choice(PLACES) for _ in range(many)],
        "balances": [_series(pick) for _ in range(many)],
        "awards": {(one, quarter): _fen(pick) for one in range(many) for quarter in (2, 5) if pick.random() < 0.5},
    }
    rounds = [_round(pick, many, number) for number in range(1, pick.randrange(3, 8))]
    return {**facts, "rounds": rounds}


def _series(pick: random.Random) -> list[int]:
    found = [pick.randrange(10**6, 10**11)]
    for _ in range(6):
        found.append(max(0, found[-1] + _step(pick)))
    return found


def _step(pick: random.Random) -> int:
    size = pick.choice(NEAR) if pick.random() < 0.5 else pick.randrange(10**7)
    return size * pick.choice((1, 1, -1))


def _fen(pick: random.Random) -> int:
    return pick.choice((0, 1, 2, 3, 50_000_00, pick.randrange(10**6)))


def _round(pick: random.Random, many: int, number: int) -> dict[str, Any]:
    """Up to which quarter it settles, what is corrected before, and each payer's budget and way in a shortage."""
    corrections = [
        (pick.randrange(many), pick.randrange(7), _step(pick))
        for _ in range(pick.choice((0, 0, 1, 2)) if number > 1 else 0)
    ]
    awards = [(pick.randrange(many), pick.choice((2, 5)), _fen(pick)) for _ in range(pick.choice((0, 0, 1)))]
    budgets = {payer: pick.choice((0, 1, 100, 10**4, 10**9, pick.randrange(10**6))) for payer in ("city", *PLACES)}
    return {
        "until": min(6, number + pick.randrange(0, 3)),
        "corrections": corrections,
        "awards": awards,
        "budgets": budgets,
        "way": pick.choice(("carry_claim", "pro_rata")),
    }
