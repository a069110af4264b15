"""From pairs to a timetable: slots, desks and rooms."""

from dataclasses import dataclass

import numpy as np

from matchmaking.matching.columns import Ints
from matchmaking.timetable.board import EMPTY, Board
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
    room, desks = [0] * len(slot), desk.tolist()
    last = [0] * (int(desk.max(initial=0)) + 1)
    order = np.lexsort((desk, slot))
    for part in np.split(order, np.flatnonzero(np.diff(slot[order])) + 1):
        taken, homeless = {0}, []
        for meeting in part.tolist():
            home = last[desks[meeting]]
            if home in taken:
                homeless.append(meeting)
            else:
                taken.add(home)
                room[meeting] = home
        free = (number for number in range(1, count + 1) if number not in taken)
        for meeting, number in zip(homeless, free, strict=False):
            room[meeting] = last[desks[meeting]] = number
    return np.array(room, np.int64)


def _slots(board: Board, enterprise: Ints, desk: Ints) -> Ints:
    """The slot of each meeting, counted from 1 in the calmest order."""
    order = np.array(calmest_order(board), np.int64)
    at_enterprise = np.array(board.at_enterprise, np.int64)
    seated = np.flatnonzero(at_enterprise != EMPTY)
    found = np.lexsort((at_enterprise[seated], seated // board.slots))
    asked = np.lexsort((desk, enterprise))
    slot = np.empty(len(asked), np.int64)
    slot[asked] = 1 + order[seated[found] % board.slots]
    return slot


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
