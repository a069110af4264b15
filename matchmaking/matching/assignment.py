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
from matchmaking.matching.proposals import NONE, Proposals, RoundLists
from matchmaking.matching.reserves import ReservedProposals, Reserves, blocking_under_choice


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
class MeetingLimits:
    """Seats by bank, meetings wanted by enterprise, the cap on all meetings (none = open), the promotion levels allowed.

    With `reserves` banks choose by those, else by priority alone.
    """

    seats: Ints
    wants: Ints
    cap: int | None = None
    levels: int | None = None
    reserves: Reserves | None = None


def _cut(held: npt.NDArray[np.int64], total: int) -> Ints:
    """Seats in proportion to what each bank would hold, adding up to `total`; the odd ones by largest remainder.

    Ties fall to the bank that stands first.
    """
    shares, over = np.divmod(held * total, held.sum())
    odd = np.lexsort((np.arange(len(held)), -over))[: total - int(shares.sum())]
    shares[odd] += 1
    return np.asarray(shares, np.int64)


def blocking_pairs(
    lists: Preferences, pair: Ints, seats: Ints, level: Ints, eligible: Bools, reserves: Reserves | None = None
) -> int:
    """Pairs that would both rather meet: the enterprise prefers the bank to what it has, and the bank has a seat or
    would give up someone it holds for the enterprise.

    `pair` is the place each enterprise holds (−1 none); `eligible` marks the pairs that could be made in this round.
    """
    place = np.arange(len(lists))
    mine = pair[lists.enterprise]
    wished = eligible & ((mine == NONE) | (place < mine))
    if reserves is not None:
        return blocking_under_choice(lists, pair, seats, level, np.flatnonzero(wished), reserves)
    key = level[lists.enterprise] * len(lists) - lists.priority
    held = pair[pair != NONE]
    worst = np.full(lists.banks, np.iinfo(np.int64).max)
    np.minimum.at(worst, lists.bank[held], key[held])
    has_room = np.bincount(lists.bank[held], minlength=lists.banks) < seats
    welcome = has_room[lists.bank] | ((key > worst[lists.bank]) & (seats[lists.bank] > 0))
    return int((wished & welcome).sum())


@dataclass
class _Left:
    """What is left for the coming round: seats, room for meetings in all, pairs not made yet, reserved seats."""

    seats: Ints
    room: int | None
    is_open: Bools
    reserves: Reserves | None

    def take(self, lists: Preferences, pairs: Ints) -> None:
        self.seats = self.seats - np.bincount(lists.bank[pairs], minlength=lists.banks)
        self.room = None if self.room is None else self.room - len(pairs)
        self.is_open[pairs] = False
        self.reserves = None if self.reserves is None else self.reserves.after(lists, pairs)


def _held_round(lists: Preferences, limits: MeetingLimits, number: int, left: _Left) -> tuple[Proposals, Ints]:
    """The proposals of a round at their end, and the seats that were open: `left.room` meetings at the most."""
    entering = np.flatnonzero(limits.wants >= number).tolist()
    levels = limits.levels if number == 1 else 0
    seats = left.seats
    proposals = _settled(lists, seats, left, entering, levels)
    if left.room is not None and proposals.met > left.room:
        seats = _cut(np.array([len(heap) for heap in proposals.held], np.int64), left.room)
        proposals = _settled(lists, seats, left, entering, levels)
    return proposals, seats


def _proposals(lists: RoundLists, seats: Ints, reserves: Reserves | None) -> Proposals:
    return Proposals(lists, seats.tolist()) if reserves is None else ReservedProposals(lists, seats.tolist(), reserves)


def _settled(lists: Preferences, seats: Ints, left: _Left, entering: Sequence[int], levels: int | None) -> Proposals:
    """Run to the end, promoting while it helps, levels last, and there is room."""
    proposals = _proposals(RoundLists.of(lists, left.is_open & (seats > 0)[lists.bank]), seats, left.reserves)
    proposals.run(entering)
    used = 0
    while levels is None or used < levels:
        if (left.room is not None and proposals.met >= left.room) or not proposals.could_grow():
            break
        proposals.promote()
        used += 1
    return proposals


def _round(
    lists: Preferences, limits: MeetingLimits, number: int, proposals: Proposals, seats: Ints, left: _Left
) -> Round:
    pair, level = proposals.places, np.array(proposals.level, np.int64)
    eligible = left.is_open & (limits.wants[lists.enterprise] >= number)
    plain = blocking_pairs(lists, pair, seats, np.zeros_like(level), eligible, left.reserves)
    promoted = blocking_pairs(lists, pair, seats, level, eligible, left.reserves) if level.any() else plain
    return Round(number, pair[pair != NONE], seats, level, plain, promoted)


def _bound(lists: Preferences, limits: MeetingLimits, first: Proposals | None) -> int:
    """The most that could have met; round 1 has proved it if no path leads on from where it ended."""
    if first is None:
        return 0
    if limits.cap is not None and first.met >= limits.cap:
        return limits.cap
    return most_coverable(lists, limits.seats, limits.wants, limits.cap) if first.could_grow() else first.met


def assign(lists: Preferences, limits: MeetingLimits) -> Assignment:
    """All rounds of first-meeting-first deferred acceptance."""
    left = _Left(limits.seats, limits.cap, np.ones(len(lists), np.bool_), limits.reserves)
    rounds: list[Round] = []
    first: Proposals | None = None
    for number in range(1, int(limits.wants.max(initial=0)) + 1):
        proposals, seats = _held_round(lists, limits, number, left)
        first = first or proposals
        if number > 1 and not proposals.met:
            break
        one = _round(lists, limits, number, proposals, seats, left)
        rounds.append(one)
        left.take(lists, one.pairs)
    met = np.concatenate([np.zeros(0, np.int64), *(lists.enterprise[one.pairs] for one in rounds)])
    return Assignment(tuple(rounds), len(np.unique(met)), _bound(lists, limits, first))
