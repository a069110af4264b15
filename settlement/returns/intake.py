"""Intake of one loan return: from the filed file to a canonical tape, or to every error it holds. Knows no database.

Whole file or nothing: the tape is written only if no row has an error.
"""

# ruff: noqa: S608 (the SQL is put together from the catalogue; paths are quoted, values are parameters)

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.tables.faults import FileRefused, whole_file
from settlement.engine.tape import LOAN_TAPE, row_digest
from settlement.returns.checks import CHECKED, read_rows
from settlement.returns.columns import LOAN_COLUMNS
from settlement.returns.filed import FiledTable
from settlement.returns.findings import Conversions, Findings, Intake, RollForward, gathered
from settlement.returns.formats import open_filed
from settlement.returns.judging import judge, lay_previous
from settlement.returns.limits import DEFAULT_LIMITS, Limits
from settlement.returns.reading import lay_and_run
from settlement.returns.rolling import roll_forward_of
from settlement.returns.rules import Severity
from settlement.returns.workshop import workshop

FIRST_ROWS = 5
LISTED_PER_RULE = 1000


def check_rows(connection: duckdb.DuckDBPyConnection, filed: FiledTable, quarter: Quarter) -> None:
    """Read the filed rows once into the view `checked`; raises `FileRefused` where cells cannot be told apart."""
    lay_and_run(
        connection,
        filed,
        lambda in_order: f"CREATE OR REPLACE TEMP TABLE read_rows AS {read_rows(quarter.last_day, in_order=in_order)}",
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW checked AS {CHECKED}")


@dataclass(frozen=True)
class _Judged:
    """What the rows of one return come to."""

    errors: Findings
    warnings: Findings
    first_rows: tuple[tuple[str, ...], ...]
    roll_forward: RollForward | None
    rows: int
    borrowers: int
    balance: int
    conversions: Conversions


def _judged(
    connection: duckdb.DuckDBPyConnection, filed: FiledTable, quarter: Quarter, previous: Path | None, most: int
) -> _Judged:
    check_rows(connection, filed, quarter)
    lay_previous(connection, previous)
    found, counts = judge(connection, quarter.last_day, has_previous=previous is not None, most=most)
    rows, borrowers, balance, *conversions = _totals(connection)
    return _Judged(
        errors=gathered(found, counts, Severity.ERROR),
        warnings=gathered(found, counts, Severity.WARNING),
        first_rows=_first_rows(filed),
        roll_forward=roll_forward_of(connection, "previous", "checked") if previous else None,
        rows=rows,
        borrowers=borrowers,
        balance=balance,
        conversions=Conversions(*conversions),
    )


def _totals(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Rows, borrowers, balance in fen, and the conversions by kind."""
    found = connection.execute(
        """SELECT count(*), (SELECT count(*) FROM borrowers), coalesce(sum(balance), 0)::DECIMAL(38, 0)::VARCHAR,
                  coalesce(sum(tidied & 255), 0)::BIGINT, coalesce(sum(tidied >> 8 & 255), 0)::BIGINT,
                  coalesce(sum(tidied >> 16), 0)::BIGINT
           FROM checked"""
    ).fetchone()
    assert found is not None
    return [int(value) for value in found]


def _first_rows(filed: FiledTable) -> tuple[tuple[str, ...], ...]:
    with filed.rows() as rows:
        return tuple(tuple(cells) for _, (_, cells) in zip(range(FIRST_ROWS), rows, strict=False))


def _write_tape(connection: duckdb.DuckDBPyConnection, into: Path) -> None:
    """Write the tape beside its place, flush it to disk, then put it there in one step."""
    numbered = "dense_rank() OVER (ORDER BY borrower_code)"
    columns = ", ".join(
        f"{numbered if column.name == 'bno' else column.name}::{column.sql_type} AS {column.name}"
        for column in LOAN_TAPE
    )
    unfinished = into.with_name(f".{into.name}.{os.getpid()}")
    try:
        connection.execute(
            f"COPY (SELECT {columns} FROM checked ORDER BY borrower_code, loan_id) TO $into (FORMAT parquet, COMPRESSION zstd)",
            {"into": str(unfinished)},
        )
        with unfinished.open("rb+") as written:
            os.fsync(written.fileno())
        unfinished.replace(into)
    finally:
        unfinished.unlink(missing_ok=True)


def _seal(connection: duckdb.DuckDBPyConnection, into: Path) -> str:
    """Write the tape and give its row digest; the tables are given up first, for the digest needs memory too."""
    _write_tape(connection, into)
    connection.execute("DROP VIEW previous; DROP VIEW checked; DROP TABLE read_rows; DROP TABLE borrowers")
    return row_digest(connection, into)


def too_costly(file: str) -> FileRefused:
    """The refusal of a file that takes more than its limits allow."""
    return whole_file(
        file,
        "too_costly",
        Text(
            "读这个文件用的内存或时间超过了限度；请用模板重新导出，行数很多时改用 CSV",
            "Reading this file takes more memory or time than allowed; export it again from the template, or as CSV",
        ),
    )


def intake(
    source: Path,
    *,
    institution_code: str,
    quarter: Quarter,
    into: Path,
    previous: Path | None = None,
    file: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    listed: int = LISTED_PER_RULE,
) -> Intake:
    """Read one filed loan return; on no error, write its canonical tape to `into`.

    `previous` is the canonical tape of the institution's last return, `file` the name under which it was filed (its ending
    tells the format), `listed` how many rows a rule are listed. Raises `kernel.tables.faults.FileRefused` for a file that
    cannot be read as a table at all: encoding, format, hostile content, header.
    """
    name = file or source.name
    try:
        with workshop(limits, into.parent) as (connection, scratch):
            filed = open_filed(name, source, scratch, connection, limits)
            judged = _judged(connection, filed, quarter, previous, listed)
            sealed = None if judged.errors else _seal(connection, into)
    except duckdb.OutOfMemoryException:
        raise too_costly(name) from None
    return Intake(
        institution_code=institution_code,
        quarter=quarter,
        file=name,
        format=filed.format,
        encoding=filed.encoding,
        sheet=filed.sheet,
        size=source.stat().st_size,
        filed_digest=filed.filed_digest,
        headings=filed.header.cells,
        first_rows=judged.first_rows,
        rows=judged.rows,
        borrowers=judged.borrowers,
        total_balance=judged.balance,
        conversions=judged.conversions,
        errors=judged.errors,
        warnings=judged.warnings,
        roll_forward=judged.roll_forward,
        tape=into if sealed else None,
        row_digest=sealed,
        absent_columns=tuple(column.name for column in LOAN_COLUMNS if column.name not in filed.header.places),
    )
