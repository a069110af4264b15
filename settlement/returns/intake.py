"""Intake of one return of any kind: from the filed file to a canonical tape, or to every error it holds. Knows no database.

Whole file or nothing: the tape is written only if no row has an error. A return with a file beside it (the events of
guarantees) has a second tape next to the first, and is accepted or not as one.
"""

# ruff: noqa: S608 (the SQL is put together from the catalogue; paths are quoted, values are parameters)

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb

from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.tables.faults import FileRefused, whole_file
from kernel.works.telling import Told, nobody_told
from settlement.returns.cases import CaseSetting
from settlement.returns.checks import checked, read_rows
from settlement.returns.column_rules import Severity
from settlement.returns.filed import FiledTable
from settlement.returns.findings import Conversions, Findings, Intake, RollForward, gathered
from settlement.returns.formats import open_filed
from settlement.returns.judging import judge, lay_earlier_events, lay_previous
from settlement.returns.kinds import LOANS, ReturnKind
from settlement.returns.limits import DEFAULT_LIMITS, Limits
from settlement.returns.reading import lay_and_run
from settlement.returns.rolling import roll_forward_of
from settlement.returns.sealing import seal
from settlement.returns.sheets import ReturnSheet
from settlement.returns.watching import counting_bytes
from settlement.returns.workshop import workshop

FIRST_ROWS = 5
LISTED_PER_RULE = 1000


class FiledFile(NamedTuple):
    """A file of a return: where its bytes are, and the name under which it was filed."""

    path: Path
    name: str


@dataclass(frozen=True)
class Known:
    """What a return is held against: the canonical tape of the last one, the events of all earlier ones, and the lenders on
    the register (None: not asked)."""

    previous: Path | None = None
    earlier_events: tuple[Path, ...] = ()
    lenders: frozenset[str] | None = None


def check_rows(connection: duckdb.DuckDBPyConnection, filed: FiledTable, quarter: Quarter) -> None:
    """Read the filed rows once into the sheet's view of checked rows; raises `FileRefused` where cells cannot be told apart."""
    sheet, day = filed.header.sheet, quarter.last_day
    lay_and_run(
        connection,
        filed,
        lambda in_order: (
            f"CREATE OR REPLACE TEMP TABLE {sheet.read} AS {read_rows(day, in_order=in_order, sheet=sheet)}"
        ),
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {sheet.checked} AS {checked(sheet)}")


def _no_rows(connection: duckdb.DuckDBPyConnection, sheet: ReturnSheet) -> None:
    """A sheet that was not filed, as a table without rows."""
    columns = ", ".join(f"{column.name} {column.sql_type}" for column in sheet.layout.columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {sheet.read} ({columns}, broken BIGINT, tidied BIGINT)")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {sheet.checked} AS SELECT * FROM {sheet.read}")


@dataclass(frozen=True)
class _Opened:
    """The files of one return, opened."""

    main: FiledTable
    events: FiledTable | None


def _open(
    kind: ReturnKind,
    main: FiledFile,
    events: FiledFile | None,
    scratch: Path,
    connection: duckdb.DuckDBPyConnection,
    limits: Limits,
) -> _Opened:
    opened = open_filed(main.name, main.path, scratch, connection, limits, kind.sheet)
    if events is None or kind.beside is None:
        return _Opened(opened, None)
    (scratch / "events").mkdir()
    beside = open_filed(events.name, events.path, scratch / "events", connection, limits, kind.beside)
    return _Opened(opened, beside)


@dataclass(frozen=True)
class _Judged:
    """What the rows of one return come to."""

    errors: Findings
    warnings: Findings
    first_rows: tuple[tuple[str, ...], ...]
    roll_forward: RollForward | None
    rows: int
    borrowers: int
    amount: int
    conversions: Conversions
    events: int
    wrong_rows: int


def _lay(
    connection: duckdb.DuckDBPyConnection, kind: ReturnKind, opened: _Opened, quarter: Quarter, known: Known
) -> None:
    """Everything that the rules ask, as tables and views of the connection."""
    check_rows(connection, opened.main, quarter)
    lay_previous(connection, known.previous)
    if opened.events is not None:
        check_rows(connection, opened.events, quarter)
    elif kind.beside is not None:
        _no_rows(connection, kind.beside)
    if kind.beside is not None:
        lay_earlier_events(connection, known.earlier_events)


def _judged(
    connection: duckdb.DuckDBPyConnection, kind: ReturnKind, opened: _Opened, quarter: Quarter, known: Known, most: int
) -> _Judged:
    setting = CaseSetting(quarter, has_previous=known.previous is not None, lenders=known.lenders)
    found, counts, wrong_rows = judge(connection, kind, setting, most=most)
    rows, borrowers, amount, *conversions = _totals(connection, kind)
    old, new = kind.rolled.format("previous"), kind.rolled.format("checked")
    return _Judged(
        errors=gathered(found, counts, Severity.ERROR),
        warnings=gathered(found, counts, Severity.WARNING),
        first_rows=_first_rows(opened.main),
        roll_forward=roll_forward_of(connection, old, new) if known.previous else None,
        rows=rows,
        borrowers=borrowers,
        amount=amount,
        conversions=Conversions(*conversions),
        events=_count(connection, kind.beside),
        wrong_rows=wrong_rows,
    )


def _totals(connection: duckdb.DuckDBPyConnection, kind: ReturnKind) -> list[int]:
    """Rows, borrowers, the added amount in fen, and the conversions by kind."""
    found = connection.execute(
        f"""SELECT count(*), (SELECT count(*) FROM borrowers), coalesce(sum({kind.amount}), 0)::DECIMAL(38, 0)::VARCHAR,
                  coalesce(sum(tidied & 255), 0)::BIGINT, coalesce(sum(tidied >> 8 & 255), 0)::BIGINT,
                  coalesce(sum(tidied >> 16 & 255), 0)::BIGINT, coalesce(sum(tidied >> 24), 0)::BIGINT
           FROM checked"""
    ).fetchone()
    assert found is not None
    return [int(value) for value in found]


def _count(connection: duckdb.DuckDBPyConnection, sheet: ReturnSheet | None) -> int:
    if sheet is None:
        return 0
    found = connection.execute(f"SELECT count(*) FROM {sheet.checked}").fetchone()
    assert found is not None
    return int(found[0])


def _first_rows(filed: FiledTable) -> tuple[tuple[str, ...], ...]:
    with filed.rows() as rows:
        return tuple(tuple(cells) for _, (_, cells) in zip(range(FIRST_ROWS), rows, strict=False))


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
    kind: ReturnKind = LOANS,
    known: Known | None = None,
    previous: Path | None = None,
    file: str | None = None,
    events: FiledFile | None = None,
    limits: Limits = DEFAULT_LIMITS,
    listed: int = LISTED_PER_RULE,
    told: Told = nobody_told,
) -> Intake:
    """Read one filed return; on no error, write its canonical tape to `into` (and that of its events to `events_beside(into)`).

    `known` is what it is held against (`previous` alone stands for a last return and nothing else), `file` the name under which
    it was filed (its ending tells the format), `listed` how many rows a rule are listed; `told` hears how far it is. Raises
    `kernel.tables.faults.FileRefused` for a file that cannot be read as a table at all: encoding, format, hostile content,
    header.
    """
    main, against = FiledFile(source, file or source.name), known or Known(previous)
    try:
        with workshop(limits, into.parent) as (connection, scratch):
            told("opening", 0, 1)
            opened = _open(kind, main, events, scratch, connection, limits)
            with counting_bytes(told, "reading", source.stat().st_size):
                _lay(connection, kind, opened, quarter, against)
            told("judging", 0, 1)
            judged = _judged(connection, kind, opened, quarter, against, listed)
            told("sealing", 0, 1)
            sealed = None if judged.errors else seal(connection, kind, into)
    except duckdb.OutOfMemoryException:
        raise too_costly(main.name) from None
    return _intake(institution_code, quarter, kind, main, opened, judged, into if sealed else None, sealed)


def _intake(
    institution_code: str,
    quarter: Quarter,
    kind: ReturnKind,
    main: FiledFile,
    opened: _Opened,
    judged: _Judged,
    tape: Path | None,
    digest: str | None,
) -> Intake:
    filed, beside = opened.main, opened.events
    return Intake(
        institution_code=institution_code,
        quarter=quarter,
        kind=kind.name,
        file=main.name,
        format=filed.format,
        encoding=filed.encoding,
        sheet=filed.sheet,
        size=main.path.stat().st_size,
        filed_digest=filed.filed_digest,
        headings=filed.header.cells,
        first_rows=judged.first_rows,
        rows=judged.rows,
        borrowers=judged.borrowers,
        total_balance=judged.amount,
        conversions=judged.conversions,
        errors=judged.errors,
        warnings=judged.warnings,
        roll_forward=judged.roll_forward,
        tape=tape,
        row_digest=digest,
        absent_columns=tuple(column.name for column in kind.sheet.columns if column.name not in filed.header.places),
        events_file=beside.name if beside else "",
        events_digest=beside.filed_digest if beside else None,
        events=judged.events,
        wrong_rows=judged.wrong_rows,
    )
