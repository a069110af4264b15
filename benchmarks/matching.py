"""The best ten products of every request: `python -m benchmarks.matching [quick|full]`.

Ours beside duckdb, polars and dense numpy, all on one core with one thread; all four must give the same keys.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.figure import Figure, at_least, at_most, interleave, main
from benchmarks.matching_markets import Field, field, flat
from benchmarks.matching_peers import (
    TOP,
    WEIGHTS,
    dense_ranker,
    duckdb_ranker,
    keys_of,
    polars_ranker,
    tables,
)
from matchmaking.matching.ranking import rank

SIZES = {"quick": ((2_000, 500), (4_000, 1_000)), "full": ((10_000, 1_000), (50_000, 2_000))}
BARS = ({"duckdb": 6, "polars": 10, "dense numpy": 5}, {"duckdb": 15, "polars": 25, "dense numpy": 12})
LARGEST = {"quick": (8_000, 2_000), "full": (200_000, 5_000)}


def ranked(one: Field) -> None:
    rank(one.requests, one.products, WEIGHTS, TOP)


def beside_peers(one: Field, bars: dict[str, int]) -> Iterator[Figure]:
    asked = tables(one)
    peers = {"duckdb": duckdb_ranker(asked), "polars": polars_ranker(asked), "dense numpy": dense_ranker(asked)}
    mine = keys_of(rank(one.requests, one.products, WEIGHTS, TOP))
    for name, peer in peers.items():
        assert np.array_equal(peer(), mine), f"{name} ranks otherwise"
    for name, peer in peers.items():
        ours, theirs = interleave(lambda: ranked(one), peer)
        yield at_least(f"top-10 of {one.label}: {name} ÷ ours", ours, theirs, bars[name], "seconds, same answer")


def growth(small: Field, large: Field) -> Figure:
    base, grown = interleave(lambda: ranked(small), lambda: ranked(large))
    pairs = len(large.requests) * len(large.products) / (len(small.requests) * len(small.products))
    return at_most(f"{large.label} ÷ {small.label}", grown, base, 35, f"seconds, pairs × {pairs:g}")


def flatness(one: Field) -> Figure:
    level = flat(one)
    normal, worst = interleave(lambda: ranked(one), lambda: ranked(level))
    return at_most(f"{one.label}: flat ÷ normal market", worst, normal, 20, "seconds")


def _status(name: str) -> int:
    """A figure of this process's memory, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def memory_here(size: tuple[int, int]) -> None:
    """Print, in bytes, the peak of the ranking over what the process held before; code is warm, the peak is reset."""
    one = field(*size)
    ranked(field(2_000, 500))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _status("VmRSS")
    ranked(one)
    print(json.dumps(_status("VmHWM") - before))


def memory(scale: str) -> Figure:
    requests, products = LARGEST[scale]
    command = [sys.executable, "-m", "benchmarks.matching", "memory", scale]
    peak = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    label = f"{requests // 1000}k × {products / 1000:g}k: peak memory over base ÷ dense boolean matrix"
    return at_most(label, peak, requests * products, 0.15, "bytes")


def figures(scale: str) -> Iterator[Figure]:
    small, large = (field(*size) for size in SIZES[scale])
    yield from beside_peers(small, BARS[0])
    yield from beside_peers(large, BARS[1])
    yield growth(small, field(*LARGEST[scale]))
    yield memory(scale)
    yield flatness(large)


if __name__ == "__main__":
    if sys.argv[1:2] == ["memory"]:
        memory_here(LARGEST[sys.argv[2]])
    else:
        main("benchmarks.matching", figures)
