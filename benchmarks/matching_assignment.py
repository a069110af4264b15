"""Who meets whom beside PyPI `matching` and OR-tools: `python -m benchmarks.matching_assignment [quick|full]`."""

import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from benchmarks.figure import Figure, at_least, exactly, interleave, main
from matchmaking.matching.assignment import MeetingLimits, assign
from matchmaking.matching.preferences import Preferences

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from matching.games import HospitalResident


RUNS = 5


@dataclass(frozen=True)
class Session:
    lists: Preferences
    limits: MeetingLimits


def session(
    enterprises: int,
    banks: int,
    candidates: int,
    wants: int,
    levels: int | None,
    filled: float = 0.95,
    seed: int = 2022,
) -> Session:
    """Each enterprise may meet some 3 to 2 × `candidates` banks; popular banks more often; seats for a share `filled` of all wishes.

    Banks rank by tier, then fit, then lottery.
    """
    rng = np.random.default_rng(seed)
    counts = rng.integers(3, 2 * candidates, enterprises)
    popularity = 1 / np.arange(1, banks + 1) ** 0.5
    popularity /= popularity.sum()
    rows = [rng.choice(banks, min(count, banks), replace=False, p=popularity) for count in counts]
    enterprise = np.repeat(np.arange(enterprises), [len(one) for one in rows])
    bank = np.concatenate(rows).astype(np.int64)
    tier, drawn = rng.choice(4, enterprises, p=[0.1, 0.2, 0.1, 0.6]), rng.permutation(enterprises)
    fit = rng.choice([0, 10, 20, 30, 40, 50, 60], len(bank))
    priority = np.empty(len(bank), np.int64)
    priority[np.lexsort((drawn[enterprise], -fit, tier[enterprise]))] = np.arange(len(bank))
    seats = np.maximum(1, rng.multinomial(int(filled * wants * enterprises), np.full(banks, 1 / banks)))
    limits = MeetingLimits(seats.astype(np.int64), np.full(enterprises, wants, np.int64), None, levels)
    return Session(Preferences(enterprise, bank, priority, enterprises, banks), limits)


def fresh(lists: Preferences) -> Preferences:
    """The same lists without anything remembered from an earlier run."""
    return Preferences(lists.enterprise, lists.bank, lists.priority, lists.enterprises, lists.banks)


def ours(one: Session) -> Callable[[], object]:
    return lambda: assign(fresh(one.lists), one.limits)


@dataclass(frozen=True)
class Game:
    """PyPI `matching`: residents are enterprises, hospitals are banks. Solving changes a game, so each is solved once."""

    make: Callable[[], HospitalResident]

    def solve(self, game: HospitalResident) -> set[tuple[int, int]]:
        solved = game.solve(optimal="resident")
        return {(held.name, int(bank.name[1:])) for bank, all_held in solved.items() for held in all_held}

    def whole(self) -> set[tuple[int, int]]:
        """From lists to pairs, as ours."""
        return self.solve(self.make())


def hospital_resident(one: Session) -> Game:
    lists = one.lists
    wishes: dict[int, list[str]] = {}
    for enterprise, bank in zip(lists.enterprise.tolist(), lists.bank.tolist(), strict=True):
        wishes.setdefault(enterprise, []).append(f"b{bank}")
    order = np.lexsort((lists.priority, lists.bank))
    ranked: dict[str, list[int]] = {}
    for enterprise, bank in zip(lists.enterprise[order].tolist(), lists.bank[order].tolist(), strict=True):
        ranked.setdefault(f"b{bank}", []).append(enterprise)
    seats = {bank: int(one.limits.seats[int(bank[1:])]) for bank in ranked}

    sys.setrecursionlimit(1_000_000)  # the library copies its players by recursion

    def made() -> HospitalResident:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return HospitalResident.create_from_dictionaries(wishes, ranked, seats)

    return Game(made)


def cheapest_flow(one: Session) -> Callable[[], int]:
    """OR-tools: as many meetings as possible at the least sum of both sides' ranks."""
    lists, limits = one.lists, one.limits
    source, sink = lists.enterprises + lists.banks, lists.enterprises + lists.banks + 1
    firms, houses = np.arange(lists.enterprises), lists.enterprises + np.arange(lists.banks)
    tail = np.concatenate([np.full(len(firms), source), lists.enterprise, houses])
    head = np.concatenate([firms, lists.enterprises + lists.bank, np.full(len(houses), sink)])
    capacity = np.concatenate([limits.wants, np.ones(len(lists), np.int64), limits.seats])
    cost = np.zeros(len(tail), np.int64)
    cost[len(firms) : len(firms) + len(lists)] = lists.rank + lists.bank_rank

    def run() -> int:
        flow = min_cost_flow.SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
        flow.set_node_supply(source, int(limits.wants.sum()))
        flow.set_node_supply(sink, -int(limits.wants.sum()))
        assert flow.solve_max_flow_with_min_cost() == flow.OPTIMAL
        return int(flow.maximum_flow())

    return run


def figures(scale: str) -> Iterator[Figure]:
    part = 1 if scale == "full" else 10
    one = session(5_000 // part, 100 // part + 10, 12, 1, 0)
    result = assign(one.lists, one.limits)
    pairs = set(zip(one.lists.enterprise[result.pairs].tolist(), one.lists.bank[result.pairs].tolist(), strict=True))
    game = hospital_resident(one)
    assert game.whole() == pairs, "PyPI matching finds another matching"
    games = [game.make() for _ in range(RUNS + 1)]
    mine, theirs, solving = interleave(ours(one), game.whole, lambda: game.solve(games.pop()), runs=RUNS)
    label = f"k = 1, {one.lists.enterprises:,} enterprises"
    note = f"seconds from lists to the same pairs; its solving alone ÷ ours {solving / mine:.0f}"
    yield at_least(f"assignment {label}: PyPI matching ÷ ours", mine, theirs, 150, note)
    yield exactly(f"blocking pairs, {label}, no promotion", result.rounds[0].blocking, 0)

    three = session(10_000 // part, 200 // part + 10, 12, 3, None)
    mine, theirs = interleave(ours(three), cheapest_flow(three))
    label = f"k = 3, {three.lists.enterprises:,} enterprises"
    result = assign(three.lists, three.limits)
    note = f"seconds, {len(result.pairs):,} meetings against a flow of {cheapest_flow(three)():,}"
    yield at_least(f"assignment {label}: OR-tools min-cost flow ÷ ours", mine, theirs, 2, note)
    yield exactly(f"coverage ÷ max flow, {label}", result.coverage, result.coverage_bound)


if __name__ == "__main__":
    main("benchmarks.matching_assignment", figures)
