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
    room = np.zeros(len(slot), np.int64)
    last = np.zeros(int(desk.max(initial=0)) + 1, np.int64)
    order = np.lexsort((desk, slot))
    for part in np.split(order, np.flatnonzero(np.diff(slot[order])) + 1):
        home = last[desk[part]]
        stays = np.zeros(len(part), np.bool_)
        stays[np.unique(home, return_index=True)[1]] = True  # of two desks with one former room, the first
        stays &= home > 0
        free = np.setdiff1d(np.arange(1, count + 1), home[stays])
        room[part] = last[desk[part]] = np.where(stays, home, 0)
        moves = part[~stays]
        room[moves] = last[desk[moves]] = free[: len(moves)]
    return room


def _slots(board: Board, enterprise: Ints, desk: Ints) -> Ints:
    """The slot of each meeting, counted from 1 in the calmest order."""
    order = np.array(calmest_order(board), np.int64)
    at_desk = np.array(board.at_desk, np.int64)
    seated = np.flatnonzero(at_desk != EMPTY)
    found = np.lexsort((at_desk[seated], seated // board.slots))
    asked = np.lexsort((enterprise, desk))
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
