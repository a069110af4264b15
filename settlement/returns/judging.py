"""What the checked rows break: the bitmaps spelled out, and the rules that need a whole return or the last one.

Works on two tables of one connection: `filed`, the text as written, and `checked`, values with a bitmap a row.
"""

# ruff: noqa: S608 (the SQL is put together from the catalogue; paths are quoted, values are parameters)

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from kernel.money import yuan
from settlement.returns.cells import CREDIT_CODE, failing_check_digit, matches, quoted, written
from settlement.returns.checks import shown
from settlement.returns.columns import COLUMN, LOAN_COLUMNS
from settlement.returns.findings import Finding, RuleCount
from settlement.returns.rules import GROUP, ROW_RULES, Rule, Severity, on_day

_BESIDE_FEN = ("balances_over_line", "tenfold_jump")
_MASK = 8  # characters of an identity number that are not repeated in a list


@dataclass(frozen=True)
class _Case:
    """A rule and the query for what breaks it: columns `row` and `beside`."""

    rule: Rule
    query: str


def _bit_cases(quarter_end: date, broken_bits: int) -> Iterator[_Case]:
    for place, rule in enumerate(ROW_RULES):
        if broken_bits >> place & 1:
            beside = "start_date::VARCHAR" if rule.code == "maturity_not_after_start" else "''"
            query = f"SELECT row, {beside} AS beside FROM checked WHERE broken & {1 << place} <> 0"
            yield _Case(on_day(rule, quarter_end), query)


_REPEATED = """
    SELECT row, '' AS beside FROM checked
    WHERE loan_id IN (SELECT loan_id FROM checked WHERE loan_id IS NOT NULL GROUP BY loan_id HAVING count(*) > 1)"""

_UNEQUAL = """
    SELECT row, '' AS beside FROM checked
    WHERE borrower_code IN (SELECT borrower_code FROM borrowers WHERE {0}_least <> {0}_most)"""

_OVER_LINE = """
    SELECT row, balances::VARCHAR AS beside FROM borrowers
    WHERE balances > credit_line_most AND credit_line_least = credit_line_most"""

_BORROWERS = """
    CREATE OR REPLACE TEMP TABLE borrowers AS
    SELECT borrower_code, min(row) AS row, sum(balance)::DECIMAL(38, 0) AS balances,
           min(credit_line) AS credit_line_least, max(credit_line) AS credit_line_most,
           min(borrower_kind) AS borrower_kind_least, max(borrower_kind) AS borrower_kind_most
    FROM checked WHERE borrower_code IS NOT NULL GROUP BY borrower_code"""

_JUMP = """
    SELECT now.row, before.balance::VARCHAR AS beside
    FROM checked AS now JOIN previous AS before USING (loan_id)
    WHERE before.balance > 0 AND now.balance::HUGEINT > before.balance::HUGEINT * 10"""

_NO_ROWS = "SELECT 0 AS row, '' AS beside WHERE NOT EXISTS (FROM checked)"


def _group_cases(has_previous: bool) -> Iterator[_Case]:
    bad_digit = (
        f"CASE WHEN {matches('borrower_code', CREDIT_CODE)} THEN {failing_check_digit('borrower_code')} ELSE 0 END"
    )
    yield _Case(GROUP["duplicate_loan"], _REPEATED)
    yield _Case(GROUP["unequal_credit_line"], _UNEQUAL.format("credit_line"))
    yield _Case(GROUP["unequal_borrower_kind"], _UNEQUAL.format("borrower_kind"))
    yield _Case(GROUP["check_digit"], f"SELECT row, '' AS beside FROM borrowers WHERE {bad_digit} <> 0")
    yield _Case(GROUP["balances_over_line"], _OVER_LINE)
    yield _Case(GROUP["no_rows"], _NO_ROWS)
    if has_previous:
        yield _Case(GROUP["tenfold_jump"], _JUMP)


def lay_previous(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    """The last return's canonical tape as the view `previous`; empty if there is none."""
    source = f"read_parquet({quoted(str(previous))})" if previous else "(SELECT * FROM checked LIMIT 0)"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW previous AS SELECT loan_id, balance, classification FROM {source}")


def judge(
    connection: duckdb.DuckDBPyConnection, quarter_end: date, *, has_previous: bool, most: int
) -> tuple[list[Finding], list[RuleCount]]:
    """Every rule that is broken, with its true count and at most `most` rows."""
    connection.execute(_BORROWERS)
    bits = connection.execute("SELECT coalesce(bit_or(broken), 0) FROM checked").fetchone()
    assert bits is not None
    counts: list[RuleCount] = []
    found: list[tuple[int, str, Rule]] = []
    for case in (*_bit_cases(quarter_end, int(bits[0])), *_group_cases(has_previous)):
        count = connection.execute(f"SELECT count(*) FROM ({case.query})").fetchone()
        assert count is not None
        if count[0]:
            counts.append(RuleCount(case.rule, int(count[0])))
            rows = connection.execute(f"{case.query} ORDER BY row LIMIT {most}").fetchall()
            found += [(int(row), str(beside), case.rule) for row, beside in rows]
    return list(_spelled(connection, found)), counts


def _texts(connection: duckdb.DuckDBPyConnection, source: str, rows: set[int], cells: str) -> dict[int, dict[str, str]]:
    """The cells of some rows as text, by column name."""
    if not rows:
        return {}
    query = f"SELECT row, {cells} FROM {source} WHERE row IN (SELECT unnest($rows))"
    found = connection.execute(query, {"rows": sorted(rows)}).fetchall()
    return {row: dict(zip(COLUMN, texts, strict=True)) for row, *texts in found}


def _as_filed(connection: duckdb.DuckDBPyConnection, rows: set[int]) -> dict[int, dict[str, str]]:
    """The cells as they were filed; reads the file once more."""
    return _texts(connection, "filed", rows, ", ".join(f"{shown(column)}" for column in LOAN_COLUMNS))


def _as_read(connection: duckdb.DuckDBPyConnection, rows: set[int]) -> dict[int, dict[str, str]]:
    """The cells as they were read, in one spelling: enough for a warning, which asks to confirm and not to mend."""
    cells = ", ".join(f"coalesce({written(column, column.name)}, '')" for column in LOAN_COLUMNS)
    return _texts(connection, "checked", rows, cells)


def _spelled(connection: duckdb.DuckDBPyConnection, found: list[tuple[int, str, Rule]]) -> Iterator[Finding]:
    of_errors, of_warnings = (
        {row for row, _, rule in found if row and rule.severity is severity}
        for severity in (Severity.ERROR, Severity.WARNING)
    )
    written_cells = _as_read(connection, of_warnings - of_errors) | _as_filed(connection, of_errors)
    for row, beside, rule in found:
        cells = written_cells.get(row, {})
        text = cells.get(rule.column, "")
        yield Finding(
            row=row,
            rule=rule,
            value=_masked(text) if rule.code == "identity_number" else text,
            loan_id=cells.get("loan_id", ""),
            borrower_name=cells.get("borrower_name", ""),
            beside=yuan(int(beside)) if rule.code in _BESIDE_FEN else beside,
        )


def _masked(number: str) -> str:
    """An identity number with its birthday hidden: it must not travel in error lists."""
    return number[: -4 - _MASK] + "*" * _MASK + number[-4:] if len(number) > 4 + _MASK else number
