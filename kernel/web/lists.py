"""A list as its page shows it and as a file: declared once by its columns, sorted by `?sort=`, saved whole by `?format=`.

The file is the same address with a format, so it takes the same way in, the same filter and the same order as the page: the CSV with
the codes that machines read (English heads, amounts in yuan), the XLSX with the words of the page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from kernel.bilingual import Text
from kernel.clock import SHANGHAI
from kernel.errors import Refused
from kernel.money import yuan
from kernel.tables.sheet import Cell, workbook_bytes
from kernel.tables.writing import csv_bytes
from kernel.web.downloads import CSV, XLSX, file_to_save
from kernel.web.language import spoken
from kernel.web.paging import Asked, Page, asked_from

YES, NO = Text("是", "yes"), Text("否", "no")
MOST_ROWS = 20_000  # of one file; a longer list is asked for in parts


@dataclass(frozen=True)
class ListColumn:
    """A column: its head in CSV, its words, what a row holds there (an attribute path or a function), what it is sorted by.

    `titles` says the codes that it holds in words; `money` marks fen, which travel as yuan.
    """

    code: str
    words: Text
    holds: str | Callable[[Any], Any]
    sort: Any = None
    titles: Mapping[str, Text] | None = None
    money: bool = False

    def value(self, row: Any) -> Any:
        return attrgetter(self.holds)(row) if isinstance(self.holds, str) else self.holds(row)


@dataclass(frozen=True)
class ListLayout:
    """A list: the name of its files, its title, its columns."""

    name: str
    title: Text
    columns: Sequence[ListColumn]

    def order(self, asked: str) -> tuple[Any, ...]:
        """What `?sort=code` or `?sort=-code` orders by; nothing for a column that is not sorted by. Empty cells stand last."""
        found = next((one.sort for one in self.columns if one.code == asked.removeprefix("-")), None)
        if found is None:
            return ()
        return ((found.desc() if asked.startswith("-") else found.asc()).nulls_last(),)


Read = Callable[[Asked], Page[Any]]


def list_page(
    listing: ListLayout, asked: Mapping[str, Any], read: Read, show: Callable[[Page[Any]], ResponseReturnValue]
) -> ResponseReturnValue:
    """The wanted page as `show` renders it, or the whole list as a file. `read` reads a part in the caller's own sight."""
    order = listing.order(request.args.get("sort", ""))
    write = WRITERS.get(request.args.get("format", ""))
    if write is None:
        return show(read(replace(asked_from(dict(asked)), order=order)))
    return write(listing, _whole(read, order))


def _whole(read: Read, order: tuple[Any, ...]) -> Sequence[Any]:
    """Every row, at most MOST_ROWS; Refused for a list that is longer, which is never cut in silence."""
    page = read(Asked(1, MOST_ROWS, order))
    if page.total > MOST_ROWS:
        raise Refused(
            "list_too_long",
            f"所列超过 {MOST_ROWS} 行，先筛选，再分几次导出",
            f"The list has more than {MOST_ROWS} rows: filter it and save it in parts",
        )
    return page.items


def _csv(listing: ListLayout, rows: Sequence[Any]) -> Response:
    header = [one.code for one in listing.columns]
    cells = ([_plain(one.value(row), one) for one in listing.columns] for row in rows)
    return file_to_save(csv_bytes(header, cells), f"{listing.name}.csv", CSV)


def _workbook(listing: ListLayout, rows: Sequence[Any]) -> Response:
    header = [spoken(one.words) for one in listing.columns]
    cells = ([_worded(one.value(row), one) for one in listing.columns] for row in rows)
    return file_to_save(workbook_bytes(spoken(listing.title), header, cells), f"{listing.name}.xlsx", XLSX)


WRITERS: Mapping[str, Callable[[ListLayout, Sequence[Any]], Response]] = {"csv": _csv, "xlsx": _workbook}


def _plain(value: Any, column: ListColumn) -> str:
    """A cell of the CSV: codes as they are kept, moments in Asia/Shanghai with their zone."""
    if value is None:
        return ""
    if column.money:
        return yuan(value)
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    if isinstance(value, bool):
        return "Y" if value else "N"
    return spoken(value) if isinstance(value, Text) else str(value)


def _worded(value: Any, column: ListColumn) -> Cell:
    """A cell of the workbook: words for codes, numbers for amounts, Shanghai's clock for moments."""
    if column.money and value is not None:
        return Decimal(yuan(value))
    if isinstance(value, bool):
        return spoken(YES if value else NO)
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).replace(tzinfo=None)
    if isinstance(value, str) and column.titles is not None:
        return spoken(column.titles.get(value, value))
    if value is None or isinstance(value, int | date):
        return value
    return spoken(value) if isinstance(value, Text) else str(value)
