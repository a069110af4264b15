"""Repairs of a filed return: cells mended and rows left out give the bytes of the next version; the filed bytes stay.

A row left out is written as a blank row, and blank rows are kept, so that every row keeps its number from version to
version. Intake passes over blank rows.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.errors import Refused
from kernel.tables.writing import BOM, disarmed
from settlement.returns.filed import FiledTable, Row
from settlement.returns.formats import open_filed
from settlement.returns.limits import DEFAULT_LIMITS, Limits
from settlement.returns.sheets import LOAN_SHEET, ReturnSheet
from settlement.returns.workshop import workshop


@dataclass(frozen=True)
class Mend:
    """One cell gets a new text. `column` is the English name."""

    row: int
    column: str
    value: str


@dataclass(frozen=True)
class LeaveOut:
    """One row is not filed in this return."""

    row: int


Repair = Mend | LeaveOut


def repairs_out(repairs: Iterable[Repair]) -> list[list[Any]]:
    """Repairs as plain values, to hand on as JSON."""
    return [[one.row] if isinstance(one, LeaveOut) else [one.row, one.column, one.value] for one in repairs]


def repairs_in(said: Iterable[Sequence[Any]]) -> list[Repair]:
    """Back from those."""
    return [LeaveOut(*one) if len(one) == 1 else Mend(*one) for one in said]


class NoSuchCell(Refused):
    """A repair names a row or a column that the file does not have."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "no_such_cell",
            f"文件里没有 {what}，请刷新页面后再改",
            f"The file has no {what}: reload the page and repair again",
        )


@dataclass(frozen=True)
class _Plan:
    """The repairs by row, and where each mended column stands; absent columns are added at the right."""

    places: Mapping[str, int]
    added: tuple[str, ...]
    cells: Mapping[int, Mapping[str, str]]
    left_out: frozenset[int]


def _plan(filed: FiledTable, repairs: Iterable[Repair]) -> _Plan:
    places = dict(filed.header.places)
    added: list[str] = []
    cells: dict[int, dict[str, str]] = {}
    left_out = set()
    for repair in repairs:
        if isinstance(repair, LeaveOut):
            left_out.add(repair.row)
            continue
        if repair.column not in filed.header.sheet.column:
            raise NoSuchCell(repair.column)
        if repair.column not in places:
            places[repair.column] = filed.header.width + len(added)
            added.append(repair.column)
        cells.setdefault(repair.row, {})[repair.column] = repair.value
    return _Plan(places, tuple(added), cells, frozenset(left_out))


def _mended(cells: list[str], mends: Mapping[str, str], places: Mapping[str, int]) -> list[str]:
    for column, value in mends.items():
        place = places[column]
        cells = cells + [""] * (place + 1 - len(cells))
        cells[place] = value
    return cells


def _lines(filed: FiledTable, rows: Iterator[Row], plan: _Plan) -> Iterator[Sequence[str]]:
    """Every line of the new file, header included, one for each row number."""
    width = filed.header.width + len(plan.added)
    blank = [""] * width
    yield from ([""] * width for _ in range(filed.header_row - 1))
    yield [*filed.header.cells, *plan.added]
    wanted, expected = set(plan.cells) | plan.left_out, filed.header_row + 1
    for number, cells in rows:
        yield from (blank for _ in range(number - expected))
        expected = number + 1
        wanted.discard(number)
        if number in plan.left_out:
            yield blank
        else:
            mended = _mended(cells, plan.cells.get(number, {}), plan.places)
            yield mended + [""] * (width - len(mended)) if len(cells) >= filed.header.width else mended
    if wanted:
        raise NoSuchCell(f"第 {min(wanted)} 行 row {min(wanted)}")


def apply_repairs(
    source: Path,
    repairs: Iterable[Repair],
    *,
    into: Path,
    file: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    sheet: ReturnSheet = LOAN_SHEET,
) -> str:
    """Write the repaired return to `into` as CSV (UTF-8 with BOM) and give the SHA-256 of its bytes.

    `file` is the name under which `source` was filed. Raises `NoSuchCell`, or `FileRefused` if the source is unreadable.
    """
    with workshop(limits, into.parent) as (connection, scratch):
        filed = open_filed(file or source.name, source, scratch, connection, limits, sheet)
        plan = _plan(filed, repairs)
        with filed.rows() as rows, into.open("w", encoding="utf-8", newline="") as stream:
            stream.write(BOM)
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows(list(map(disarmed, line)) for line in _lines(filed, rows, plan))
    with into.open("rb") as stream_of_bytes:
        return hashlib.file_digest(stream_of_bytes, "sha256").hexdigest()
