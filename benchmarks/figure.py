"""One figure of a benchmark: ours and a peer's, their ratio, the bar, and whether it holds.

A benchmark module has `figures(scale) -> Iterator[Figure]` and a `main()`. Timings of one ratio are taken in turn within
one process, so that a noisy machine disturbs both alike, and each is the median of at least five.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

Work = Callable[[], object]
PINNED = "YINQI_BENCHMARK_PINNED"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"), "1")


@dataclass(frozen=True)
class Figure:
    """`ours` and `peer` in the unit of `note` (seconds as a rule); `ratio` as the name says; `bar` as `≥ 6` or `≤ 0.15`."""

    name: str
    ours: float
    peer: float
    ratio: float
    bar: str
    holds: bool
    note: str = ""


def at_least(name: str, ours: float, peer: float, bar: float, note: str = "") -> Figure:
    """How many times slower (or bigger) the peer is: peer ÷ ours ≥ bar."""
    ratio = peer / ours if ours else float("inf")
    return Figure(name, ours, peer, ratio, f"≥ {bar:g}", ratio >= bar, note)


def at_most(name: str, ours: float, peer: float, bar: float, note: str = "") -> Figure:
    """How much of the peer's figure ours is: ours ÷ peer ≤ bar."""
    ratio = ours / peer if peer else float("inf")
    return Figure(name, ours, peer, ratio, f"≤ {bar:g}", ratio <= bar, note)


def exactly(name: str, ours: float, wanted: float, note: str = "") -> Figure:
    """A count that must be what it must be."""
    ratio = ours / wanted if wanted else float(ours == wanted)
    return Figure(name, ours, wanted, ratio, f"= {wanted:g}", ours == wanted, note)


def timed(work: Work) -> float:
    """Seconds of one run."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def interleave(*works: Work, runs: int = 5) -> tuple[float, ...]:
    """Median seconds of each work, taken in turn, after one round to warm up."""
    spent: list[list[float]] = [[] for _ in works]
    for turn in range(runs + 1):
        for place, work in enumerate(works):
            seconds = timed(work)
            if turn:
                spent[place].append(seconds)
    return tuple(statistics.median(each) for each in spent)


def row(figure: Figure) -> str:
    """One row of the table."""
    holds = "yes" if figure.holds else "**no**"
    cells = (figure.name, f"{figure.ours:.4g}", f"{figure.peer:.4g}", f"{figure.ratio:.3g}", figure.bar, holds)
    return f"| {' | '.join(cells)} | {figure.note} |"


HEADING = "| figure | ours | peer | ratio | bar | holds | note |\n|---|---|---|---|---|---|---|"


def table(figures: Iterable[Figure]) -> str:
    """The figures as a markdown table."""
    return "\n".join([HEADING, *(row(figure) for figure in figures)])


def pin(module: str) -> None:
    """Start the module anew on one core with one thread each, unless that has been done. Call before anything else."""
    if os.environ.get(PINNED):
        return
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.execve(sys.executable, [sys.executable, "-m", module, *sys.argv[1:]], {**os.environ, **ONE_THREAD, PINNED: "1"})


def report(figures: Iterator[Figure]) -> bool:
    """Print each figure as it comes; whether all hold."""
    print(HEADING, flush=True)
    held = True
    for figure in figures:
        print(row(figure), flush=True)
        held = held and figure.holds
    return held


def main(module: str, figures: Callable[[str], Iterator[Figure]]) -> None:
    """`python -m module [quick|full]`: pinned to one core; exit status 1 if a bar is missed."""
    pin(module)
    scale = sys.argv[1] if len(sys.argv) > 1 else "full"
    sys.exit(0 if report(figures(scale)) else 1)
