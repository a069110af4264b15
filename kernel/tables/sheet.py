"""A table as a workbook of one sheet: amounts and days as numbers that a spreadsheet can reckon with, text that never runs."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = str | int | Decimal | date | datetime | None

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTH = 18
_LONGEST = 32_767  # of one cell in a workbook


def workbook_bytes(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as XLSX; moments are written as they are given, without their zone."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        sheet = book.add_worksheet(title[:31])
        formats = _formats(book)
        sheet.set_column(0, max(0, len(header) - 1), _WIDTH)
        sheet.freeze_panes(1, 0)
        for column, word in enumerate(header):
            sheet.write_string(0, column, word, formats[str])
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, formats)
    return out.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[type, Format]:
    return {
        str: book.add_format({"bold": True, "bottom": 1}),
        Decimal: book.add_format({"num_format": "#,##0.00"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, formats: dict[type, Format]) -> None:
    if isinstance(cell, datetime | date):
        sheet.write_datetime(row, column, cell, formats[type(cell)])
    elif isinstance(cell, int | Decimal):
        sheet.write_number(row, column, cell, formats.get(type(cell)))
    elif cell:
        sheet.write_string(row, column, cell[:_LONGEST])
