"""Late cancellation: freed seats are offered on, and nothing is computed anew.

A freed seat goes to the bank's best enterprise without any meeting, else to its best one that wants the bank more than
what it has: one with a spare place simply comes, one without gives up its least liked meeting, whose seat is freed in
turn (the vacancy chain of Blum, Roth & Rothblum 1997). A seat has its time: those who are free then go before those for
whom others would have to move. At last an augmenting path serves an enterprise without a meeting where one exists. In
*quiet* mode only enterprises with a spare place come that are free at that time: nobody is displaced, nobody moves.
"""

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from matchmaking.matching.assignment import MeetingLimits
from matchmaking.matching.columns import Ints
from matchmaking.matching.preferences import Preferences


class Times(Protocol):
    """The timetable beside the pairs: it is kept in step with them."""

    def suits(self, pair: int, without: int | None) -> bool:
        """Whether both sides are free at one time, once the enterprise has given up `without`."""

    def seat(self, pair: int) -> bool:
        """Give the pair a time, moving others if need be; false if that cannot be done."""

    def free(self, pair: int) -> None:
        """Take the pair out."""

    def snapshot(self) -> object:
        """The timetable as it is, for `restore`."""

    def restore(self, snapshot: object) -> None:
        """Back to how it was."""


@dataclass
class _Hall:
    """Who meets whom now. Pairs are places in the lists; within an enterprise a lower place is liked better."""

    lists: Preferences
    limits: MeetingLimits
    away: frozenset[int]
    times: Times
    of_firm: list[set[int]] = field(init=False)
    of_bank: list[set[int]] = field(init=False)
    firm: list[int] = field(init=False)
    bank: list[int] = field(init=False)
    by_priority: list[list[int]] = field(init=False)  # each bank's pairs, best first
    barred: set[int] = field(default_factory=set)  # pairs that found no time

    def __post_init__(self) -> None:
        self.firm, self.bank = self.lists.enterprise.tolist(), self.lists.bank.tolist()
        self.of_firm = [set() for _ in range(self.lists.enterprises)]
        self.of_bank = [set() for _ in range(self.lists.banks)]
        self.by_priority = [[] for _ in range(self.lists.banks)]
        for pair in np.argsort(self.lists.priority).tolist():
            self.by_priority[self.bank[pair]].append(pair)

    def stands(self, pair: int) -> None:
        self.of_firm[self.firm[pair]].add(pair)
        self.of_bank[self.bank[pair]].add(pair)

    def leaves(self, pair: int) -> None:
        self.of_firm[self.firm[pair]].remove(pair)
        self.of_bank[self.bank[pair]].remove(pair)

    def has_seat(self, bank: int) -> bool:
        return len(self.of_bank[bank]) < int(self.limits.seats[bank])

    def is_unmet(self, firm: int) -> bool:
        return not self.of_firm[firm] and firm not in self.away and int(self.limits.wants[firm]) > 0

    def listed(self, firm: int) -> range:
        first, end = np.searchsorted(self.lists.enterprise, [firm, firm + 1])
        return range(int(first), int(end))

    def gives_up(self, pair: int) -> int | None:
        """The meeting that the pair's enterprise would have to give up for it; itself if it would not."""
        held = self.of_firm[self.firm[pair]]
        if len(held) < int(self.limits.wants[self.firm[pair]]):
            return None
        worst = max(held, default=pair)
        return worst if worst > pair else pair

    def takers(self, bank: int, quiet: bool) -> Iterable[tuple[int, int | None]]:
        """Who gets a freed seat, best first, each with what it gives up: the unmet, those free then, the others."""
        free: list[int] = []
        busy: list[int] = []
        for pair in self.by_priority[bank]:
            firm = self.firm[pair]
            if firm in self.away or pair in self.of_bank[bank] or pair in self.barred:
                continue
            if self.is_unmet(firm):
                yield pair, None
            else:
                (free if self._is_free(pair, quiet) else busy).append(pair)
        for pair in free if quiet else free + busy:
            gives = self.gives_up(pair)
            if gives != pair:
                yield pair, gives

    def _is_free(self, pair: int, quiet: bool) -> bool:
        gives = self.gives_up(pair)
        return gives != pair and (gives is None or not quiet) and self.times.suits(pair, gives)

    def change(self, steps: Iterable[tuple[int, int | None]]) -> bool:
        """Make pairs, giving up others for them, in pairs and in times; all or nothing."""
        steps, before = list(steps), self.times.snapshot()
        for _, gives in steps:
            if gives is not None:
                self.times.free(gives)
        for pair, _ in steps:
            if not self.times.seat(pair):
                self.times.restore(before)
                self.barred.add(pair)
                return False
        for _, gives in steps:
            if gives is not None:
                self.leaves(gives)
        for pair, _ in steps:
            self.stands(pair)
        return True


def _chain(hall: _Hall, freed: Iterable[int], quiet: bool) -> None:
    """Offer freed seats on until nobody wants one; each step makes an enterprise better off, so it ends."""
    queue = deque(freed)
    while queue:
        bank = queue.popleft()
        takers = hall.takers(bank, quiet) if hall.has_seat(bank) else ()
        given = next((gives for pair, gives in takers if hall.change([(pair, gives)])), None)
        if given is not None:
            queue.append(hall.bank[given])


def _path(hall: _Hall) -> list[tuple[int, int | None]] | None:
    """Steps (pair to make, pair to give up for it) from a free seat back to an enterprise without a meeting."""
    came: dict[int, tuple[int, int | None]] = {}  # bank → (pair that wants in, pair that it would give up)
    queue: deque[tuple[int, int | None]] = deque((f, None) for f in range(len(hall.of_firm)) if hall.is_unmet(f))
    while queue:
        firm, gives = queue.popleft()
        for pair in hall.listed(firm):
            bank = hall.bank[pair]
            if bank in came or pair in hall.of_firm[firm] or pair in hall.barred:
                continue
            came[bank] = (pair, gives)
            if hall.has_seat(bank):
                return _steps(hall, came, bank)
            queue.extend((hall.firm[held], held) for held in sorted(hall.of_bank[bank]))
    return None


def _steps(hall: _Hall, came: dict[int, tuple[int, int | None]], bank: int) -> list[tuple[int, int | None]]:
    steps = [came[bank]]
    while (gives := steps[-1][1]) is not None:
        steps.append(came[hall.bank[gives]])
    return steps


def _augment(hall: _Hall) -> None:
    """Serve enterprises without a meeting by moving others to free seats, as long as a path exists."""
    while (steps := _path(hall)) is not None:
        hall.change(steps)


def after_cancellation(
    lists: Preferences,
    limits: MeetingLimits,
    pairs: Ints,
    cancelled: Collection[int],
    times: Times,
    *,
    quiet: bool = False,
) -> Ints:
    """The pairs that stand after some enterprises cancel, rising; most are the pairs that stood before.

    `times` holds the pairs that stood before and ends with those that stand after.
    """
    hall = _Hall(lists, limits, frozenset(cancelled), times)
    freed = []
    for pair in sorted(pairs.tolist()):
        if hall.firm[pair] in hall.away:
            freed.append(hall.bank[pair])
            times.free(pair)
        else:
            hall.stands(pair)
    _chain(hall, freed, quiet)
    if not quiet and freed:
        _augment(hall)
    return np.array(sorted(pair for held in hall.of_bank for pair in held), np.int64)
