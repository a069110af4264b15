"""One round of enterprise-proposing deferred acceptance, one meeting each, with promotion.

An enterprise refused by its whole list proposes again one level up; a bank holds the higher level first, then its
published priority (Király 2013; Kavitha 2014; Nasre & Rawat 2017).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappush, heapreplace

from matchmaking.matching.preferences import Preferences

NONE = -1


@dataclass
class Proposals:
    """The state of a round: `held[b]` is a heap whose top is the pair that bank b would give up first.

    `closed[i]` says that pair i may not be proposed (a former meeting).
    """

    lists: Preferences
    seats: Sequence[int]
    closed: bytearray
    pair: list[int] = field(init=False)  # of each enterprise, the pair it holds
    level: list[int] = field(init=False)
    held: list[list[int]] = field(init=False)
    waiting: list[int] = field(init=False)  # enterprises refused by all at their level

    def __post_init__(self) -> None:
        self.pair = [NONE] * self.lists.enterprises
        self.level = [0] * self.lists.enterprises
        self.held = [[] for _ in range(self.lists.banks)]
        self.waiting = []

    def run(self, entering: Sequence[int]) -> None:
        """Let enterprises propose from the top of their lists at their level until nobody has anyone left to ask."""
        lists, seats, closed = self.lists, self.seats, self.closed
        start, owners = lists.start, lists.enterprise_list
        banks, priority = lists.bank_list, lists.priority_list
        pair, level, held, size = self.pair, self.level, self.held, len(lists)
        for enterprise in entering:
            proposer, place = enterprise, start[enterprise]
            while True:
                if place == start[proposer + 1]:
                    pair[proposer] = NONE
                    self.waiting.append(proposer)
                    break
                bank = banks[place]
                if closed[place] or not seats[bank]:
                    place += 1
                    continue
                heap = held[bank]
                # higher level first, then lower priority; the pair's place rides along in the last digits
                key = (level[proposer] * size - priority[place]) * size + place
                if len(heap) < seats[bank]:
                    heappush(heap, key)
                    pair[proposer] = place
                    break
                if key > heap[0]:
                    refused = heapreplace(heap, key) % size
                    pair[proposer] = place
                    place = refused
                    proposer = owners[refused]
                place += 1

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

    def could_grow(self) -> bool:
        """Whether somebody without a meeting could have one: an alternating path leads to a free seat."""
        lists = self.lists
        seen_bank = [False] * lists.banks
        queue = list(self.waiting)
        while queue:
            enterprise = queue.pop()
            for place in range(lists.start[enterprise], lists.start[enterprise + 1]):
                bank = lists.bank_list[place]
                if self.closed[place] or seen_bank[bank]:
                    continue
                if len(self.held[bank]) < self.seats[bank]:
                    return True
                seen_bank[bank] = True
                queue += [lists.enterprise_list[key % len(lists)] for key in self.held[bank]]
        return False
