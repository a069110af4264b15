"""Somebody calls off after the plan is out: the plan is repaired, never computed anew. Pure.

An enterprise does not come, one meeting is called off, or a bank takes a desk away; whoever sat there goes to another
desk of the bank, at the same time if one is free. Everybody who is not concerned keeps bank, slot, desk and room. Freed
seats go to those who wait for them (`matching.vacancies`); new meetings take a slot free on both sides or cost one path of
moves (`timetable.reseating`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaking.matching.assignment import MeetingLimits
from matchmaking.matching.market import Market
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching.vacancies import after_cancellation
from matchmaking.sides import Prepared, Terms, prepare
from matchmaking.timetable.board import Board
from matchmaking.timetable.reseating import ClosedTimes, Seating
from matchmaking.week import Meeting, in_order


@dataclass(frozen=True)
class CalledOff:
    """All that has been called off since the plan was published, by code: enterprises, (enterprise, bank), (bank, desk).

    `not_called` are enterprises that keep what they have and get nothing new. The first `begun` slots have started: what
    meets there stands, whoever calls off, and nothing new starts there.
    """

    enterprises: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()
    desks: frozenset[tuple[str, int]] = frozenset()
    not_called: frozenset[str] = frozenset()
    begun: int = 0

    def includes(self, one: Meeting) -> bool:
        """Whether a meeting cannot take place as planned."""
        return one.slot > self.begun and (
            one.enterprise_code in self.enterprises
            or (one.enterprise_code, one.institution_code) in self.pairs
            or (one.institution_code, one.desk) in self.desks
        )


@dataclass(frozen=True)
class Repaired:
    """The plan after somebody called off, and what changed.

    `cancelled` are meetings called off, or lost with a desk, `displaced` those given up for another, `added` the new ones,
    `moved` the kept ones that change their time or desk (as they stand now).
    """

    meetings: tuple[Meeting, ...]
    cancelled: tuple[Meeting, ...]
    displaced: tuple[Meeting, ...]
    added: tuple[Meeting, ...]
    moved: tuple[Meeting, ...]


class _Repair:
    """One repair: the session's lists, and the meetings that stand by their place in the lists."""

    def __init__(self, prepared: Prepared, terms: Terms, meetings: Sequence[Meeting], off: CalledOff) -> None:
        self.prepared, self.terms, self.off = prepared, terms, off
        sides, lists = prepared.sides, prepared.lists
        self.firm = {one.code: place for place, one in enumerate(sides.firms)}
        self.bank = {one.institution_code: place for place, one in enumerate(sides.banks)}
        pairs = zip(lists.enterprise.tolist(), lists.bank.tolist(), strict=True)
        self.number = {pair: number for number, pair in enumerate(pairs)}
        self.standing = {self._pair(one.enterprise_code, one.institution_code): one for one in meetings}
        self.dropped = {pair for pair, one in self.standing.items() if off.includes(one)}
        self.first_desk = np.concatenate([[0], np.cumsum(sides.desks)]).tolist()
        self.shut = {self.first_desk[self.bank[bank]] + desk - 1 for bank, desk in off.desks if bank in self.bank}
        self.seating = self._seating()
        self.lost: set[int] = set()  # meetings whose desk went, without another one for them

    def _pair(self, enterprise: str, bank: str) -> int:
        return self.number[self.firm[enterprise], self.bank[bank]]

    def pairs_after(self, quiet: bool) -> list[int]:
        self._to_other_desks(quiet)
        away = {self.firm[code] for code in self.off.enterprises if code in self.firm}
        before = np.array(sorted(self.standing.keys() - self.lost), np.int64)
        after: list[int] = after_cancellation(
            self.prepared.lists,
            self._limits(),
            before,
            away,
            self.seating,
            quiet=quiet or self.off.begun > 0,
            dropped=self.dropped,
            barred=self._barred(),
            freed=self._banks_of_losers(),
        ).tolist()
        return after

    def _barred(self) -> set[int]:
        named = [(self.firm.get(enterprise), self.bank.get(bank)) for enterprise, bank in self.off.pairs]
        called_off = {self.number[pair] for pair in named if pair in self.number}
        shy = {self.firm[code] for code in self.off.not_called if code in self.firm}
        return called_off | {number for (firm, _), number in self.number.items() if firm in shy}

    def _banks_of_losers(self) -> set[int]:
        """Every bank that an enterprise which lost a desk could meet: there may be a free seat."""
        losers = {self.ends(pair)[0] for pair in self.lost}
        return {bank for firm, bank in self.number if firm in losers}

    def _limits(self) -> MeetingLimits:
        """Seats less those of desks that are taken away; what has begun there still counts."""
        seats, limits = self.prepared.limits.seats.copy(), self.prepared.limits
        for bank in range(len(seats)):
            desks = range(self.first_desk[bank], self.first_desk[bank + 1])
            shut = sum(desk in self.shut for desk in desks)
            if shut:
                begun = sum(self._desk(pair) in self.shut for pair in self._kept() if self.ends(pair)[1] == bank)
                seats[bank] = min(int(seats[bank]), (len(desks) - shut) * self.terms.slots + begun)
        return replace(limits, seats=seats)

    def _kept(self) -> list[int]:
        return [pair for pair in self.standing if pair not in self.dropped and pair not in self.lost]

    def _to_other_desks(self, quiet: bool) -> None:
        """Meetings that lose nothing but their desk: to another one of the bank, at their time before any other."""
        homeless = [pair for pair in self.dropped if self._lost_only_its_desk(self.standing[pair])]
        homeless.sort(key=lambda pair: int(self.prepared.lists.priority[pair]))
        for pair in homeless:
            self.seating.free(pair)
        waiting = [pair for pair in homeless if not self.seating.seat_in(pair, self.standing[pair].slot - 1)]
        self.lost = {pair for pair in waiting if not self._elsewhen(pair, quiet)}
        self.dropped -= set(homeless)

    def _elsewhen(self, pair: int, quiet: bool) -> bool:
        moves_nobody = self.seating.suits(pair)
        return (moves_nobody or not (quiet or self.off.begun)) and self.seating.seat(pair)

    def _lost_only_its_desk(self, one: Meeting) -> bool:
        desks = replace(self.off, enterprises=frozenset(), pairs=frozenset())
        return desks.includes(one) and not replace(self.off, desks=frozenset()).includes(one)

    def ends(self, pair: int) -> tuple[int, int]:
        return int(self.prepared.lists.enterprise[pair]), int(self.prepared.lists.bank[pair])

    def _desk(self, pair: int) -> int:
        """The desk at which a standing pair meets, numbered over all banks."""
        return int(self.first_desk[self.ends(pair)[1]]) + self.standing[pair].desk - 1

    def _seating(self) -> Seating:
        enterprise = np.array([self.ends(pair)[0] for pair in self.standing], np.int64)
        desk = np.array([self._desk(pair) for pair in self.standing], np.int64)
        slot = np.array([one.slot - 1 for one in self.standing.values()], np.int64)
        firms, lists = len(self.prepared.sides.firms), self.prepared.lists
        board = Board.filled(firms, self.first_desk[-1], self.terms.slots, (enterprise, desk, slot))
        return Seating(board, lists.enterprise, lists.bank, self.first_desk, self.terms.rooms, self._closed())

    def _closed(self) -> ClosedTimes:
        return ClosedTimes(frozenset(self.shut), (1 << self.off.begun) - 1)

    def as_new(self, pair: int, number: int) -> Meeting:
        """A new meeting whose slot, desk and room are still to come; `number` is its round."""
        one, market = self.prepared.edges.taken(np.array([pair])), self.prepared.market
        firm, bank = self.ends(pair)
        return Meeting(
            self.prepared.sides.firms[firm].code,
            self.prepared.sides.banks[bank].institution_code,
            market.requests[int(one.request[0])].request_id,
            market.products[int(one.product[0])].product_id,
            number,
            0,
            0,
            0,
        )

    def placed(self, pair: int, number: int) -> Meeting:
        """A pair that stands after the repair, with its slot and desk."""
        one = self.standing.get(pair) or self.as_new(pair, number)
        slot, desk = self.seating.place(pair)
        return replace(one, slot=slot + 1, desk=desk - int(self.first_desk[self.ends(pair)[1]]) + 1)


def _roomed(meetings: dict[int, Meeting], homeless: Sequence[int]) -> dict[int, Meeting]:
    """Meetings that moved or are new get the lowest room that is free in their slot."""
    taken = {(one.slot, one.room) for pair, one in meetings.items() if pair not in set(homeless)}
    roomed = dict(meetings)
    for pair in sorted(homeless, key=lambda pair: (meetings[pair].slot, pair)):
        slot, room = meetings[pair].slot, 1
        while (slot, room) in taken:
            room += 1
        taken.add((slot, room))
        roomed[pair] = replace(meetings[pair], room=room)
    return roomed


def repair_week(
    market: Market,
    *,
    policy: MatchingPolicy,
    terms: Terms,
    meetings: Sequence[Meeting],
    off: CalledOff,
    quiet: bool = False,
) -> Repaired:
    """The plan after somebody called off. `market`, `policy` and `terms` are those of the plan, `meetings` those that stand.

    With `quiet`, for the day itself, only enterprises with a spare place come in and nobody is displaced.
    """
    repair = _Repair(prepare(market, policy, terms), terms, meetings, off)
    after = repair.pairs_after(quiet)
    added = [pair for pair in after if pair not in repair.standing]
    rounds = Counter(repair.ends(pair)[0] for pair in after if pair in repair.standing)
    now: dict[int, Meeting] = {}
    for pair in after:
        rounds[repair.ends(pair)[0]] += pair not in repair.standing
        now[pair] = repair.placed(pair, rounds[repair.ends(pair)[0]])
    moved = [pair for pair in after if pair in repair.standing and _place(now[pair]) != _place(repair.standing[pair])]
    now = _roomed(now, [*moved, *added])
    gone = [pair for pair in repair.standing if pair not in now]
    called_off = repair.dropped | repair.lost
    return Repaired(
        in_order(now.values()),
        in_order(repair.standing[pair] for pair in gone if pair in called_off),
        in_order(repair.standing[pair] for pair in gone if pair not in called_off),
        in_order(now[pair] for pair in added),
        in_order(now[pair] for pair in moved),
    )


def _place(one: Meeting) -> tuple[int, int]:
    return one.slot, one.desk
