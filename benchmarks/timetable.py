"""Slots, desks and rooms beside rustworkx's edge colouring: `python -m benchmarks.timetable [quick|full]`.

Ours is the whole timetable (least slots, desks, level slots, short waits, rooms), the peer colours the same desks only.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import rustworkx

from benchmarks.figure import Figure, at_least, at_most, exactly, interleave, main
from matchmaking.matching.columns import Ints
from matchmaking.timetable.schedule import timetable


@dataclass(frozen=True)
class Meetings:
    enterprise: Ints
    bank: Ints
    desks: Ints


def session(enterprises: int, banks: int, desks: int, slots: int, filled: float, seed: int = 2022) -> Meetings:
    """Random meetings, at most three an enterprise, that fill a share of all seats."""
    rng = random.Random(seed)
    seats, wishes = [desks * slots] * banks, [3] * enterprises
    pairs: dict[tuple[int, int], None] = {}
    while len(pairs) < int(banks * desks * slots * filled):
        firm, bank = rng.randrange(enterprises), rng.randrange(banks)
        if wishes[firm] and seats[bank] and (firm, bank) not in pairs:
            pairs[firm, bank] = None
            wishes[firm] -= 1
            seats[bank] -= 1
    columns = np.array(list(pairs), np.int64)
    return Meetings(columns[:, 0], columns[:, 1], np.full(banks, desks))


def saturated(size: int, degree: int, seed: int = 2022) -> Meetings:
    """Every enterprise and every bank, of one desk, busy in (nearly) every slot."""
    rng = np.random.default_rng(seed)
    pairs = {(firm, int(bank)) for _ in range(degree) for firm, bank in enumerate(rng.permutation(size))}
    columns = np.array(sorted(pairs), np.int64)
    return Meetings(columns[:, 0], columns[:, 1], np.ones(size, np.int64))


def peer(meetings: Meetings) -> Callable[[], int]:
    """rustworkx colours the graph of enterprises and desks; the graph is made beforehand."""
    order = np.argsort(meetings.bank, kind="stable")
    first = np.searchsorted(meetings.bank[order], np.arange(len(meetings.desks)))
    nth = np.arange(len(order)) - first[meetings.bank[order]]
    desks = np.concatenate([[0], np.cumsum(meetings.desks)])
    desk = desks[meetings.bank[order]] + nth % meetings.desks[meetings.bank[order]]
    firms = int(meetings.enterprise.max()) + 1
    graph = rustworkx.PyGraph()
    graph.add_nodes_from([None] * (firms + int(desks[-1])))
    graph.add_edges_from_no_data(list(zip(meetings.enterprise[order].tolist(), (firms + desk).tolist(), strict=True)))
    return lambda: max(rustworkx.graph_bipartite_edge_color(graph).values()) + 1


def ours(meetings: Meetings) -> None:
    timetable(meetings.enterprise, meetings.bank, meetings.desks)


def beside(name: str, meetings: Meetings, bar: float) -> Iterator[Figure]:
    colour, table = peer(meetings), timetable(meetings.enterprise, meetings.bank, meetings.desks)
    label = f"{name}, {len(meetings.bank):,} meetings"
    mine, theirs = interleave(lambda: ours(meetings), colour, runs=15)  # some are of 30 ms
    yield at_least(f"timetable of {label}: rustworkx ÷ ours", mine, theirs, bar, "seconds, whole timetable")
    yield exactly(f"slots ÷ T*, {label}", table.slots_used, table.bound.slots, f"rustworkx {colour()}")


def figures(scale: str) -> Iterator[Figure]:
    part = 1 if scale == "full" else 10
    yield from beside("12 slots, 93 % full", session(10_000 // part, 100 // part, 15, 12, 0.93), 2)
    yield from beside("12 slots, 99 % full", session(50_000 // part, 300 // part, 25, 12, 0.99), 1.5)
    full = saturated(5_000 // part, 20)
    mine, theirs = interleave(lambda: ours(full), peer(full))
    yield at_most(f"saturated {5_000 // part:,} × 20: ours ÷ rustworkx", mine, theirs, 1.5, "seconds, whole timetable")


if __name__ == "__main__":
    main("benchmarks.timetable", figures)
