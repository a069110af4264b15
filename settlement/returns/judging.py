"""What the checked rows of a return break: the bitmaps spelled out, and the rules that need a whole return or the last one.

Works on the tables of one connection: of each sheet the text as written and the values with a bitmap a row.
"""

# ruff: noqa: S608 (the SQL is put together from the catalogue; paths are quoted, values are parameters)

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from kernel.money import yuan
from settlement.returns.cases import Case, CaseSetting
from settlement.returns.cells import quoted, written
from settlement.returns.checks import shown
from settlement.returns.column_rules import Severity, on_day
from settlement.returns.findings import Finding, RuleCount
from settlement.returns.kinds import ReturnKind
from settlement.returns.sheets import ReturnSheet

_MASK = 8  # characters of an identity number that are not repeated in a list
_BESIDE = {"maturity_not_after_start": "start_date", "end_not_after_start": "start_date"}


@dataclass(frozen=True)
class _Found:
    """One row that a case gave; `value`, `named` and `borrower` only where the case names them."""

    case: Case
    row: int
    beside: str
    value: str = ""
    named: str = ""
    borrower: str = ""


def _bit_cases(connection: duckdb.DuckDBPyConnection, sheet: ReturnSheet, setting: CaseSetting) -> Iterator[Case]:
    """The rules of single rows that some row of the sheet breaks."""
    bits = connection.execute(f"SELECT coalesce(bit_or(broken), 0) FROM {sheet.checked}").fetchone()
    assert bits is not None
    for place, rule in enumerate(sheet.row_rules):
        if int(bits[0]) >> place & 1:
            beside = f"{_BESIDE[rule.code]}::VARCHAR" if rule.code in _BESIDE else "''"
            query = f"SELECT row, {beside} AS beside FROM {sheet.checked} WHERE broken & {1 << place} <> 0"
            yield Case(on_day(rule, setting.quarter.last_day), query)


def lay_previous(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    """The last return's canonical tape as the view `previous`; empty if there is none."""
    source = f"read_parquet({quoted(str(previous))})" if previous else "(SELECT * FROM checked LIMIT 0)"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW previous AS SELECT * FROM {source}")


def lay_earlier_events(connection: duckdb.DuckDBPyConnection, tapes: Sequence[Path]) -> None:
    """The events of all earlier returns as the view `earlier_events`."""
    listed = ", ".join(quoted(str(path)) for path in tapes)
    source = f"read_parquet([{listed}])" if tapes else "(SELECT * FROM events LIMIT 0)"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW earlier_events AS SELECT * FROM {source}")


def judge(
    connection: duckdb.DuckDBPyConnection, kind: ReturnKind, setting: CaseSetting, *, most: int
) -> tuple[list[Finding], list[RuleCount], int]:
    """Every rule that is broken, with its true count and at most `most` rows; and how many rows of the file have an error."""
    connection.execute(kind.prepare)
    counts: list[RuleCount] = []
    found: list[_Found] = []
    wrong: list[str] = []
    of_rows = (case for sheet in kind.sheets for case in _bit_cases(connection, sheet, setting))
    for case in (*of_rows, *kind.cases(setting)):
        count = connection.execute(f"SELECT count(*) FROM ({case.query})").fetchone()
        assert count is not None
        if count[0]:
            counts.append(RuleCount(case.rule, int(count[0])))
            found += _rows(connection, case, most)
            if case.rule.severity is Severity.ERROR and not case.rule.part:
                wrong.append(f"SELECT row FROM ({case.query})")
    spelled = [one for sheet in kind.sheets for one in _spelled(connection, sheet, found)]
    return spelled, counts, _distinct(connection, wrong)


def _distinct(connection: duckdb.DuckDBPyConnection, queries: Sequence[str]) -> int:
    """How many rows some queries give together, each row once."""
    if not queries:
        return 0
    count = connection.execute(f"SELECT count(*) FROM ({' UNION '.join(queries)}) WHERE row > 0").fetchone()
    assert count is not None
    return int(count[0])


def _rows(connection: duckdb.DuckDBPyConnection, case: Case, most: int) -> list[_Found]:
    names, order = ("row, beside, value, named, borrower", "row, value") if case.names else ("row, beside", "row")
    rows = connection.execute(f"SELECT {names} FROM ({case.query}) ORDER BY {order} LIMIT {most}").fetchall()
    return [_Found(case, int(row), "" if beside is None else str(beside), *said) for row, beside, *said in rows]


def _texts(
    connection: duckdb.DuckDBPyConnection, sheet: ReturnSheet, source: str, rows: set[int], cells: str
) -> dict[int, dict[str, str]]:
    """The cells of some rows as text, by column name."""
    if not rows:
        return {}
    query = f"SELECT row, {cells} FROM {source} WHERE row IN (SELECT unnest($rows))"
    found = connection.execute(query, {"rows": sorted(rows)}).fetchall()
    return {row: dict(zip(sheet.column, texts, strict=True)) for row, *texts in found}


def _as_filed(connection: duckdb.DuckDBPyConnection, sheet: ReturnSheet, rows: set[int]) -> dict[int, dict[str, str]]:
    """The cells as they were filed; reads the file once more."""
    return _texts(connection, sheet, sheet.filed, rows, ", ".join(f"{shown(column)}" for column in sheet.columns))


def _as_read(connection: duckdb.DuckDBPyConnection, sheet: ReturnSheet, rows: set[int]) -> dict[int, dict[str, str]]:
    """The cells as they were read, in one spelling: enough for a warning, which asks to confirm and not to mend."""
    cells = ", ".join(f"coalesce({written(column, column.name)}, '')" for column in sheet.columns)
    return _texts(connection, sheet, sheet.checked, rows, cells)


def _spelled(connection: duckdb.DuckDBPyConnection, sheet: ReturnSheet, found: Sequence[_Found]) -> Iterator[Finding]:
    """The findings of one sheet with the texts of their rows."""
    own = [one for one in found if one.case.rule.part == sheet.part]
    of_errors, of_warnings = (
        {one.row for one in own if one.row and one.case.rule.severity is severity}
        for severity in (Severity.ERROR, Severity.WARNING)
    )
    cells = _as_read(connection, sheet, of_warnings - of_errors) | _as_filed(connection, sheet, of_errors)
    for one in own:
        yield _finding(one, sheet, cells.get(one.row, {}))


def _finding(found: _Found, sheet: ReturnSheet, cells: dict[str, str]) -> Finding:
    rule = found.case.rule
    text = found.value or cells.get(rule.column, "")
    return Finding(
        row=found.row,
        rule=rule,
        value=_masked(text) if rule.code == "identity_number" else text,
        loan_id=found.named or cells.get(sheet.key, ""),
        borrower_name=found.borrower or cells.get("borrower_name", ""),
        beside=yuan(int(found.beside)) if found.case.beside_fen else found.beside,
    )


def _masked(number: str) -> str:
    """An identity number with its birthday hidden: it must not travel in error lists."""
    return number[: -4 - _MASK] + "*" * _MASK + number[-4:] if len(number) > 4 + _MASK else number
