"""Enterprises cancel after the plan is out: the plan is repaired, never computed anew. Pure.

Everybody who is not concerned keeps bank, slot, desk and room. Freed seats go to those who wait for them
(`matching.vacancies`), new meetings take a slot free on both sides or cost one path of moves (`timetable.reseating`).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaking.matching.market import Market
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching.vacancies import after_cancellation
from matchmaking.sides import Prepared, Terms, prepare
from matchmaking.timetable.board import Board
from matchmaking.timetable.reseating import Seating
from matchmaking.week import Meeting, in_order


@dataclass(frozen=True)
class Repaired:
    """The plan after cancellations, and what changed.

    `cancelled` are the meetings of those who cancelled, `displaced` those given up for a better one, `added` the new
    ones, `moved` the kept ones that change their time (as they stand now).
    """

    meetings: tuple[Meeting, ...]
    cancelled: tuple[Meeting, ...]
    displaced: tuple[Meeting, ...]
    added: tuple[Meeting, ...]
    moved: tuple[Meeting, ...]


class _Repair:
    """One repair: the session's lists, and the meetings that stand by their place in the lists."""

    def __init__(self, prepared: Prepared, terms: Terms, meetings: Sequence[Meeting]) -> None:
        self.prepared, self.terms = prepared, terms
        sides, lists = prepared.sides, prepared.lists
        firm = {one.code: place for place, one in enumerate(sides.firms)}
        bank = {one.institution_code: place for place, one in enumerate(sides.banks)}
        pairs = zip(lists.enterprise.tolist(), lists.bank.tolist(), strict=True)
        place = {pair: number for number, pair in enumerate(pairs)}
        self.firm = firm
        self.standing = {place[firm[one.enterprise_code], bank[one.institution_code]]: one for one in meetings}
        self.first_desk = np.concatenate([[0], np.cumsum(sides.desks)]).tolist()

        self.seating = self._seating()

    def pairs_after(self, cancelled: Collection[str], quiet: bool) -> list[int]:
        away = {self.firm[code] for code in cancelled if code in self.firm}
        before = np.array(sorted(self.standing), np.int64)
        lists, limits = self.prepared.lists, self.prepared.limits
        after: list[int] = after_cancellation(lists, limits, before, away, self.seating, quiet=quiet).tolist()
        return after

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
        return Seating(board, lists.enterprise, lists.bank, self.first_desk, self.terms.rooms)

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
    cancelled: Collection[str],
    quiet: bool = False,
) -> Repaired:
    """The plan after enterprises cancel. `market`, `policy` and `terms` are those of the plan, `meetings` those that stand.

    With `quiet`, for the day itself, only enterprises with a spare place come in and nobody is displaced.
    """
    repair = _Repair(prepare(market, policy, terms), terms, meetings)
    after = repair.pairs_after(cancelled, quiet)
    added = [pair for pair in after if pair not in repair.standing]
    rounds = Counter(repair.ends(pair)[0] for pair in after if pair in repair.standing)
    now: dict[int, Meeting] = {}
    for pair in after:
        rounds[repair.ends(pair)[0]] += pair not in repair.standing
        now[pair] = repair.placed(pair, rounds[repair.ends(pair)[0]])
    moved = [pair for pair in after if pair in repair.standing and now[pair].slot != repair.standing[pair].slot]
    now = _roomed(now, [*moved, *added])
    gone = [one for pair, one in repair.standing.items() if pair not in now]
    return Repaired(
        in_order(now.values()),
        in_order(one for one in gone if one.enterprise_code in cancelled),
        in_order(one for one in gone if one.enterprise_code not in cancelled),
        in_order(now[pair] for pair in added),
        in_order(now[pair] for pair in moved),
    )
