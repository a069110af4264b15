"""Which column of the filed sheet is which: by English name or Chinese heading, in any order, nothing guessed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from kernel.bilingual import Text
from kernel.tables.faults import Fault, FileRefused, whole_file
from settlement.returns.columns import ReturnColumn
from settlement.returns.sheets import LOAN_SHEET, SHEETS, ReturnSheet

_LONGEST_SHOWN = 80
_UNIT = re.compile(r"\(([^()]*)\)$")
_LOOKED_BELOW = 20  # rows under the first in which a header may hide below a title


@dataclass(frozen=True)
class Header:
    """The header as filed, where each known column stands in it, and the unnamed places to its right."""

    cells: tuple[str, ...]
    places: dict[str, int]
    spare: tuple[int, ...] = ()
    sheet: ReturnSheet = LOAN_SHEET

    @property
    def width(self) -> int:
        return len(self.cells)


def plain(cell: str) -> str:
    """A header cell for comparing: NFKC, no spaces, lower case, no leading star of a mandatory column."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", cell)).lower().lstrip("*")


@cache
def _known(sheet_name: str) -> Mapping[str, ReturnColumn]:
    """The columns of a sheet by every heading under which they may stand."""
    names = {}
    for column in SHEETS[sheet_name].columns:
        for name in (column.name, plain(column.heading.zh), *map(plain, column.aliases)):
            names[name] = column
            if column.unit:
                names[f"{name}({column.unit})"] = column
    return names


def columns_of(cells: Sequence[str], sheet: ReturnSheet) -> list[ReturnColumn | None]:
    """The column under each heading; None for one that the sheet does not know."""
    return [_known(sheet.name).get(plain(cell)) for cell in cells]


def _is_in_ten_thousands(cell: str) -> bool:
    unit = _UNIT.search(plain(cell))
    return unit is not None and "万" in unit[1]


def _fault(file: str, rule: str, cell: str, zh: str, en: str) -> Fault:
    shown = cell[:_LONGEST_SHOWN]
    return Fault(file, 1, shown, shown, rule, "error", Text(zh.format(shown), en.format(shown)))


def _misfit(file: str, cell: str, number: int, column: ReturnColumn | None, taken: bool) -> Fault | None:
    """What is wrong with one header cell, if anything."""
    if _is_in_ten_thousands(cell):
        return _fault(
            file,
            "unit_ten_thousand",
            cell,
            "“{}”的单位是万元；本表填元：请把这一列的数乘以 10000，表头去掉“万”",
            "“{}” is in 万元 (ten thousand yuan); this return takes yuan: multiply the column by 10,000 and say 元",
        )
    if column is None:
        name = cell if plain(cell) else f"第 {number} 列（没有列名）"
        return _fault(
            file, "column_unknown", name, "不认识的列“{}”，请删掉或改名", "Unknown column “{}”: remove or rename it"
        )
    if taken:
        return _fault(
            file, "column_twice", cell, "列“{}”出现了两次，请删掉一列", "Column “{}” appears twice: remove one"
        )
    return None


def _missing(file: str, column: ReturnColumn) -> Fault:
    name = f"{column.heading.zh} {column.name}"
    return _fault(file, "column_missing", name, "缺少列“{}”，请补上", "Column “{}” is missing: add it")


def _named_width(cells: Sequence[str]) -> int:
    """How many cells the header has, unnamed ones at its right end not counted."""
    return max((place + 1 for place, cell in enumerate(cells) if plain(cell)), default=0)


def read_header(file: str, cells: Sequence[str], sheet: ReturnSheet = LOAN_SHEET) -> Header:
    """Where each column stands; raises `FileRefused` naming every unknown, doubled, missing or 万元 column at once."""
    named = _named_width(cells)
    if not named:
        raise whole_file(file, "empty", Text("文件里没有表头", "The file has no header"))
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for place, cell in enumerate(cells[:named]):
        column = _known(sheet.name).get(plain(cell))
        fault = _misfit(file, cell, place + 1, column, column is not None and column.name in places)
        if fault is not None:
            faults.append(fault)
        elif column is not None:
            places[column.name] = place
    faults += [_missing(file, column) for column in _absent(places, cells, sheet)]
    if faults:
        raise FileRefused(faults)
    return Header(tuple(cells), places, tuple(range(named, len(cells))), sheet)


def _absent(places: dict[str, int], cells: Sequence[str], sheet: ReturnSheet) -> list[ReturnColumn]:
    """Required columns that stand nowhere, not even in 万元."""
    in_wan = {_UNIT.sub("", plain(cell)) for cell in cells if _is_in_ten_thousands(cell)}
    return [
        column
        for column in sheet.columns
        if column.required and column.name not in places and not {column.name, plain(column.heading.zh)} & in_wan
    ]


def _known_in(cells: Sequence[str], sheet: ReturnSheet) -> int:
    return sum(column is not None for column in columns_of(cells, sheet))


def _header_below(
    file: str, first: int, rows: Iterable[tuple[int, Sequence[str]]], sheet: ReturnSheet, known: int
) -> None:
    """Refuse a file whose header stands below a title, by the row where it seems to be."""
    enough = max(known + 1, sum(column.required for column in sheet.columns) // 2)
    for number, cells in islice(rows, _LOOKED_BELOW):
        if _known_in(cells, sheet) >= enough:
            raise whole_file(
                file,
                "header_below",
                Text(
                    f"表头好像在第 {number} 行；表头要在最上面：请删掉它上面的第 {first} 到 {number - 1} 行（标题、说明）再上传",
                    f"The header seems to be in row {number}; it has to be the first: delete the rows above it"
                    f" ({first} to {number - 1}) and file again",
                ),
                str(number),
            )


def found_header(file: str, rows: Iterable[tuple[int, Sequence[str]]], sheet: ReturnSheet) -> tuple[int, Header]:
    """The first row that is not blank as the header, with its number; raises `FileRefused`, also for one below a title."""
    rest = iter(rows)
    number, cells = next(((number, cells) for number, cells in rest if any(map(plain, cells))), (1, ()))
    try:
        return number, read_header(file, cells, sheet)
    except FileRefused:
        _header_below(file, number, rest, sheet, _known_in(cells, sheet))
        raise
