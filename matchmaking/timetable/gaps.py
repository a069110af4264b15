"""Shorter waits: the slots are put into another order, which keeps every pair, every clash-free slot and every load."""

import numpy as np

from matchmaking.matching.columns import Ints
from matchmaking.timetable.board import Board

MOST_SLOTS = 62  # masks must fit a signed 64-bit number
MOST_PASSES = 4


def _waits(masks: Ints, counts: Ints) -> int:
    """Slots of waiting between the first and the last meeting, summed over everyone."""
    last = np.frexp(masks.astype(np.float64))[1]
    first = np.frexp((masks & -masks).astype(np.float64))[1]
    return int(((last - first + 1 - np.bitwise_count(masks.astype(np.uint64))) * counts).sum())


def _swapped(masks: Ints, one: int, two: int) -> Ints:
    differ = ((masks >> one) ^ (masks >> two)) & 1
    return np.asarray(masks ^ (differ << one) ^ (differ << two), np.int64)


def _busy_masks(board: Board) -> tuple[Ints, Ints]:
    everything = (1 << board.slots) - 1
    busy = [everything ^ mask for mask in board.free_enterprise + board.free_desk]
    masks, counts = np.unique(np.array([mask for mask in busy if mask & (mask - 1)], np.int64), return_counts=True)
    return masks, counts.astype(np.int64)


def calmest_order(board: Board) -> list[int]:
    """`order[s]` is the new number of slot s: swaps of two slots, taken while one shortens the waits."""
    order = list(range(board.slots))
    if not 2 < board.slots <= MOST_SLOTS:
        return order
    masks, counts = _busy_masks(board)
    best = _waits(masks, counts)
    for _ in range(MOST_PASSES):
        before = best
        for one in range(board.slots):
            for two in range(one + 1, board.slots):
                tried = _swapped(masks, one, two)
                waits = _waits(tried, counts)
                if waits < best:
                    masks, best = tried, waits
                    order = [two if at == one else one if at == two else at for at in order]
        if best == before:
            break
    return order
