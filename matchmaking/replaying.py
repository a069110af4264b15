"""The back-test: past weeks matched again by different mechanisms, side by side. Pure and deterministic.

`tiers` and `reserves` are the two published rules. `textbook` is many-to-many deferred acceptance under strict tiers, where
favoured firms take all their meetings first; `greedy` takes the best scores one by one as long as both sides have room.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappush, heapreplace
from typing import Any

import numpy as np

from matchmaking.canonical import Json
from matchmaking.certificate.counts import bank_counts, group_counts
from matchmaking.matching.assignment import assign
from matchmaking.matching.columns import Ints
from matchmaking.matching.coverage import most_coverable
from matchmaking.matching.market import Market
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.sides import Prepared, Terms, prepare


@dataclass(frozen=True)
class PastWeek:
    """A market as it was frozen, with the frame and the seed of its session."""

    market: Market
    terms: Terms


@dataclass(frozen=True)
class PastOutcome:
    """What one mechanism makes of one week; `score` is the sum over its meetings, `counts` as in a certificate."""

    week: str
    mechanism: str
    enterprises: int
    could_meet: int
    bound: int
    met: int
    meetings: int
    score: int
    counts: Mapping[str, Mapping[str, Mapping[str, int]]]


def _published(prepared: Prepared) -> Ints:
    return assign(prepared.lists, prepared.limits).pairs


def _capped(prepared: Prepared, pairs: list[int]) -> Ints:
    """No more than the rooms hold: the enterprises' first wishes stay."""
    lists, cap = prepared.lists, prepared.limits.cap
    ordered = sorted(pairs, key=lambda pair: (int(lists.rank[pair]), int(lists.priority[pair])))
    return np.array(sorted(ordered[:cap]), np.int64)


def _textbook(prepared: Prepared) -> Ints:
    lists, limits = prepared.lists, prepared.limits
    first = np.searchsorted(lists.enterprise, np.arange(lists.enterprises + 1)).tolist()
    bank, key = lists.bank.tolist(), (-lists.priority).tolist()
    seats, wants = limits.seats.tolist(), limits.wants.tolist()
    held: list[list[tuple[int, int]]] = [[] for _ in seats]
    has, asked = [0] * lists.enterprises, list(first[:-1])
    free = [firm for firm in range(lists.enterprises) if wants[firm]]
    while free:
        firm = free.pop()
        while has[firm] < wants[firm] and asked[firm] < first[firm + 1]:
            pair = asked[firm]
            asked[firm] += 1
            heap = held[bank[pair]]
            if len(heap) < seats[bank[pair]]:
                heappush(heap, (key[pair], pair))
            elif heap and key[pair] > heap[0][0]:
                loser = int(lists.enterprise[heapreplace(heap, (key[pair], pair))[1]])
                has[loser] -= 1
                free.append(loser)
            else:
                continue
            has[firm] += 1
    return _capped(prepared, [pair for heap in held for _, pair in heap])


def _greedy(prepared: Prepared) -> Ints:
    lists, limits = prepared.lists, prepared.limits
    seats, wants = limits.seats.tolist(), limits.wants.tolist()
    room = len(lists) if limits.cap is None else limits.cap
    taken: list[int] = []
    for pair in np.lexsort((lists.priority, -prepared.edges.score)).tolist():
        firm, bank = int(lists.enterprise[pair]), int(lists.bank[pair])
        if len(taken) < room and wants[firm] and seats[bank]:
            wants[firm] -= 1
            seats[bank] -= 1
            taken.append(pair)
    return np.array(sorted(taken), np.int64)


MECHANISMS: dict[str, tuple[str, Callable[[Prepared], Ints]]] = {  # the rule whose lists it reads, and how it matches
    "tiers": ("tiers", _published),
    "reserves": ("reserves", _published),
    "textbook": ("tiers", _textbook),
    "greedy": ("tiers", _greedy),
}


def replay(past: PastWeek, policies: Mapping[str, MatchingPolicy]) -> list[PastOutcome]:
    """One week under every mechanism. `policies` are those of the rules `tiers` and `reserves`."""
    prepared = {rule: prepare(past.market, policy, past.terms) for rule, policy in policies.items()}
    return [
        _replayed(name, prepared[rule], make(prepared[rule]), policies[rule], past.terms)
        for name, (rule, make) in MECHANISMS.items()
    ]


def _replayed(name: str, prepared: Prepared, pairs: Ints, policy: MatchingPolicy, terms: Terms) -> PastOutcome:
    lists, limits = prepared.lists, prepared.limits
    firms, banks = lists.enterprise[pairs], lists.bank[pairs]
    candidates = np.bincount(lists.enterprise, minlength=lists.enterprises)
    meetings = np.bincount(firms, minlength=lists.enterprises)
    groups = dict(_mapping(group_counts(prepared.members, candidates.tolist(), meetings.tolist())))
    groups["bank"] = _mapping(
        bank_counts(
            (prepared.sides.desks <= policy.small_desks).tolist(),
            np.bincount(lists.bank, minlength=lists.banks).tolist(),
            limits.seats.tolist(),
            np.bincount(banks, minlength=lists.banks).tolist(),
        )
    )
    return PastOutcome(
        week=str(terms.week),
        mechanism=name,
        enterprises=lists.enterprises,
        could_meet=int((candidates > 0).sum()),
        bound=most_coverable(lists, limits.seats, limits.wants, limits.cap),
        met=int((meetings > 0).sum()),
        meetings=len(pairs),
        score=int(prepared.edges.score[pairs].sum()),
        counts=groups,
    )


def _mapping(counts: Json) -> Any:
    assert isinstance(counts, Mapping)
    return counts


COLUMNS = (
    "week",
    "mechanism",
    "grouping",
    "group",
    "enterprises",
    "could_meet",
    "bound",
    "met",
    "meetings",
    "seats",
    "score",
)


def rows(found: Iterable[PastOutcome]) -> list[tuple[str, ...]]:
    """The table of a back-test: one row for each week and mechanism over all, then one for each group."""
    listed: list[tuple[str, ...]] = []
    for one in found:
        whole = (one.enterprises, one.could_meet, one.bound, one.met, one.meetings, "", one.score)
        listed.append((one.week, one.mechanism, "all", "all", *map(str, whole)))
        for grouping, groups in sorted(one.counts.items()):
            for group, figures in sorted(groups.items() if grouping != "all" else ()):
                size = figures.get("enterprises", figures.get("banks", 0))
                line = (
                    size,
                    figures["could_meet"],
                    "",
                    figures["met"],
                    figures["meetings"],
                    figures.get("seats", ""),
                    "",
                )
                listed.append((one.week, one.mechanism, grouping, group, *map(str, line)))
    return listed


@dataclass(frozen=True)
class Compared:
    """A mechanism over all weeks. Shares are pairs (met, could meet); `lowest_county` is that of the county served worst."""

    mechanism: str
    met: int
    bound: int
    meetings: int
    score: int
    first_loan: tuple[int, int]
    pool: tuple[int, int]
    lowest_county: tuple[str, int, int]
    small_banks: tuple[int, int]  # meetings, seats


def compared(found: Sequence[PastOutcome]) -> list[Compared]:
    """The mechanisms side by side, in their order."""
    return [_compared(name, [one for one in found if one.mechanism == name]) for name in MECHANISMS]


def _compared(name: str, mine: list[PastOutcome]) -> Compared:
    counties = sorted({county for one in mine for county in one.counts["county"]})
    shares = [(county, *_share(mine, "county", county)) for county in counties]
    served = [one for one in shares if one[2]]
    return Compared(
        mechanism=name,
        met=sum(one.met for one in mine),
        bound=sum(one.bound for one in mine),
        meetings=sum(one.meetings for one in mine),
        score=sum(one.score for one in mine),
        first_loan=_share(mine, "first_loan", "yes"),
        pool=_share(mine, "pool", "yes"),
        lowest_county=min(served, key=lambda one: (one[1] * 10**6 // one[2], one[0]), default=("", 0, 0)),
        small_banks=_share(mine, "bank", "small", "meetings", "seats"),
    )


def _share(
    mine: list[PastOutcome], grouping: str, group: str, top: str = "met", below: str = "could_meet"
) -> tuple[int, int]:
    figures = [one.counts[grouping].get(group, {}) for one in mine]
    return sum(one.get(top, 0) for one in figures), sum(one.get(below, 0) for one in figures)
