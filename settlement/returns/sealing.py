"""The canonical tapes of an accepted return: written in one step, and the digest of their rows."""

# ruff: noqa: S608 (the SQL is put together from the layouts; paths are parameters)

import os
from pathlib import Path

import duckdb

from settlement.engine.guarantee_tape import guarantee_digest
from settlement.engine.tape import row_digest
from settlement.returns.kinds import ReturnKind
from settlement.returns.sheets import ReturnSheet


def events_beside(tape: Path) -> Path:
    """Where the tape of the events lies, beside that of the contracts."""
    return tape.with_name(f"{tape.stem}.events.parquet")


def _write_tape(connection: duckdb.DuckDBPyConnection, sheet: ReturnSheet, into: Path) -> None:
    """Write the tape beside its place, flush it to disk, then put it there in one step."""
    numbered = "dense_rank() OVER (ORDER BY borrower_code)"
    columns = ", ".join(
        f"{numbered if column.name == 'bno' else column.name}::{column.sql_type} AS {column.name}"
        for column in sheet.layout.columns
    )
    order = ", ".join(sheet.layout.sorted_by)
    unfinished = into.with_name(f".{into.name}.{os.getpid()}")
    try:
        connection.execute(
            f"COPY (SELECT {columns} FROM {sheet.checked} ORDER BY {order}) TO $into (FORMAT parquet, COMPRESSION zstd)",
            {"into": str(unfinished)},
        )
        with unfinished.open("rb+") as written:
            os.fsync(written.fileno())
        unfinished.replace(into)
    finally:
        unfinished.unlink(missing_ok=True)


def _give_up_tables(connection: duckdb.DuckDBPyConnection, kind: ReturnKind) -> None:
    """Drop what was read: the digest needs the memory too."""
    found = connection.execute("SELECT view_name FROM duckdb_views() WHERE temporary AND NOT internal").fetchall()
    for (name,) in found:
        connection.execute(f"DROP VIEW {name}")
    for name in ("borrowers", *(sheet.read for sheet in kind.sheets)):
        connection.execute(f"DROP TABLE {name}")


def seal(connection: duckdb.DuckDBPyConnection, kind: ReturnKind, into: Path) -> str:
    """Write the tapes and give the digest of the return's rows."""
    tapes = dict(zip(kind.sheets, (into, events_beside(into)), strict=False))
    for sheet, tape in tapes.items():
        _write_tape(connection, sheet, tape)
    _give_up_tables(connection, kind)
    digests = [row_digest(connection, tape, sheet.layout) for sheet, tape in tapes.items()]
    return guarantee_digest(*digests) if kind.beside else digests[0]
