"""Soft reserves: a share of each bank's seats goes to members of a group first (Hafalir, Yenmez & Yildirim 2013).

The choice rule of a bank, as published: of all that ask, group after group in the order of precedence, the best members
that have no seat yet take up to the group's reserved seats; whatever seats are left, unfilled reserved ones included, go
to the best of all others. A higher promotion level comes before everything: a level is served whole before the next one.
The rule is substitutable, so deferred acceptance under it leaves no pair that would both rather meet.
"""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaking.matching.columns import Ints
from matchmaking.matching.preferences import Preferences
from matchmaking.matching.proposals import NONE, Proposals, RoundLists

Ranked = Sequence[tuple[int, int]]  # (level, groups as bits) of candidates, the best first


@dataclass(frozen=True)
class Reserves:
    """`seats[g][b]`: seats of bank b that members of group g have first; `member[f]`: the groups of enterprise f as bits."""

    seats: tuple[tuple[int, ...], ...]
    member: tuple[int, ...]

    def of_bank(self, bank: int) -> list[int]:
        return [group[bank] for group in self.seats]

    def after(self, lists: Preferences, pairs: Ints) -> "Reserves":
        """What is left of the reserves once these pairs have met, each bank's best members counted first."""
        of_bank: dict[int, list[int]] = {}
        for pair in pairs[np.argsort(lists.priority[pairs])].tolist():
            of_bank.setdefault(int(lists.bank[pair]), []).append(self.member[int(lists.enterprise[pair])])
        left = [list(group) for group in self.seats]
        for bank, masks in of_bank.items():
            mine = self.of_bank(bank)
            reserved_places(masks, mine, len(masks))
            for group, seats in zip(left, mine, strict=True):
                group[bank] = seats
        return Reserves(tuple(tuple(group) for group in left), self.member)


def reserved_places(masks: Sequence[int], left: list[int], room: int) -> list[bool]:
    """Who of the candidates, best first, takes a reserved seat; `left` is used up group by group, `room` seats at the most."""
    taken = [False] * len(masks)
    for group in range(len(left)):
        for place, mask in enumerate(masks):
            if not left[group] or not room:
                break
            if mask >> group & 1 and not taken[place]:
                taken[place] = True
                left[group] -= 1
                room -= 1
    return taken


def first_free(mask: int, left: Sequence[int]) -> int:
    """The first group, by precedence, that a candidate belongs to and that has reserved seats left; the number of groups if none."""
    return next((group for group, seats in enumerate(left) if seats and mask >> group & 1), len(left))


def refused(ranked: Ranked, reserved: Sequence[int]) -> int:
    """Whom a bank gives up that has one candidate more than seats: a place in `ranked`."""
    left, room, start = list(reserved), len(ranked) - 1, 0
    while True:
        level, end = ranked[start][0], start
        while end < len(ranked) and ranked[end][0] == level:
            end += 1
        taken = reserved_places([mask for _, mask in ranked[start:end]], left, room)
        if end == len(ranked):
            return start + max(place for place, is_taken in enumerate(taken) if not is_taken)
        room -= end - start
        start = end


def would_take(ranked: list[tuple[int, int]], place: int, newcomer: tuple[int, int], reserved: Sequence[int]) -> bool:
    """Whether a full bank gives a seat to a newcomer who would stand at `place` among those it holds."""
    return refused([*ranked[:place], newcomer, *ranked[place:]], reserved) != place


class ReservedProposals(Proposals):
    """A round under the choice rule; `held[b]` stands from the lowest key to the highest."""

    def __init__(self, lists: RoundLists, seats: Sequence[int], reserves: Reserves) -> None:
        super().__init__(lists, seats)
        self.reserves = reserves

    def run(self, entering: Sequence[int]) -> None:
        start, banks = self.lists.start, self.lists.bank
        for first in entering:
            proposer: int = first
            place, end = start[proposer], start[proposer + 1]
            while place < end:
                loser = self._ask(banks[place], place, proposer)
                if loser is None:
                    break
                if loser != proposer:
                    place, proposer = self.pair[loser], loser
                    end = start[proposer + 1]
                place += 1
            else:
                self.pair[proposer] = NONE
                self.waiting.append(proposer)

    def _ask(self, bank: int, place: int, proposer: int) -> int | None:
        """The enterprise that the bank refuses for the proposer, if any; the proposer holds its place unless it is that one."""
        held = self.held[bank]
        insort(held, self.level[proposer] * self.lists.level_step + self.lists.key[place])
        loser = None
        if len(held) > self.seats[bank]:
            loser = self._owner(held.pop(self._refused(bank)))
        if loser != proposer:
            self.pair[proposer] = place
        return loser

    def _owner(self, key: int) -> int:
        return self.lists.enterprise[key % len(self.lists.key)]

    def _refused(self, bank: int) -> int:
        """The place of the key that a bank with one too many gives up."""
        held, member = self.held[bank], self.reserves.member
        if not member[self._owner(held[0])]:
            return 0  # the last of all, and in no group
        step = self.lists.level_step
        ranked = [(key // step, member[self._owner(key)]) for key in reversed(held)]
        return len(held) - 1 - refused(ranked, self.reserves.of_bank(bank))


def blocking_under_choice(
    lists: Preferences, pair: Ints, seats: Ints, level: Ints, eligible: Ints, reserves: Reserves
) -> int:
    """Pairs (places in the lists, of those `eligible`) that both rather have: the enterprise by its list, the bank by its rule."""
    key = level[lists.enterprise] * len(lists) - lists.priority
    holds: dict[int, list[tuple[int, int, int]]] = {}
    for held in sorted(pair[pair != NONE].tolist(), key=lambda one: -int(key[one])):
        firm = int(lists.enterprise[held])
        row = (-int(key[held]), int(level[firm]), reserves.member[firm])
        holds.setdefault(int(lists.bank[held]), []).append(row)
    return sum(_blocks(lists, place, holds, seats, level, key, reserves) for place in eligible.tolist())


def _blocks(
    lists: Preferences,
    place: int,
    holds: dict[int, list[tuple[int, int, int]]],
    seats: Ints,
    level: Ints,
    key: Ints,
    reserves: Reserves,
) -> bool:
    bank, firm = int(lists.bank[place]), int(lists.enterprise[place])
    rows = holds.get(bank, [])
    if len(rows) < int(seats[bank]):
        return True
    if not rows:
        return False
    mine = -int(key[place])
    rank = sum(row[0] < mine for row in rows)
    newcomer = (int(level[firm]), reserves.member[firm])
    return would_take([row[1:] for row in rows], rank, newcomer, reserves.of_bank(bank))
