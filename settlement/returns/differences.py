"""What changed between two versions of one return: rows added, left out, or changed cell by cell, a page at a time.

Both versions are read from their filed bytes, accepted or not, and compared in one spelling: `1,000.00` and `1000` are the
same amount, 小型企业 and `small` the same kind.
"""

# ruff: noqa: S608 (the SQL is put together from the catalogue; values are parameters)

from dataclasses import dataclass
from pathlib import Path

import duckdb

from settlement.returns.checks import comparable_rows
from settlement.returns.filed import FiledTable
from settlement.returns.formats import open_filed
from settlement.returns.limits import DEFAULT_LIMITS, Limits
from settlement.returns.reading import lay_and_run
from settlement.returns.sheets import LOAN_SHEET, ReturnSheet
from settlement.returns.workshop import workshop


@dataclass(frozen=True)
class CellChange:
    """One cell's text before and after."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class LoanChange:
    """One loan that differs: added (`old_row` is None), left out (`new_row` is None), or changed in some cells."""

    loan_id: str
    old_row: int | None
    new_row: int | None
    cells: tuple[CellChange, ...] = ()


@dataclass(frozen=True)
class Difference:
    """A page of changes in the order of the newer version, and the counts of all."""

    added: int
    left_out: int
    changed: int
    changes: tuple[LoanChange, ...]

    @property
    def total(self) -> int:
        return self.added + self.left_out + self.changed


def _lay_version(connection: duckdb.DuckDBPyConnection, filed: FiledTable, table: str) -> None:
    """One version's rows, every cell in one spelling, as a table."""
    lay_and_run(
        connection, filed, lambda _: f"CREATE OR REPLACE TEMP TABLE {table} AS {comparable_rows(filed.header.sheet)}"
    )


def _pairing(sheet: ReturnSheet, by_row: bool) -> tuple[str, str]:
    """What pairs two rows: their number, or what names them and, where that repeats, how often it has been seen."""
    if by_row:
        return "row AS key, 1 AS nth", "o.key = n.key"
    nth = f"row_number() OVER (PARTITION BY {sheet.key} ORDER BY row) AS nth"
    return f"{sheet.key} AS key, {nth}", "o.key = n.key AND o.nth = n.nth"


def _pair_up(connection: duckdb.DuckDBPyConnection, sheet: ReturnSheet, by_row: bool) -> None:
    key, joined = _pairing(sheet, by_row)
    same = " AND ".join(f"o.{column.name} = n.{column.name}" for column in sheet.columns)
    cells = ", ".join(f"o.{name} AS old_{name}, n.{name} AS new_{name}" for name in sheet.column)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE differing AS
            SELECT o.row AS old_row, n.row AS new_row, coalesce(n.{sheet.key}, o.{sheet.key}) AS named, {cells}
            FROM (SELECT *, {key} FROM older) AS o FULL JOIN (SELECT *, {key} FROM newer) AS n ON {joined}
            WHERE o.row IS NULL OR n.row IS NULL OR NOT ({same})"""
    )


def _page(connection: duckdb.DuckDBPyConnection, sheet: ReturnSheet, offset: int, limit: int) -> tuple[LoanChange, ...]:
    cells = ", ".join(f"old_{name}, new_{name}" for name in sheet.column)
    found = connection.execute(
        f"""SELECT named, old_row, new_row, {cells} FROM differing
            ORDER BY coalesce(new_row, old_row), old_row LIMIT $limit OFFSET $offset""",
        {"limit": limit, "offset": offset},
    ).fetchall()
    return tuple(_change(tuple(sheet.column), *line) for line in found)


def _change(names: tuple[str, ...], loan_id: str, old_row: int | None, new_row: int | None, *texts: str) -> LoanChange:
    if old_row is None or new_row is None:
        return LoanChange(loan_id, old_row, new_row)
    pairs = zip(names, texts[::2], texts[1::2], strict=True)
    return LoanChange(loan_id, old_row, new_row, tuple(CellChange(*pair) for pair in pairs if pair[1] != pair[2]))


def difference(
    old: Path,
    new: Path,
    *,
    old_file: str | None = None,
    new_file: str | None = None,
    by_row: bool = False,
    offset: int = 0,
    limit: int = 50,
    limits: Limits = DEFAULT_LIMITS,
    sheet: ReturnSheet = LOAN_SHEET,
) -> Difference:
    """The changes from one filed version to another; the names under which they were filed tell their formats.

    Rows are paired by loan id; `by_row` pairs them by number instead, which suits a version made by repairs, where a loan
    id itself may have been mended. Raises `FileRefused` for an unreadable version.
    """
    with workshop(limits) as (connection, scratch):
        for table, source, file in (("older", old, old_file), ("newer", new, new_file)):
            folder = scratch / table
            folder.mkdir()
            _lay_version(connection, open_filed(file or source.name, source, folder, connection, limits, sheet), table)
        _pair_up(connection, sheet, by_row)
        counts = connection.execute(
            """SELECT count(*) FILTER (old_row IS NULL), count(*) FILTER (new_row IS NULL),
                      count(*) FILTER (old_row IS NOT NULL AND new_row IS NOT NULL) FROM differing"""
        ).fetchone()
        assert counts is not None
        added, left_out, changed = (int(count) for count in counts)
        return Difference(added, left_out, changed, _page(connection, sheet, offset, limit))
