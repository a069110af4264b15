"""Late cancellations: how many kept meetings change time: `python -m benchmarks.timetable_repair [quick|full]`.

Enterprises cancel one after the other; beside it, how many change time if all is computed anew at the end.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.figure import Figure, at_most, main
from benchmarks.matching_assignment import Session, session
from matchmaking.matching.assignment import MeetingLimits, assign
from matchmaking.matching.columns import Ints
from matchmaking.matching.vacancies import after_cancellation
from matchmaking.timetable.board import Board
from matchmaking.timetable.reseating import Seating
from matchmaking.timetable.schedule import timetable

SLOTS = 12


@dataclass
class Hall:
    """A session, its seating, and the slot of each standing pair."""

    one: Session
    desks: Ints
    seating: Seating
    slot: dict[int, int]


def hall(enterprises: int, banks: int, filled: float) -> Hall:
    one = session(enterprises, banks, 12, 3, None, filled=filled)
    desks = -(-one.limits.seats // SLOTS)
    one = replace(one, limits=MeetingLimits(desks * SLOTS, one.limits.wants))
    pairs = assign(one.lists, one.limits).pairs
    firm, bank = one.lists.enterprise[pairs], one.lists.bank[pairs]
    table = timetable(firm, bank, desks)
    first_desk = np.concatenate([[0], np.cumsum(desks)])
    board = Board.filled(
        enterprises, int(desks.sum()), SLOTS, (firm, first_desk[bank] + table.desk - 1, table.slot - 1)
    )
    seating = Seating(board, one.lists.enterprise, one.lists.bank, first_desk.tolist(), None)
    return Hall(one, desks, seating, dict(zip(pairs.tolist(), (table.slot - 1).tolist(), strict=True)))


def cancel(at: Hall, firm: int, gone: set[int]) -> int:
    """One more enterprise cancels; the number of kept meetings that change time."""
    gone.add(firm)
    standing = np.array(sorted(at.slot), np.int64)
    after = after_cancellation(at.one.lists, at.one.limits, standing, gone, at.seating).tolist()
    now = {pair: at.seating.place(pair)[0] for pair in after}
    moved = sum(now[pair] != slot for pair, slot in at.slot.items() if pair in now)
    at.slot = now
    return moved


def anew(at: Hall, gone: set[int], before: dict[int, int]) -> int:
    """Kept meetings that change time if everything is computed again without those who cancelled."""
    lists, limits = at.one.lists, at.one.limits
    wants = limits.wants.copy()
    wants[list(gone)] = 0
    pairs = assign(lists, replace(limits, wants=wants)).pairs
    table = timetable(lists.enterprise[pairs], lists.bank[pairs], at.desks)
    slots = zip(pairs.tolist(), (table.slot - 1).tolist(), strict=True)
    return sum(before[pair] != slot for pair, slot in slots if pair in before)


def figures(scale: str) -> Iterator[Figure]:
    enterprises, banks, count = (10_000, 200, 100) if scale == "full" else (1_000, 30, 20)
    for filled, seats in ((0.55, "seats for 55 % of the wishes"), (0.95, "for 95 %")):
        at = hall(enterprises, banks, filled)
        before = dict(at.slot)
        gone: set[int] = set()
        moved = sum(cancel(at, firm, gone) for firm in random.Random(2022).sample(range(enterprises), count))
        note = f"{moved} of {len(before):,} meetings; {anew(at, gone, before):,} if computed anew"
        label = f"meetings that change time per cancellation, {enterprises:,} enterprises, {seats}"
        yield at_most(label, moved, count, 0.2, note)


if __name__ == "__main__":
    main("benchmarks.timetable_repair", figures)
