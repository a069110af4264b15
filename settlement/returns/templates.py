"""Templates to fill in, one for each sheet of a return: a workbook with instructions, drop-downs and text columns, and a bare CSV.

Nothing here is ever written as a formula, and codes are text, so that a spreadsheet keeps their zeros and all their digits.
"""

import io
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kernel.tables.writing import csv_bytes
from settlement.returns.columns import CellKind, ReturnColumn
from settlement.returns.sheets import LOAN_SHEET, ReturnSheet
from settlement.returns.template_words import EXAMPLES, NOTES
from settlement.returns.workbooks import INSTRUCTIONS

_FILLED_ROWS = 1_048_575  # the last row of a sheet, counted from 0


@dataclass(frozen=True)
class _Styles:
    """The cell formats of a template."""

    required: Format
    optional: Format
    text: Format
    money: Format
    percent: Format
    day: Format
    wrapped: Format
    title: Format

    def of(self, column: ReturnColumn) -> Format:
        by_kind = {CellKind.MONEY: self.money, CellKind.PERCENT: self.percent, CellKind.DATE: self.day}
        return by_kind.get(column.kind, self.text)


def _styles(book: xlsxwriter.Workbook) -> _Styles:
    heading = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter", "num_format": "@"}
    return _Styles(
        required=book.add_format({**heading, "bg_color": "#14505C", "font_color": "#FFFFFF"}),
        optional=book.add_format({**heading, "bg_color": "#E3EEF1"}),
        text=book.add_format({"num_format": "@"}),
        money=book.add_format({"num_format": "0.00"}),
        percent=book.add_format({"num_format": "0.00##"}),
        day=book.add_format({"num_format": "yyyy-mm-dd"}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
        title=book.add_format({"bold": True, "font_size": 14}),
    )


def _validation(column: ReturnColumn) -> dict[str, object] | None:
    """What the spreadsheet itself lets a person enter; intake checks everything again."""
    if column.kind in (CellKind.CHOICE, CellKind.YES_NO):
        labels = [choice.label.zh for choice in column.choices]
        return {"validate": "list", "source": labels, "error_title": column.heading.zh, "error_message": "请从下拉里选"}
    if column.kind is CellKind.MONEY:
        return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1e13, "error_message": "填元"}
    if column.kind is CellKind.PERCENT:
        message = f"填百分数，0 到 {column.most}"
        return {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": column.most,
            "error_message": message,
        }
    return None


def _write_data_sheet(page: Worksheet, styles: _Styles, sheet: ReturnSheet) -> None:
    page.freeze_panes(1, 2)
    page.set_row(0, 32)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, max(12, 2 * len(column.titled)), styles.of(column))
        page.write_string(0, place, column.titled, styles.required if column.required else styles.optional)
        validation = _validation(column)
        if validation is not None:
            page.data_validation(1, place, _FILLED_ROWS, place, validation)


def _how_to_fill(sheet: ReturnSheet, column: ReturnColumn) -> tuple[str, str]:
    """The help lines of a column's rules, in both languages."""
    helps = [rule.help for rule in sheet.row_rules if rule.column == column.name and rule.code not in _UNTAUGHT]
    unique = list(dict.fromkeys(helps))
    return "；".join(text.zh for text in unique), "; ".join(text.en for text in unique)


_UNTAUGHT = (
    "missing",
    "bad_character",
    "number_cell",
    "start_after_quarter",
    "maturity_not_after_start",
    "end_not_after_start",
    "event_after_quarter",
)


def _write_instructions(page: Worksheet, styles: _Styles, sheet: ReturnSheet) -> None:
    page.set_column(0, 1, 24)
    page.set_column(2, 2, 10)
    page.set_column(3, 5, 48, styles.wrapped)
    page.write_string(0, 0, f"{sheet.title.zh}填报说明 How to fill in the {sheet.title.en}", styles.title)
    notes = NOTES[sheet.name]
    for number, note in enumerate(notes, start=1):
        page.write_string(number, 0, f"{number}. {note}")
    first = len(notes) + 2
    for place, heading in enumerate(("列 Heading", "英文列名 Name", "必填", "怎么填", "How to fill", "例子 Example")):
        page.write_string(first, place, heading, styles.required)
    for line, column in enumerate(sheet.columns, start=first + 1):
        zh, en = _how_to_fill(sheet, column)
        required = "必填" if column.required else "可空"
        cells = (column.titled, column.name, required, zh, en, EXAMPLES[sheet.name][column.name])
        for place, cell in enumerate(cells):
            page.write_string(line, place, cell, styles.wrapped)


def workbook_template(sheet: ReturnSheet = LOAN_SHEET) -> bytes:
    """An XLSX with an empty data sheet first and the instructions 填报说明 second."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        styles = _styles(book)
        _write_data_sheet(book.add_worksheet(sheet.title.zh), styles, sheet)
        _write_instructions(book.add_worksheet(INSTRUCTIONS), styles, sheet)
    return out.getvalue()


def csv_template(sheet: ReturnSheet = LOAN_SHEET) -> bytes:
    """A CSV with the Chinese headings and no rows."""
    return csv_bytes([column.titled for column in sheet.columns], [])
