"""Late cancellation: freed seats are offered on, and nothing is computed anew.

A freed seat goes to the bank's best enterprise without any meeting. Then augmenting paths serve whoever has none and
could have one: others move to free seats, or one that has several meetings gives one up; so coverage stays at the most
that the remaining market allows. What is still free goes to the bank's best enterprise that wants the bank more than what
it has: one with a spare place simply comes, one without gives up its least liked meeting, whose seat is freed in turn (the
vacancy chain of Blum, Roth & Rothblum 1997). A seat has its time: those who are free then go before those for whom others
would have to move. In *quiet* mode only enterprises with a spare place come that are free at that time: nobody is
displaced, nobody moves.
"""

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from matchmaking.matching.assignment import MeetingLimits
from matchmaking.matching.columns import Ints
from matchmaking.matching.preferences import Preferences
from matchmaking.matching.reserves import first_free, reserved_places

Step = tuple[int, int | None]  # a pair to make, and the pair that its enterprise gives up for it


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

    def given_for_nothing(self, bank: int) -> int | None:
        """The meeting of a bank that costs coverage nothing: of its enterprises with several, the one it ranks last."""
        several = [pair for pair in self.of_bank[bank] if len(self.of_firm[self.firm[pair]]) > 1]
        return max(several, key=self.place_at_bank, default=None)

    def is_full(self) -> bool:
        """Whether the rooms hold no meeting more."""
        return self.limits.cap is not None and sum(map(len, self.of_bank)) >= self.limits.cap

    def ranked(self, bank: int) -> list[int]:
        """The bank's pairs, best first; members of a group for whom reserved seats are free stand before all others."""
        reserves = self.limits.reserves
        if reserves is None:
            return self.by_priority[bank]
        masks = [reserves.member[self.firm[pair]] for pair in sorted(self.of_bank[bank], key=self.place_at_bank)]
        left = reserves.of_bank(bank)
        reserved_places(masks, left, len(masks))
        return sorted(self.by_priority[bank], key=lambda pair: first_free(reserves.member[self.firm[pair]], left))

    def place_at_bank(self, pair: int) -> int:
        return int(self.lists.priority[pair])

    def unmet_takers(self, bank: int, quiet: bool) -> Iterable[int]:
        """The bank's enterprises without any meeting, best first."""
        for pair in self.ranked(bank):
            if not self.is_unmet(self.firm[pair]) or pair in self.barred:
                continue
            if not quiet or self.times.suits(pair, None):
                yield pair

    def takers(self, bank: int, quiet: bool) -> Iterable[tuple[int, int | None]]:
        """Who gets a seat that no unmet enterprise takes, best first, each with what it gives up: first those free then."""
        free: list[int] = []
        busy: list[int] = []
        for pair in self.ranked(bank):
            firm = self.firm[pair]
            if firm in self.away or pair in self.of_bank[bank] or pair in self.barred:
                continue
            (free if self._is_free(pair, quiet) else busy).append(pair)
        for pair in free if quiet else free + busy:
            gives = self.gives_up(pair)
            if gives != pair:
                yield pair, gives

    def _is_free(self, pair: int, quiet: bool) -> bool:
        gives = self.gives_up(pair)
        return gives != pair and (gives is None or not quiet) and self.times.suits(pair, gives)

    def change(self, steps: Iterable[Step], extra: int | None = None, *, bar: bool = True) -> bool:
        """Make pairs, giving up others for them and `extra` for nothing, in pairs and in times; all or nothing."""
        steps, before = list(steps), self.times.snapshot()
        gone = [gives for gives in (*(gives for _, gives in steps), extra) if gives is not None]
        for pair in gone:
            self.times.free(pair)
        for pair, _ in steps:
            if not self.times.seat(pair):
                self.times.restore(before)
                self.barred |= {pair} if bar else set()
                return False
        for pair in gone:
            self.leaves(pair)
        for pair, _ in steps:
            self.stands(pair)
        return True


def _serve_unmet(hall: _Hall, freed: Iterable[int], quiet: bool) -> None:
    """Freed seats to those of their bank who have no meeting."""
    for bank in freed:
        if hall.has_seat(bank) and not hall.is_full():
            any(hall.change([(pair, None)]) for pair in hall.unmet_takers(bank, quiet))


def _chain(hall: _Hall, freed: Iterable[int], quiet: bool) -> None:
    """Offer freed seats on until nobody wants one; each step makes an enterprise better off, so it ends."""
    queue = deque(freed)
    while queue:
        bank = queue.popleft()
        takers = hall.takers(bank, quiet) if hall.has_seat(bank) else ()
        given = next((gives for pair, gives in takers if _takes(hall, pair, gives)), None)
        if given is not None:
            queue.append(hall.bank[given])


def _takes(hall: _Hall, pair: int, gives: int | None) -> bool:
    return (gives is not None or not hall.is_full()) and hall.change([(pair, gives)])


@dataclass(frozen=True)
class _Path:
    """Steps (pair to make, pair to give up for it) that end at a free seat, or at `extra`, which is given up for nothing."""

    steps: list[Step]
    extra: int | None = None


def _path(hall: _Hall, *, with_extras: bool) -> _Path | None:
    """The shortest way to serve an enterprise without a meeting; all between have one meeting each and keep one."""
    came: dict[int, Step] = {}  # bank → (pair that wants in, pair that it would give up)
    queue: deque[tuple[int, int | None]] = deque((f, None) for f in range(len(hall.of_firm)) if hall.is_unmet(f))
    while queue:
        firm, gives = queue.popleft()
        for pair in hall.listed(firm):
            bank = hall.bank[pair]
            if bank in came or pair in hall.of_firm[firm] or pair in hall.barred:
                continue
            came[bank] = (pair, gives)
            if hall.has_seat(bank):
                return _Path(_steps(hall, came, bank))
            extra = hall.given_for_nothing(bank) if with_extras else None
            if extra is not None:
                return _Path(_steps(hall, came, bank), extra)
            queue.extend((hall.firm[held], held) for held in sorted(hall.of_bank[bank]))
    return None


def _steps(hall: _Hall, came: dict[int, Step], bank: int) -> list[Step]:
    steps = [came[bank]]
    while (gives := steps[-1][1]) is not None:
        steps.append(came[hall.bank[gives]])
    return steps


def _walk(hall: _Hall, path: _Path) -> int | None:
    """Take a path in pairs and times; the bank of a meeting that was given up for nothing.

    Where the rooms are full, a path to a free seat costs one meeting of somebody with several: whichever leaves its time.
    """
    if path.extra is not None or not hall.is_full():
        return None if not hall.change(path.steps, path.extra) or path.extra is None else hall.bank[path.extra]
    given = {gives for _, gives in path.steps}
    for extra in sorted(
        (one for bank in range(len(hall.of_bank)) if (one := hall.given_for_nothing(bank)) is not None), reverse=True
    ):
        if extra not in given and hall.change(path.steps, extra, bar=False):
            return hall.bank[extra]
    hall.barred.add(path.steps[0][0])
    return None


def _augment(hall: _Hall) -> list[int]:
    """Serve enterprises without a meeting as long as a path exists; the banks whose seats that left free."""
    freed = []
    for with_extras in (False, True):
        while (path := _path(hall, with_extras=with_extras)) is not None:
            freed += [bank for bank in [_walk(hall, path)] if bank is not None]
    return freed


def after_cancellation(
    lists: Preferences,
    limits: MeetingLimits,
    pairs: Ints,
    cancelled: Collection[int],
    times: Times,
    *,
    quiet: bool = False,
    dropped: Collection[int] | None = None,
    barred: Collection[int] = (),
    freed: Collection[int] = (),
) -> Ints:
    """The pairs that stand after some enterprises cancel, rising; most are the pairs that stood before.

    `times` holds the pairs that stood before and ends with those that stand after. `dropped` are the pairs that go, all of
    those who cancel unless given; `barred` pairs are never made; `freed` are banks that may have a seat free already.
    """
    hall = _Hall(lists, limits, frozenset(cancelled), times, barred=set(barred))
    free = sorted(freed)
    for pair in sorted(pairs.tolist()):
        if pair in dropped if dropped is not None else hall.firm[pair] in hall.away:
            free.append(hall.bank[pair])
            times.free(pair)
        else:
            hall.stands(pair)
    _serve_unmet(hall, free, quiet)
    if not quiet and free:
        free += _augment(hall)
    _chain(hall, free, quiet)
    return np.array(sorted(pair for held in hall.of_bank for pair in held), np.int64)
