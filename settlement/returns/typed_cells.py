"""A cell typed on the page is looked at once by the very rules that read the file, on a row of its own in memory."""

# ruff: noqa: S608 (the SQL is put together from the catalogue; typed texts are parameters)

from collections.abc import Mapping
from datetime import date

import duckdb

from settlement.returns.checks import BLANK, read_rows
from settlement.returns.column_rules import Rule, on_day
from settlement.returns.filed import create_view
from settlement.returns.limits import MEBIBYTE
from settlement.returns.sheets import LOAN_SHEET, ReturnSheet

_SMALL: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": f"{64 * MEBIBYTE}B",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def _named(name: str) -> str:
    """A column's name as an SQL identifier."""
    return f'"{name}"'


def _bits(sheet: ReturnSheet, cells: Mapping[str, str], quarter_end: date) -> int:
    names = list(sheet.column)
    with duckdb.connect(":memory:", config=_SMALL) as connection:
        connection.execute(f"CREATE TEMP TABLE typed ({', '.join(f'{_named(name)} VARCHAR' for name in names)})")
        marks = ", ".join("?" for _ in names)
        connection.execute(f"INSERT INTO typed VALUES ({marks})", [cells.get(name, "") for name in names])
        create_view(connection, "typed", "1", "true", {name: _named(name) for name in names}, sheet)
        rows = read_rows(quarter_end, in_order=False, sheet=sheet, are_whole=False)
        found = connection.execute(f"SELECT broken FROM ({rows})").fetchone()
    assert found is not None
    return int(found[0])


def broken_rule(
    column: str, cells: Mapping[str, str], quarter_end: date, sheet: ReturnSheet = LOAN_SHEET
) -> Rule | None:
    """The first rule that the cell of `column` breaks, beside the other `cells` of its row that are known; None if none.

    Rules that look at several rows are told by `mending.still_wrong`.
    """
    of_column = [(place, rule) for place, rule in enumerate(sheet.row_rules) if rule.column == column]
    if not cells.get(column, "").strip():
        return next((rule for _, rule in of_column if rule.code == "missing"), None)
    bits = _bits(sheet, cells, quarter_end)
    found = None if bits == BLANK else next((rule for place, rule in of_column if bits >> place & 1), None)
    return on_day(found, quarter_end) if found else None
