"""A slot for every meeting without a clash, in exactly T* slots.

Meetings are placed one by one into a slot free on both sides; where none is, one Kempe path makes it. On saturated
graphs those paths grow long, and the meetings are peeled off one perfect matching after the other instead.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from matchmaking.matching.columns import Ints
from matchmaking.timetable.board import Board

LONG_PATH = 20  # mean moves a path from which peeling is the better way
SATURATED = 0.95  # share of all slots, on the emptier side, from which peeling is tried at once
PATIENCE = 500  # paths before the mean is trusted


def _place_all(board: Board, enterprise: list[int], desk: list[int]) -> bool:
    """Fill the board; false as soon as the mean path has proved too long."""
    slots, free_enterprise, free_desk = board.slots, board.free_enterprise, board.free_desk
    at_desk, at_enterprise = board.at_desk, board.at_enterprise
    moved = paths = turn = 0
    for firm, place in zip(enterprise, desk, strict=True):
        mine, theirs = free_enterprise[firm], free_desk[place]
        common = mine & theirs
        if common:
            later = common >> turn << turn or common  # the first common free slot from `turn` on: spreads the load
            bit = later & -later
            slot = bit.bit_length() - 1
        else:
            bit = mine & -mine
            slot = bit.bit_length() - 1
            moved += board.flip(place, slot, (theirs & -theirs).bit_length() - 1)
            paths += 1
            if paths > PATIENCE and moved > LONG_PATH * paths:
                return False
        at_desk[place * slots + slot] = firm
        at_enterprise[firm * slots + slot] = place
        free_desk[place] ^= bit
        free_enterprise[firm] ^= bit
        turn = turn + 1 if turn + 1 < slots else 0
    return True


def _merged(degree: Ints, most: int) -> tuple[Ints, int]:
    """Vertices of low degree put together while their meetings fit into `most` slots: new numbers, and how many."""
    number = np.empty(len(degree), np.int64)
    order = np.argsort(-degree, kind="stable")
    count, room = 0, 0
    low, high = 0, len(order) - 1
    while low <= high:  # the fullest vertex, then the emptiest ones as long as they fit
        number[order[low]] = count
        room = most - int(degree[order[low]])
        low += 1
        while low <= high and degree[order[high]] <= room:
            number[order[high]] = count
            room -= int(degree[order[high]])
            high -= 1
        count += 1
    return number, count


def _regular(enterprise: Ints, desk: Ints, slots: int) -> tuple[Ints, Ints, int]:
    """Both ends renumbered and padded with empty meetings until every vertex has exactly `slots`."""
    left, lefts = _merged(np.bincount(enterprise), slots)
    right, rights = _merged(np.bincount(desk), slots)
    size = max(lefts, rights)
    one, two = left[enterprise], right[desk]
    lacking_left = np.repeat(np.arange(size), slots - np.bincount(one, minlength=size))
    lacking_right = np.repeat(np.arange(size), slots - np.bincount(two, minlength=size))
    return np.concatenate([one, lacking_left]), np.concatenate([two, lacking_right]), size


def _perfect_matching(left: Ints, right: Ints, size: int) -> Ints:
    """One place for each left vertex, together a perfect matching; pairs stand sorted, and may repeat.

    Repeats are left out of the graph: scipy's matching writes past its memory if an entry stands twice.
    """
    is_new = np.ones(len(left), np.bool_)
    is_new[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    places = np.flatnonzero(is_new)
    one, two = left[places], right[places]
    graph = csr_array((np.ones(len(one), np.int8), two, np.searchsorted(one, np.arange(size + 1))), (size, size))
    mate = maximum_bipartite_matching(graph, perm_type="column")
    return np.asarray(places[two == mate[one]], np.int64)


def peel(enterprise: Ints, desk: Ints, slots: int) -> Ints:
    """The slot of each meeting, one perfect matching (Hopcroft–Karp) of the padded graph a slot."""
    left, right, size = _regular(enterprise, desk, slots)
    order = np.lexsort((np.arange(len(left)), right, left))
    slot = np.empty(len(left), np.int64)
    for number in range(slots):
        chosen = _perfect_matching(left[order], right[order], size)
        slot[order[chosen]] = number
        order = np.delete(order, chosen)
    return slot[: len(enterprise)]


def _is_saturated(enterprise: Ints, desk: Ints, slots: int) -> bool:
    """Whether both sides are busy in nearly all slots, so that paths are sure to grow long."""
    fullest = max(len(np.unique(enterprise)), len(np.unique(desk))) * slots
    return len(enterprise) > SATURATED * fullest


def colour(enterprise: Ints, desk: Ints, enterprises: int, desks: int, slots: int) -> Board:
    """A board with every meeting in one of `slots` slots; `slots` must be at least the most meetings of any vertex."""
    if not _is_saturated(enterprise, desk, slots):
        board = Board(enterprises, desks, slots)
        if _place_all(board, enterprise.tolist(), desk.tolist()):
            return board
    return Board.filled(enterprises, desks, slots, (enterprise, desk, peel(enterprise, desk, slots)))
