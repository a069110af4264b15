"""Where the statement runs: in this process by default, over a pool of processes, or on a cluster that has Spark.

The port is `rows(text, returns)`: one list of rows per return, in the order asked. Nothing is shuffled between returns,
because the limit is a client's line within the institution; memory is bounded by the largest return.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, cached_property
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import duckdb

from kernel.errors import Refused

Rows = list[tuple[Any, ...]]


class Machine(Protocol):
    """Something that can run the statement over canonical returns, each seen as a table `loans`."""

    name: str

    def rows(self, text: str, returns: Sequence[Path]) -> Iterator[Rows]: ...


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own in memory; `threads` None takes every core."""
    return duckdb.connect(config={"threads": threads} if threads else {})


def rows_of_return(connection: duckdb.DuckDBPyConnection, text: str, tape: Path) -> Rows:
    """The statement's rows over one canonical return."""
    answer = connection.read_parquet(str(tape)).query("loans", text)
    return [] if answer is None else answer.fetchall()


class DuckDB:
    """DuckDB in this process; the default. It starts when it is first asked: with every sum known it need not."""

    name = "duckdb"

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        return connect(self.threads)

    def rows(self, text: str, returns: Sequence[Path]) -> Iterator[Rows]:
        for tape in returns:
            yield rows_of_return(self.connection, text, tape)


@cache
def _own_connection() -> duckdb.DuckDBPyConnection:
    """One single-threaded connection for each worker process."""
    return connect(threads=1)


def _in_worker(text: str, tape: Path) -> Rows:
    return rows_of_return(_own_connection(), text, tape)


class DuckDBPool:
    """DuckDB in several processes, one return at a time each, the largest first; close it, or use it in a `with`."""

    name = "duckdb"

    def __init__(self, processes: int) -> None:
        self.pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))

    def rows(self, text: str, returns: Sequence[Path]) -> Iterator[Rows]:
        sizes = {number: tape.stat().st_size for number, tape in enumerate(returns)}
        largest_first = sorted(sizes, key=lambda number: -sizes[number])
        running = {number: self.pool.submit(_in_worker, text, returns[number]) for number in largest_first}
        for number in range(len(returns)):
            yield running.pop(number).result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pool.shutdown(cancel_futures=True)


class Spark:
    """The cluster a province already has: Spark 4, by `spark-submit` or Spark Connect. Optional: needs pyspark."""

    name = "spark"

    def __init__(self) -> None:
        try:
            # An optional dependency, so it is looked for only when asked for.
            sql = import_module("pyspark.sql")
        except ImportError:
            raise Refused(
                "spark_missing",
                "这里没有装 pyspark，用不了 --engine spark：请在有 Spark 的集群上运行，或改用 --engine duckdb",
                "pyspark is not installed here, so --engine spark cannot run: use a machine with Spark, or --engine duckdb",
            ) from None
        self.session = sql.SparkSession.builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
        self.session.conf.set("spark.sql.ansi.enabled", "true")  # without it a sum past 64 bits wraps silently

    def rows(self, text: str, returns: Sequence[Path]) -> Iterator[Rows]:
        for tape in returns:
            self.session.read.parquet(str(tape)).createOrReplaceTempView("loans")
            yield [tuple(row) for row in self.session.sql(text).collect()]


def machine(name: str) -> Machine:
    """The machine of a name: `duckdb` or `spark`."""
    return Spark() if name == "spark" else DuckDB()
