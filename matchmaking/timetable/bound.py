"""The fewest slots that a set of meetings needs, and who attains the bound (Kőnig 1916).

A slot holds one meeting of an enterprise, as many of a bank as it has desks, and as many in all as there are rooms:
`T* = max(most meetings of an enterprise, max over banks ⌈meetings / desks⌉, ⌈meetings / rooms⌉)`, and it is reached.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from matchmaking.matching.columns import Ints

WitnessKind = Literal["none", "enterprise", "bank", "rooms"]


@dataclass(frozen=True)
class Witness:
    """Why fewer slots cannot do: `place` (an enterprise or a bank; −1 for the rooms) has `meetings`, `at_once` a slot."""

    kind: WitnessKind
    place: int
    meetings: int
    at_once: int


@dataclass(frozen=True)
class Bound:
    """T* and its witness."""

    slots: int
    witness: Witness


def _ceil(meetings: Ints, at_once: Ints) -> Ints:
    return -(-meetings // np.maximum(at_once, 1))


def fewest_slots(enterprise: Ints, bank: Ints, desks: Ints, rooms: int | None = None) -> Bound:
    """T* of the meetings (enterprise[i], bank[i]); the witness is the first enterprise, else bank, else the rooms."""
    total = len(enterprise)
    if not total:
        return Bound(0, Witness("none", -1, 0, 0))
    by_enterprise = np.bincount(enterprise)
    by_bank = np.bincount(bank, minlength=len(desks))
    per_bank = _ceil(by_bank, desks)
    firm, house = int(by_enterprise.argmax()), int(per_bank.argmax())
    candidates = [
        Bound(int(by_enterprise[firm]), Witness("enterprise", firm, int(by_enterprise[firm]), 1)),
        Bound(int(per_bank[house]), Witness("bank", house, int(by_bank[house]), int(desks[house]))),
    ]
    if rooms is not None:
        candidates.append(Bound(-(-total // rooms), Witness("rooms", -1, total, rooms)))
    return max(candidates, key=lambda bound: bound.slots)
