"""The settlement engine beside its peers: `python -m benchmarks.settlement [quick|full]`.

Both sides of every figure run in turn within one process, or in fresh processes for memory; each number is the median of
at least five. `full` is 1 M and 10 M rows a quarter, `quick` a tenth of it.
"""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.figure import Figure, at_most, interleave, report
from benchmarks.settlement_peers import BY_HAND, SCAN, TEXTBOOK, postgresql
from benchmarks.settlement_tapes import make_quarter
from kernel.policies import PolicyBook
from settlement.engine.balances import Tape, reconciliations, sums
from settlement.engine.cache import MemoryCache
from settlement.engine.definition import Definition, definition_in_force
from settlement.engine.machines import DuckDB, DuckDBPool
from settlement.engine.statement import statement

POLICIES = Path(__file__).parents[1] / "config" / "policies"
ROUNDS = 5
ROWS = {"quick": (100_000, 1_000_000), "full": (1_000_000, 10_000_000)}
Tapes = Sequence[Path]


def in_force() -> Definition:
    return definition_in_force(PolicyBook.load(POLICIES), date(2022, 3, 31))


def settle_all(machine: DuckDB | DuckDBPool, tapes: Tapes, definition: Definition) -> MemoryCache:
    """Every return of the quarter, from its rows."""
    cache = MemoryCache()
    reconciliations([Tape(tape, str(tape)) for tape in tapes], definition, machine, cache)
    return cache


def drained(machine: DuckDB, text: str, tapes: Tapes) -> None:
    for _ in machine.rows(text, tapes):
        pass


def over_a_scan(tapes: Tapes, rows: int, bar: float) -> Figure:
    machine, definition = DuckDB(threads=1), in_force()
    settle, scan = interleave(
        lambda: settle_all(machine, tapes, definition), lambda: drained(machine, SCAN, tapes), runs=ROUNDS
    )
    return at_most(f"settle every institution ÷ plain scan, {rows / 1e6:g} M rows", settle, scan, bar)


def growth(smaller: Figure, larger: Figure) -> Figure:
    return at_most(
        "the same, time of the larger ÷ time of the smaller", larger.ours, smaller.ours, 11, "ten times the rows"
    )


def two_processes(tapes: Tapes) -> Figure:
    definition = in_force()
    with DuckDBPool(1) as one, DuckDBPool(2) as two:
        both, alone = interleave(
            lambda: settle_all(two, tapes, definition), lambda: settle_all(one, tapes, definition), runs=ROUNDS
        )
    return at_most("two processes ÷ one", both, alone, 0.65)


def what_if(tapes: Tapes) -> Figure:
    """Another borrower rule on sums that were kept from the first settling."""
    machine, definition = DuckDB(threads=1), in_force()
    cache = settle_all(machine, tapes, definition)
    asked = [Tape(tape, str(tape)) for tape in tapes]
    without = replace(definition, tests_credit_line=False)
    kept, scan = interleave(
        lambda: reconciliations(asked, without, machine, cache), lambda: drained(machine, SCAN, tapes), runs=ROUNDS
    )
    return at_most("what-if without the credit-line rule ÷ plain scan", kept, scan, 0.8, "from kept sums")


def restated(tapes: Tapes) -> Figure:
    """One return in the middle is filed anew; only it is read."""
    machine, definition = DuckDB(threads=1), in_force()
    cache, middle = settle_all(machine, tapes, definition), tapes[len(tapes) // 2]
    rows = [duckdb.read_parquet(str(tape)).count("*").fetchall()[0][0] for tape in tapes]
    turn = iter(range(10**6))

    def again() -> None:
        known = [Tape(tape, str(tape)) for tape in tapes if tape != middle]
        sums([*known, Tape(middle, f"version {next(turn)}")], definition, machine, cache)

    one, whole = interleave(again, lambda: settle_all(machine, tapes, definition), runs=ROUNDS)
    share = rows[tapes.index(middle)] / sum(rows)
    note = f"peer: {share:.1%} of the whole, which is the return's share of the rows"
    return at_most("re-settle one restated return ÷ its share of the whole", one, whole * share, 1.5, note)


def by_core(tapes: Tapes) -> Figure:
    machine, definition = DuckDB(threads=1), in_force()
    core, hand = interleave(
        lambda: drained(machine, statement(definition).text, tapes),
        lambda: drained(machine, BY_HAND, tapes),
        runs=ROUNDS,
    )
    return at_most("statement built by Core ÷ the same by hand", core, hand, 1.1)


def _peak(way: str, tapes: Tapes) -> int:
    """Peak resident memory of a fresh process that settles one way, in bytes above an idle one."""
    command = [sys.executable, "-m", "benchmarks.settlement", "peak", way, *map(str, tapes)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def peak_of(way: str, tapes: Tapes) -> int:
    """Runs in the fresh process: bytes by which the peak rose."""
    machine, definition = DuckDB(threads=1), in_force()
    text = statement(definition).text
    before = _peak_resident()
    if way == "each":
        settle_all(machine, tapes, definition)
    else:
        listed = ", ".join(f"'{tape}'" for tape in tapes)
        source = f"read_parquet([{listed}], filename = true)"
        machine.connection.execute(f"CREATE VIEW loans AS SELECT *, filename AS institution FROM {source}")
        machine.connection.execute(TEXTBOOK if way == "textbook" else text).fetchall()
    return _peak_resident() - before


def _peak_resident() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def memory(tapes: Tapes) -> Figure:
    peaks = {way: statistics.median(_peak(way, tapes) for _ in range(ROUNDS)) for way in ("each", "textbook", "same")}
    note = (
        f"MB; peer: the client's line by grouping. Our own statement over all at once takes {peaks['same'] / 1e6:.0f} MB: "
        "it groups no clients, so it streams either way"
    )
    name = "peak memory, by institution ÷ one statement on all"
    return at_most(name, peaks["each"] / 1e6, peaks["textbook"] / 1e6, 0.2, note)


def figures(folder: Path, scale: str) -> Iterator[Figure]:
    small, large = (make_quarter(folder / str(rows), rows) for rows in ROWS[scale])
    scans = [
        over_a_scan(tapes, rows, bar) for tapes, rows, bar in zip((small, large), ROWS[scale], (2.5, 2.0), strict=True)
    ]
    yield from scans
    yield growth(*scans)
    for measure in (two_processes, what_if, restated, by_core, memory):
        yield measure(large)
    definition = in_force()
    with DuckDBPool(2) as machine:
        yield from postgresql(large, statement(definition).text, lambda: settle_all(machine, large, definition), ROUNDS)


def main() -> None:
    if sys.argv[1:2] == ["peak"]:
        print(peak_of(sys.argv[2], [Path(name) for name in sys.argv[3:]]))
        return
    scale = sys.argv[1] if len(sys.argv) > 1 else "full"
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if report(figures(Path(folder), scale)) else 1)


if __name__ == "__main__":
    main()
