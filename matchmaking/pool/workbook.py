"""The January report as a workbook: sums and rates are formulas, so that an official can follow them."""

import io
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kernel.regions import region
from matchmaking.pool.paper import HEADS, summary
from matchmaking.pool.report import CountyLine, YearReport

SHEET = "完成情况"
_MADE = datetime(2022, 6, 7, tzinfo=UTC).replace(tzinfo=None)  # fixed: the same figures give the same bytes
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FIRST = 3  # the row of the first county, counted from 0
_WIDTHS = (7, 20, 10, 10, 10, 10, 12, 10, 10)


def report_workbook(report: YearReport) -> bytes:
    """The XLSX of a report."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        sheet = book.add_worksheet(SHEET)
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        rate = book.add_format({"num_format": "0.0%"})
        _begin(sheet, report, head)
        for row, line in enumerate(report.lines, start=_FIRST):
            _county(sheet, row, line, rate)
        _total(sheet, report, book.add_format({"bold": True, "top": 1}), _bold_rate(book))
    return out.getvalue()


def _bold_rate(book: Any) -> Format:
    made: Format = book.add_format({"bold": True, "top": 1, "num_format": "0.0%"})
    return made


def _begin(sheet: Worksheet, report: YearReport, head: Format) -> None:
    sheet.write_string(0, 0, summary(report).zh)
    for column, (text, width) in enumerate(zip(HEADS, _WIDTHS, strict=True)):
        sheet.write_string(_FIRST - 1, column, f"{text.zh}\n{text.en}", head)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(_FIRST, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _county(sheet: Worksheet, row: int, line: CountyLine, rate: Format) -> None:
    here = row + 1
    sheet.write_number(row, 0, row - _FIRST + 1)
    sheet.write_string(row, 1, region(line.region).name.zh)
    for column, count in ((2, line.target), (3, line.reached), (6, line.in_pool), (7, line.minimum), (8, line.fell)):
        sheet.write_number(row, column, count)
    sheet.write_formula(row, 4, f"=IF(C{here}=0,1,D{here}/C{here})", rate, line.permille / 1000)
    sheet.write_formula(row, 5, f"=MAX(0,C{here}-D{here})", None, line.missing)


def _total(sheet: Worksheet, report: YearReport, bold: Format, rate: Format) -> None:
    row, total = _FIRST + len(report.lines), report.total
    here, last = row + 1, row
    sheet.write_string(row, 0, "", bold)
    sheet.write_string(row, 1, "全市 The city", bold)
    sums = {2: total.target, 3: total.reached, 6: total.in_pool, 7: total.minimum, 8: total.fell}
    for column, value in sums.items():
        letter = "ABCDEFGHI"[column]
        sheet.write_formula(row, column, f"=SUM({letter}{_FIRST + 1}:{letter}{last})", bold, value)
    sheet.write_formula(row, 4, f"=IF(C{here}=0,1,D{here}/C{here})", rate, total.permille / 1000)
    sheet.write_formula(row, 5, f"=MAX(0,C{here}-D{here})", bold, total.missing)
