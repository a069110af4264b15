"""The timetable: no clash, exactly T* slots with a true witness, level slots, rooms and desks in range."""

import itertools
import random
from collections import Counter

import numpy as np
import pytest
import rustworkx

from matchmaking.timetable.board import Board
from matchmaking.timetable.bound import fewest_slots
from matchmaking.timetable.colouring import colour, peel
from matchmaking.timetable.gaps import calmest_order
from matchmaking.timetable.levelling import level
from matchmaking.timetable.schedule import Timetable, timetable

Meetings = tuple[np.ndarray, np.ndarray]


def meetings(rng: random.Random, enterprises: int, banks: int, density: float) -> Meetings:
    pairs = [(e, b) for e in range(enterprises) for b in range(banks) if rng.random() < density]
    rng.shuffle(pairs)
    columns = np.array(pairs, np.int64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]


def check(enterprise: np.ndarray, bank: np.ndarray, desks: np.ndarray, rooms: int | None, table: Timetable) -> None:
    firms, houses, slots = enterprise.tolist(), bank.tolist(), table.slot.tolist()
    desk, room = table.desk.tolist(), table.room.tolist()
    assert len(set(zip(firms, slots, strict=True))) == len(slots)
    assert len(set(zip(houses, desk, slots, strict=True))) == len(slots)
    assert len(set(zip(room, slots, strict=True))) == len(slots)
    assert all(1 <= one <= desks[house] for one, house in zip(desk, houses, strict=True))
    loads = Counter(slots)
    assert set(loads) == set(range(1, table.bound.slots + 1))
    assert not slots or max(loads.values()) - min(loads.values()) <= 1
    assert not slots or table.rooms_used <= (rooms or -(-len(slots) // table.bound.slots))


@pytest.mark.parametrize("seed", range(200))
def test_slots_are_exactly_the_bound_and_the_witness_attains_it(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    banks = rng.randint(1, 10)
    enterprise, bank = meetings(rng, rng.randint(1, 40), banks, rng.choice([0.1, 0.3, 0.8, 1.0]))
    desks = np.array([rng.randint(1, 4) for _ in range(banks)], np.int64)
    rooms = rng.choice([None, None, 1, 3, 8])
    table = timetable(enterprise, bank, desks, rooms)
    check(enterprise, bank, desks, rooms, table)
    assert table.slots_used == table.bound.slots
    witness = table.bound.witness
    facts = {
        "none": lambda: (0, 0),
        "enterprise": lambda: (int((enterprise == witness.place).sum()), 1),
        "bank": lambda: (int((bank == witness.place).sum()), int(desks[witness.place])),
        "rooms": lambda: (len(enterprise), rooms),
    }
    assert facts[witness.kind]() == (witness.meetings, witness.at_once)
    assert witness.kind == "none" or -(-witness.meetings // witness.at_once) == table.bound.slots


def is_possible(pairs: list[tuple[int, int]], desks: list[int], slots: int) -> bool:
    for choice in itertools.product(range(slots), repeat=len(pairs)):
        firms = Counter((firm, slot) for (firm, _), slot in zip(pairs, choice, strict=True))
        houses = Counter((house, slot) for (_, house), slot in zip(pairs, choice, strict=True))
        if max(firms.values()) <= 1 and all(count <= desks[house] for (house, _), count in houses.items()):
            return True
    return False


@pytest.mark.parametrize("seed", range(20))
def test_no_timetable_with_one_slot_fewer_exists(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    enterprise, bank = meetings(rng, 4, 3, 0.55)
    desks = [rng.randint(1, 2) for _ in range(3)]
    slots = fewest_slots(enterprise, bank, np.array(desks)).slots
    pairs = list(zip(enterprise.tolist(), bank.tolist(), strict=True))
    assert not pairs or is_possible(pairs, desks, slots)
    assert slots <= 1 or not is_possible(pairs, desks, slots - 1)


def test_as_few_slots_as_the_edge_colouring_of_another_library() -> None:
    rng = random.Random(11)
    enterprise, bank = meetings(rng, 120, 15, 0.2)
    graph = rustworkx.PyGraph()
    graph.add_nodes_from([None] * 135)
    graph.add_edges_from_no_data([(e, 120 + b) for e, b in zip(enterprise.tolist(), bank.tolist(), strict=True)])
    colours = rustworkx.graph_bipartite_edge_color(graph)
    table = timetable(enterprise, bank, np.ones(15, np.int64))
    assert table.slots_used == max(colours.values()) + 1


@pytest.mark.parametrize("degree", [1, 2, 7, 12])
def test_peeling_gives_a_saturated_graph_one_perfect_matching_a_slot(degree: int) -> None:
    size = 40
    rng = random.Random(degree)
    order = list(range(size))
    rng.shuffle(order)
    enterprise = np.repeat(np.arange(size), degree)
    bank = np.array([order[(i + d) % size] for i in range(size) for d in range(degree)], np.int64)
    slot = peel(enterprise, bank, degree)
    assert (np.bincount(slot, minlength=degree) == size).all()
    assert len(set(zip(enterprise.tolist(), slot.tolist(), strict=True))) == size * degree
    assert len(set(zip(bank.tolist(), slot.tolist(), strict=True))) == size * degree


@pytest.mark.parametrize("slots", [3, 12, 70])
def test_a_saturated_session_is_peeled_and_still_keeps_every_promise(slots: int) -> None:
    size = 90
    enterprise = np.repeat(np.arange(size), slots)
    bank = (enterprise * 7 + np.tile(np.arange(slots), size)) % size
    table = timetable(enterprise, bank, np.ones(size, np.int64))
    check(enterprise, bank, np.ones(size, np.int64), None, table)
    assert table.slots_used == table.bound.slots == slots


@pytest.mark.parametrize("seed", range(20))
def test_peeling_serves_irregular_graphs_too(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    enterprise, bank = meetings(rng, 30, 7, 0.4)
    slots = fewest_slots(enterprise, bank, np.ones(7, np.int64)).slots
    slot = peel(enterprise, bank, slots)
    assert len(set(zip(enterprise.tolist(), slot.tolist(), strict=True))) == len(slot)
    assert len(set(zip(bank.tolist(), slot.tolist(), strict=True))) == len(slot)
    assert not len(slot) or slot.max() < slots


def waits(board: Board, order: list[int]) -> int:
    total = 0
    for mask in board.free_enterprise + board.free_desk:
        busy = [order[slot] for slot in range(board.slots) if not mask >> slot & 1]
        total += max(busy) - min(busy) + 1 - len(busy) if busy else 0
    return total


@pytest.mark.parametrize("seed", range(20))
def test_another_order_of_the_slots_never_makes_waits_longer(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    enterprise, bank = meetings(rng, 40, 6, 0.35)
    slots = fewest_slots(enterprise, bank, np.ones(6, np.int64)).slots
    board = colour(enterprise, bank, 40, 6, slots)
    level(board)
    order = calmest_order(board)
    assert sorted(order) == list(range(slots))
    assert waits(board, order) <= waits(board, list(range(slots)))


def test_a_session_without_meetings_has_an_empty_timetable() -> None:
    nothing = np.zeros(0, np.int64)
    table = timetable(nothing, nothing, np.array([2]))
    assert (table.slots_used, table.rooms_used, table.bound.slots) == (0, 0, 0)
