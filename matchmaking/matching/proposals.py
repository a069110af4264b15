"""One round of enterprise-proposing deferred acceptance, one meeting each, with promotion.

An enterprise refused by its whole list proposes again one level up; a bank holds the higher level first, then its
published priority (Király 2013; Kavitha 2014; Nasre & Rawat 2017).
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappush, heapreplace

import numpy as np

from matchmaking.matching.columns import Bools, Ints
from matchmaking.matching.preferences import Preferences

NONE = -1


def _compact(column: Ints) -> "array[int]":
    """A column that a loop may index: as quick as a list to read, and nothing to build."""
    return array("q", np.ascontiguousarray(column, np.int64).tobytes())


@dataclass(frozen=True)
class RoundLists:
    """The pairs that can still be made in a round, numbered anew; `place` is their number in the session's lists.

    `key` orders the pairs of one bank at one level, higher is better, and carries the pair's number in its last digits.
    """

    start: list[int]
    enterprise: "array[int]"
    bank: "array[int]"
    key: "array[int]"
    place: Ints
    level_step: int

    @classmethod
    def of(cls, lists: Preferences, is_open: Bools) -> "RoundLists":
        place = np.flatnonzero(is_open)
        size, enterprise = len(place), lists.enterprise[place]
        key = (len(lists) - lists.priority[place]) * size + np.arange(size)
        return cls(
            np.searchsorted(enterprise, np.arange(lists.enterprises + 1)).tolist(),
            _compact(enterprise),
            _compact(lists.bank[place]),
            _compact(key),
            place.astype(np.int64),
            (len(lists) + 1) * size,
        )


@dataclass
class Proposals:
    """The state of a round: `held[b]` is a heap whose top is the pair that bank b would give up first.

    Every listed pair is with a bank that has a seat.
    """

    lists: RoundLists
    seats: Sequence[int]
    pair: list[int] = field(init=False)  # of each enterprise, the pair it holds
    level: list[int] = field(init=False)
    held: list[list[int]] = field(init=False)
    waiting: list[int] = field(init=False)  # enterprises refused by all at their level

    def __post_init__(self) -> None:
        enterprises = len(self.lists.start) - 1
        self.pair = [NONE] * enterprises
        self.level = [0] * enterprises
        self.held = [[] for _ in self.seats]
        self.waiting = []

    def run(self, entering: Sequence[int]) -> None:
        """Let enterprises propose from the top of their lists at their level until nobody has anyone left to ask."""
        start, owners, banks, keys = self.lists.start, self.lists.enterprise, self.lists.bank, self.lists.key
        pair, level, held, seats = self.pair, self.level, self.held, self.seats
        step, size = self.lists.level_step, len(keys)
        for proposer in entering:
            place, end = start[proposer], start[proposer + 1]
            raised = level[proposer] * step
            while place < end:
                bank = banks[place]
                heap, key = held[bank], raised + keys[place]
                if len(heap) < seats[bank]:
                    heappush(heap, key)
                    pair[proposer] = place
                    break
                if key > heap[0]:
                    pair[proposer] = place
                    place = heapreplace(heap, key) % size
                    proposer = owners[place]
                    end, raised = start[proposer + 1], level[proposer] * step
                place += 1
            else:
                pair[proposer] = NONE
                self.waiting.append(proposer)

    def promote(self) -> bool:
        """Let everyone refused by all propose again one level up; false if there is nobody."""
        again = sorted(self.waiting)
        self.waiting = []
        for enterprise in again:
            self.level[enterprise] += 1
        self.run(again)
        return bool(again)

    @property
    def met(self) -> int:
        return sum(len(heap) for heap in self.held)

    @property
    def places(self) -> Ints:
        """The pair each enterprise holds, by its number in the session's lists."""
        pair = np.array(self.pair, np.int64)
        held = pair != NONE
        pair[held] = self.lists.place[pair[held]]
        return pair

    def could_grow(self) -> bool:
        """Whether somebody without a meeting could have one: an alternating path leads to a free seat."""
        start, banks, size = self.lists.start, self.lists.bank, len(self.lists.key)
        seen_bank = [False] * len(self.seats)
        queue = list(self.waiting)
        while queue:
            enterprise = queue.pop()
            for bank in banks[start[enterprise] : start[enterprise + 1]]:
                if seen_bank[bank]:
                    continue
                if len(self.held[bank]) < self.seats[bank]:
                    return True
                seen_bank[bank] = True
                queue += [self.lists.enterprise[key % size] for key in self.held[bank]]
        return False
