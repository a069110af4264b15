"""After late cancellations as many enterprises have a meeting as the remaining market allows at all, by another's maximum flow."""

import random
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from matchmaking.matching.assignment import MeetingLimits, assign
from matchmaking.matching.preferences import Preferences
from matchmaking.matching.vacancies import after_cancellation
from matchmaking.timetable.board import Board
from matchmaking.timetable.reseating import Seating
from matchmaking.timetable.schedule import timetable
from tests.seeds import is_full

FULL = is_full()


@dataclass
class Hall:
    """A session with more enterprises than seats at some banks, as it stands after some have cancelled."""

    lists: Preferences
    limits: MeetingLimits
    seating: Seating
    slots: dict[int, int]


def hall(rng: random.Random, firms: int, banks: int, listed: int, rooms: int | None = None, skew: float = 2) -> Hall:
    """Every enterprise lists up to `listed` banks, the early ones far more often; seats for about nine of ten."""
    slots, wants = 12, [rng.randint(1, 3) for _ in range(firms)]
    pairs = []
    for firm in range(firms):
        chosen = dict.fromkeys(int(banks * rng.random() ** skew) for _ in range(rng.randint(1, listed)))
        pairs += [(firm, bank) for bank in chosen]
    enterprise, bank = np.array(pairs, np.int64).T
    priority = np.array(rng.sample(range(len(pairs)), len(pairs)), np.int64)
    desks = np.array([max(1, round(rng.uniform(0.5, 1.4) * firms / banks / slots)) for _ in range(banks)], np.int64)
    seats = np.array([rng.randint(1, int(one) * slots) for one in desks], np.int64)
    lists = Preferences(enterprise, bank, priority, firms, banks)
    limits = MeetingLimits(seats, np.array(wants, np.int64), None if rooms is None else rooms * slots)
    made = assign(lists, limits).pairs
    table = timetable(enterprise[made], bank[made], desks, rooms)
    first_desk = np.concatenate([[0], np.cumsum(desks)])
    at = (enterprise[made], first_desk[bank[made]] + table.desk - 1, table.slot - 1)
    board = Board.filled(firms, int(desks.sum()), slots, at)
    seating = Seating(board, enterprise, bank, first_desk.tolist(), rooms)
    return Hall(lists, limits, seating, dict(zip(made.tolist(), (table.slot - 1).tolist(), strict=True)))


def most_that_could_meet(one: Hall, gone: set[int]) -> int:
    """A maximum flow of the remaining market, built here anew."""
    firms, banks = one.lists.enterprises, one.lists.banks
    graph: dict[tuple[int, int], int] = {}
    for firm, bank in zip(one.lists.enterprise.tolist(), one.lists.bank.tolist(), strict=True):
        if firm not in gone:
            graph[1 + firm, 1 + firms + bank] = graph[0, 1 + firm] = 1
    graph |= {(1 + firms + bank, 1 + firms + banks): int(one.limits.seats[bank]) for bank in range(banks)}
    tail, head = np.array(list(graph)).T
    size = firms + banks + 2
    matrix = csr_array((np.array(list(graph.values()), np.int32), (tail, head)), shape=(size, size))
    flow = int(maximum_flow(matrix, 0, size - 1).flow_value)
    return flow if one.limits.cap is None else min(flow, one.limits.cap)


def check_no_clash(one: Hall) -> None:
    firm, bank = one.lists.enterprise.tolist(), one.lists.bank.tolist()
    places = {pair: one.seating.place(pair) for pair in one.slots}
    assert len({(firm[pair], slot) for pair, (slot, _) in places.items()}) == len(places)
    assert len({(desk, slot) for slot, desk in places.values()}) == len(places)
    assert all(desk in one.seating.desks(pair) for pair, (_, desk) in places.items())
    held = np.bincount([bank[pair] for pair in places], minlength=one.lists.banks)
    assert (held <= one.limits.seats).all()


def cancel(one: Hall, firm: int, gone: set[int]) -> int:
    """One more cancels; how many kept meetings change time."""
    gone.add(firm)
    standing = np.array(sorted(one.slots), np.int64)
    after = after_cancellation(one.lists, one.limits, standing, gone, one.seating).tolist()
    now = {pair: one.seating.place(pair)[0] for pair in after}
    moved = sum(now[pair] != slot for pair, slot in one.slots.items() if pair in now)
    one.slots = now
    return moved


def met(one: Hall) -> int:
    return len({int(one.lists.enterprise[pair]) for pair in one.slots})


@pytest.mark.parametrize("seed", range(60))
def test_coverage_stays_at_the_most_that_the_remaining_market_allows(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    one, gone = hall(rng, rng.randint(5, 60), rng.randint(2, 6), 3), set[int]()
    for firm in rng.sample(range(one.lists.enterprises), 5):
        cancel(one, firm, gone)
        assert met(one) == most_that_could_meet(one, gone)
        check_no_clash(one)


@pytest.mark.parametrize("seed", range(40))
def test_with_few_rooms_too(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    firms = rng.randint(12, 80)
    one, gone = hall(rng, firms, rng.randint(2, 6), 3, rooms=rng.randint(1, 1 + firms // 10)), set[int]()
    for firm in rng.sample(range(firms), 5):
        cancel(one, firm, gone)
        assert met(one) == most_that_could_meet(one, gone)
        check_no_clash(one)
        assert max(one.seating.board.loads()) <= (one.seating.rooms or 0)


def test_a_hundred_cancellations_change_the_time_of_next_to_nobody() -> None:
    """The bar of matching.md §5; 10,000 enterprises with YINQI_FULL=1."""
    seed = 2022
    print(f"seed {seed}")
    rng = random.Random(seed)
    firms, banks, count = (10_000, 200, 100) if FULL else (1_000, 20, 20)
    one, gone = hall(rng, firms, banks, 5, skew=1.1), set[int]()
    kept, moved, unmet = len(one.slots), 0, firms - met(one)
    for firm in rng.sample(sorted({int(one.lists.enterprise[pair]) for pair in one.slots}), count):
        moved += cancel(one, firm, gone)
        assert met(one) == most_that_could_meet(one, gone)
    check_no_clash(one)
    print(f"{kept} meetings, {unmet} unmet at first, {moved} changed time after {count} cancellations")
    assert 5 * moved <= count
