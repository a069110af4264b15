"""Deferred acceptance: stable without promotion, at the flow bound with it, and the textbook answer one-to-many."""

import itertools
import random
import warnings

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from matchmaking.matching.assignment import Assignment, MeetingLimits, Round, assign
from matchmaking.matching.preferences import Preferences

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from matching.games import HospitalResident


def lists(rng: random.Random, enterprises: int, banks: int, density: float) -> Preferences:
    rows = []
    for enterprise in range(enterprises):
        chosen = [bank for bank in range(banks) if rng.random() < density]
        rng.shuffle(chosen)
        rows += [(enterprise, bank) for bank in chosen]
    priority = list(range(len(rows)))
    rng.shuffle(priority)
    pairs = np.array(rows, np.int64).reshape(-1, 2)
    return Preferences(pairs[:, 0], pairs[:, 1], np.array(priority, np.int64), enterprises, banks)


def limits(rng: random.Random, prefs: Preferences, most: int, **rest: int | None) -> MeetingLimits:
    seats = np.array([rng.randint(0, 4) for _ in range(prefs.banks)], np.int64)
    return MeetingLimits(seats, np.array([rng.randint(0, most) for _ in range(prefs.enterprises)], np.int64), **rest)  # type: ignore[arg-type]


def market(seed: int, **rest: int | None) -> tuple[Preferences, MeetingLimits]:
    rng = random.Random(seed)
    prefs = lists(rng, rng.randint(1, 40), rng.randint(1, 8), rng.choice([0.15, 0.4, 0.9]))
    return prefs, limits(rng, prefs, 3, **rest)


def pairs_of(prefs: Preferences, one: Round) -> list[tuple[int, int]]:
    return [(int(prefs.enterprise[place]), int(prefs.bank[place])) for place in one.pairs]


def blocking(prefs: Preferences, bounds: MeetingLimits, one: Round, former: set[tuple[int, int]]) -> int:
    """Counted straight from the definition."""
    mate = dict(pairs_of(prefs, one))
    place = {(int(e), int(b)): i for i, (e, b) in enumerate(zip(prefs.enterprise, prefs.bank, strict=True))}
    count = 0
    for (enterprise, bank), i in place.items():
        if (enterprise, bank) in former or bounds.wants[enterprise] < one.number:
            continue
        held = [place[other, bank] for other, b in mate.items() if b == bank]
        wishes = enterprise not in mate or i < place[enterprise, mate[enterprise]]
        welcome = len(held) < one.seats[bank] or any(prefs.priority[i] < prefs.priority[j] for j in held)
        count += wishes and bool(welcome) and one.seats[bank] > 0
    return count


def flow(prefs: Preferences, bounds: MeetingLimits) -> int:
    """The most enterprises that can meet, by scipy, on a graph built here."""
    size = prefs.enterprises + prefs.banks + 2
    capacity = np.zeros((size, size), np.int32)
    for enterprise in range(prefs.enterprises):
        capacity[size - 2, enterprise] = bounds.wants[enterprise] > 0
    for enterprise, bank in zip(prefs.enterprise, prefs.bank, strict=True):
        capacity[enterprise, prefs.enterprises + bank] = 1
    for bank in range(prefs.banks):
        capacity[prefs.enterprises + bank, size - 1] = bounds.seats[bank]
    return int(maximum_flow(csr_array(capacity), size - 2, size - 1).flow_value)


@pytest.mark.parametrize("seed", range(200))
def test_without_promotion_no_pair_blocks_in_any_round(seed: int) -> None:
    print(f"seed {seed}")
    prefs, bounds = market(seed, levels=0)
    former: set[tuple[int, int]] = set()
    for one in assign(prefs, bounds).rounds:
        assert one.blocking == blocking(prefs, bounds, one, former) == 0
        former.update(pairs_of(prefs, one))


@pytest.mark.parametrize("seed", range(200))
def test_with_promotion_everybody_who_can_have_a_meeting_has_one(seed: int) -> None:
    print(f"seed {seed}")
    prefs, bounds = market(seed)
    result = assign(prefs, bounds)
    assert result.coverage == result.coverage_bound == flow(prefs, bounds)
    for one in result.rounds:
        assert one.blocking_promoted == 0
    if result.rounds:
        assert result.rounds[0].blocking == blocking(prefs, bounds, result.rounds[0], set())


def check_limits(prefs: Preferences, bounds: MeetingLimits, result: Assignment) -> None:
    places = result.pairs
    pairs = set(zip(prefs.enterprise[places].tolist(), prefs.bank[places].tolist(), strict=True))
    assert len(pairs) == len(places)
    assert (np.bincount(prefs.bank[places], minlength=prefs.banks) <= bounds.seats).all()
    assert (np.bincount(prefs.enterprise[places], minlength=prefs.enterprises) <= bounds.wants).all()
    assert bounds.cap is None or len(places) <= bounds.cap


@pytest.mark.parametrize("seed", range(100))
def test_rooms_cap_all_meetings_and_coverage_still_reaches_its_bound(seed: int) -> None:
    print(f"seed {seed}")
    prefs, bounds = market(seed, cap=random.Random(seed).randint(1, 12))
    result = assign(prefs, bounds)
    check_limits(prefs, bounds, result)
    assert bounds.cap is not None
    assert result.coverage == result.coverage_bound == min(bounds.cap, flow(prefs, bounds))


def test_a_level_limit_is_kept_and_never_covers_less_than_none() -> None:
    for seed in range(60):
        prefs, _ = market(seed)
        bounds = limits(random.Random(seed), prefs, 1)
        covered = [assign(prefs, MeetingLimits(bounds.seats, bounds.wants, None, levels)) for levels in (0, 1, 2, None)]
        assert [one.coverage for one in covered] == sorted(one.coverage for one in covered)
        assert all(one.rounds[0].levels_used <= level for level, one in enumerate(covered[:3]) if one.rounds)


@pytest.mark.parametrize("seed", range(25))
def test_one_meeting_each_is_what_the_hospital_resident_game_gives(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    prefs = lists(rng, rng.randint(2, 25), rng.randint(2, 6), 0.6)
    seats = np.array([rng.randint(1, 4) for _ in range(prefs.banks)], np.int64)
    result = assign(prefs, MeetingLimits(seats, np.ones(prefs.enterprises, np.int64), None, 0))
    wishes: dict[str, list[str]] = {}
    ranked: dict[str, list[tuple[int, str]]] = {}
    for enterprise, bank, rank in zip(prefs.enterprise, prefs.bank, prefs.priority, strict=True):
        wishes.setdefault(f"e{enterprise}", []).append(f"b{bank}")
        ranked.setdefault(f"b{bank}", []).append((int(rank), f"e{enterprise}"))
    game = HospitalResident.create_from_dictionaries(
        wishes,
        {bank: [name for _, name in sorted(rows)] for bank, rows in ranked.items()},
        {bank: int(seats[int(bank[1:])]) for bank in ranked},
    )
    expected = {(one.name, bank.name) for bank, held in game.solve(optimal="resident").items() for one in held}
    assert {(f"e{e}", f"b{b}") for e, b in pairs_of(prefs, result.rounds[0])} == expected


def stable_matchings(prefs: Preferences, bounds: MeetingLimits) -> list[dict[int, int]]:
    """Every stable matching, by trying all."""
    wishes = [prefs.bank[prefs.enterprise == e].tolist() for e in range(prefs.enterprises)]
    found = []
    for choice in itertools.product(*([None, *one] for one in wishes)):
        mate = {e: b for e, b in enumerate(choice) if b is not None}
        if any(list(mate.values()).count(b) > bounds.seats[b] for b in set(mate.values())):
            continue
        places = [
            i for i, (e, b) in enumerate(zip(prefs.enterprise, prefs.bank, strict=True)) if mate.get(int(e)) == int(b)
        ]
        trial = Round(1, np.array(places, np.int64), bounds.seats, np.zeros(prefs.enterprises, np.int64), 0, 0)
        if blocking(prefs, bounds, trial, set()) == 0:
            found.append(mate)
    return found


@pytest.mark.parametrize("seed", range(15))
def test_each_enterprise_gets_the_best_that_any_stable_matching_gives_it(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    prefs = lists(rng, 5, 3, 0.7)
    bounds = MeetingLimits(np.array([rng.randint(1, 2) for _ in range(3)]), np.ones(5, np.int64), None, 0)
    mine = dict(pairs_of(prefs, assign(prefs, bounds).rounds[0]))
    stable = stable_matchings(prefs, bounds)
    assert mine in stable
    for enterprise in range(5):
        wishes = prefs.bank[prefs.enterprise == enterprise].tolist()
        ranks = [wishes.index(one[enterprise]) if enterprise in one else len(wishes) for one in [mine, *stable]]
        assert ranks[0] == min(ranks)


def test_a_chain_that_needs_many_levels_is_climbed_to_the_end() -> None:
    """Enterprise i may meet banks i − 1 and i; all prefer the lower one, whose bank prefers the newcomer last."""
    length = 12
    rows = [(i, b) for i in range(length) for b in ([i - 1, i] if i else [0])]
    pairs = np.array(rows, np.int64)
    priority = np.array([2 * i if b == i - 1 else 2 * i + 1 for i, b in rows], np.int64)
    prefs = Preferences(pairs[:, 0], pairs[:, 1], -priority + 100, length, length)
    result = assign(prefs, MeetingLimits(np.ones(length, np.int64), np.ones(length, np.int64)))
    assert result.coverage == result.coverage_bound == length
