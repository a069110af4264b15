"""Where a return is worked on: a DuckDB connection within limits, and a scratch folder."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from settlement.returns.limits import DEFAULT_LIMITS, Limits


@contextmanager
def workshop(
    limits: Limits = DEFAULT_LIMITS, folder: Path | None = None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection that spills into the scratch folder and fetches nothing from the net; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="intake-", dir=folder) as scratch:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": limits.threads,
            "memory_limit": f"{limits.memory}B",
            "temp_directory": str(Path(scratch) / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(":memory:", config=config) as connection:
            yield connection, Path(scratch)
