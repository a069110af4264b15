"""From pairs to a timetable: slots, desks and rooms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaking.matching.columns import Ints
from matchmaking.timetable.board import Board
from matchmaking.timetable.bound import Bound, fewest_slots
from matchmaking.timetable.colouring import colour
from matchmaking.timetable.gaps import calmest_order
from matchmaking.timetable.levelling import level


@dataclass(frozen=True)
class Timetable:
    """Slot, desk and room of each meeting, all counted from 1, in the order the meetings were given."""

    slot: Ints
    desk: Ints
    room: Ints
    bound: Bound

    @property
    def slots_used(self) -> int:
        return int(self.slot.max(initial=0))

    @property
    def rooms_used(self) -> int:
        return int(self.room.max(initial=0))


def _desk_of(bank: Ints, desks: Ints) -> Ints:
    """Which desk of its bank each meeting gets, dealt round so that no desk has more than ⌈meetings / desks⌉."""
    order = np.argsort(bank, kind="stable")
    first = np.searchsorted(bank[order], np.arange(len(desks)))
    nth = np.empty(len(bank), np.int64)
    nth[order] = np.arange(len(bank)) - first[bank[order]]
    return np.asarray(nth % np.maximum(desks, 1)[bank], np.int64)


def _rooms(slot: Ints, desk: Ints, count: int) -> Ints:
    """A room for each meeting; a desk stays in the room it had before if that is free, else takes the lowest free one."""
    room = np.zeros(len(slot), np.int64)
    last: dict[int, int] = {}
    order = np.lexsort((desk, slot))
    for part in np.split(order, np.flatnonzero(np.diff(slot[order])) + 1):
        free = set(range(1, count + 1))
        homeless = []
        for meeting in part.tolist():
            home = last.get(int(desk[meeting]), 0)
            if home in free:
                free.remove(home)
                room[meeting] = home
            else:
                homeless.append(meeting)
        for meeting, number in zip(homeless, sorted(free), strict=False):
            room[meeting] = last[int(desk[meeting])] = number
    return room


def _slots(board: Board, enterprise: Ints, desk: Ints) -> Ints:
    order = calmest_order(board)
    pairs: Sequence[tuple[int, int]] = list(zip(enterprise.tolist(), desk.tolist(), strict=True))
    return np.array([1 + order[board.slot_of(firm, place)] for firm, place in pairs], np.int64)


def timetable(enterprise: Ints, bank: Ints, desks: Ints, rooms: int | None = None) -> Timetable:
    """A clash-free timetable of the meetings (enterprise[i], bank[i]) in exactly T* slots.

    Slots are level to within one meeting, so ⌈meetings / T*⌉ rooms do.
    """
    bound = fewest_slots(enterprise, bank, desks, rooms)
    if not bound.slots:
        empty = np.zeros(0, np.int64)
        return Timetable(empty, empty, empty, bound)
    number = _desk_of(bank, desks)
    desk = np.concatenate([[0], np.cumsum(desks)])[bank] + number
    board = colour(enterprise, desk, int(enterprise.max()) + 1, int(desks.sum()), bound.slots)
    level(board)
    slot = _slots(board, enterprise, desk)
    return Timetable(slot, number + 1, _rooms(slot, desk, -(-len(slot) // bound.slots)), bound)
