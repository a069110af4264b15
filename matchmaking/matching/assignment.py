"""Who meets whom: round 1 gives as many enterprises as possible one meeting, later rounds fill the seats left.

With promotion, levels rise in round 1 until coverage equals the maximum flow. Rooms × slots cap all meetings: a round
that would exceed what is left gets its banks' seats cut in proportion, and the seats that were open are published.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaking.matching.columns import Bools, Ints
from matchmaking.matching.coverage import most_coverable
from matchmaking.matching.preferences import Preferences
from matchmaking.matching.proposals import NONE, Proposals


@dataclass(frozen=True)
class Round:
    """One round: the pairs made (places in the lists), the seats that were open, the level each enterprise reached.

    `blocking` counts the pairs that would both rather have met under the published priority; `blocking_promoted` counts
    them with each enterprise at its level, and is 0.
    """

    number: int
    pairs: Ints
    seats: Ints
    level: Ints
    blocking: int
    blocking_promoted: int

    @property
    def levels_used(self) -> int:
        return int(self.level.max(initial=0))


@dataclass(frozen=True)
class Assignment:
    """All rounds; `coverage_bound` is the most enterprises that could have had a meeting (maximum flow, rooms included)."""

    rounds: tuple[Round, ...]
    coverage: int
    coverage_bound: int

    @property
    def pairs(self) -> Ints:
        return np.concatenate([np.zeros(0, np.int64), *(one.pairs for one in self.rounds)])

    @property
    def round_of_pair(self) -> Ints:
        return np.repeat([one.number for one in self.rounds], [len(one.pairs) for one in self.rounds])


@dataclass(frozen=True)
class Limits:
    """Seats by bank, meetings wanted by enterprise, the cap on all meetings (none = open), the promotion levels allowed."""

    seats: Ints
    wants: Ints
    cap: int | None = None
    levels: int | None = None


def _settle(proposals: Proposals, entering: Sequence[int], levels: int | None, target: int | None) -> None:
    """Run to the end, promoting while it helps, levels last, and the target is not reached."""
    proposals.run(entering)
    used = 0
    while levels is None or used < levels:
        if (target is not None and proposals.met >= target) or not proposals.could_grow():
            return
        proposals.promote()
        used += 1


def _cut(held: npt.NDArray[np.int64], total: int) -> Ints:
    """Seats in proportion to what each bank would hold, adding up to `total`; the odd ones by largest remainder.

    Ties fall to the bank that stands first.
    """
    shares, over = np.divmod(held * total, held.sum())
    odd = np.lexsort((np.arange(len(held)), -over))[: total - int(shares.sum())]
    shares[odd] += 1
    return np.asarray(shares, np.int64)


def blocking_pairs(lists: Preferences, pair: Ints, seats: Ints, level: Ints, eligible: Bools) -> int:
    """Pairs that would both rather meet: the enterprise prefers the bank to what it has, and the bank has a seat or
    prefers the enterprise to someone it holds.

    `pair` is the place each enterprise holds (−1 none); `eligible` marks the pairs that could be made in this round.
    """
    key = level[lists.enterprise] * len(lists) - lists.priority
    held = pair[pair != NONE]
    worst = np.full(lists.banks, np.iinfo(np.int64).max)
    np.minimum.at(worst, lists.bank[held], key[held])
    has_room = np.bincount(lists.bank[held], minlength=lists.banks) < seats
    place = np.arange(len(lists))
    mine = pair[lists.enterprise]
    wished = (mine == NONE) | (place < mine)
    welcome = has_room[lists.bank] | ((key > worst[lists.bank]) & (seats[lists.bank] > 0))
    return int((eligible & wished & welcome & (place != mine)).sum())


def _round(lists: Preferences, limits: Limits, number: int, seats: Ints, room: int | None, closed: bytearray) -> Round:
    """One round on the seats left, `room` meetings at the most."""
    entering = np.flatnonzero(limits.wants >= number).tolist()
    levels = limits.levels if number == 1 else 0
    proposals = Proposals(lists, seats.tolist(), closed)
    _settle(proposals, entering, levels, room)
    if room is not None and proposals.met > room:
        seats = _cut(np.array([len(heap) for heap in proposals.held], np.int64), room)
        proposals = Proposals(lists, seats.tolist(), closed)
        _settle(proposals, entering, levels, room)
    pair, level = np.array(proposals.pair, np.int64), np.array(proposals.level, np.int64)
    eligible = (np.frombuffer(closed, np.uint8) == 0) & (limits.wants[lists.enterprise] >= number)
    plain = blocking_pairs(lists, pair, seats, np.zeros_like(level), eligible)
    promoted = blocking_pairs(lists, pair, seats, level, eligible) if level.any() else plain
    return Round(number, pair[pair != NONE], seats, level, plain, promoted)


def assign(lists: Preferences, limits: Limits) -> Assignment:
    """All rounds of first-meeting-first deferred acceptance."""
    closed = bytearray(len(lists))
    seats, room = limits.seats.copy(), limits.cap
    rounds: list[Round] = []
    for number in range(1, int(limits.wants.max(initial=0)) + 1):
        one = _round(lists, limits, number, seats, room, closed)
        if not len(one.pairs) and number > 1:
            break
        rounds.append(one)
        seats = seats - np.bincount(lists.bank[one.pairs], minlength=lists.banks)
        room = None if room is None else room - len(one.pairs)
        for place in one.pairs.tolist():
            closed[place] = 1
    coverage = len(rounds[0].pairs) if rounds else 0
    return Assignment(tuple(rounds), coverage, most_coverable(lists, limits.seats, limits.wants, limits.cap))
