"""The weekly bulletin as a workbook: the city's figures are formulas over the groups below, so that an official can follow them."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kernel.bilingual import Text
from kernel.money import FEN_PER_YUAN
from matchmaking.measures.definitions import GROUPINGS, MEASURES, MeasuredValue
from matchmaking.measures.left_open import LeftOpen
from matchmaking.measures.service import SessionReport

SHEETS = (Text("通报", "bulletin"), Text("明细", "groups"), Text("定义", "definitions"))
HEADS = (
    Text("指标", "measure"),
    Text("分子", "numerator"),
    Text("分母", "denominator"),
    Text("单位", "unit"),
    Text("值", "value"),
)
UNITS = {
    "count": Text("件", "referrals"),
    "fen": Text("元", "yuan"),
    "fen_percent": Text("元 × %", "yuan × %"),
    "days": Text("天", "days"),
}
VALUES = {"count": "0.0%", "fen": "0.0%", "fen_percent": '0.00"%"', "days": "0.0"}
NOTHING = "—"
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MADE = datetime(2022, 5, 24, tzinfo=UTC).replace(tzinfo=None)  # fixed: the same figures give the same bytes
_FIRST = 4  # the row of the first measure on the first sheet, counted from 0
_PLAIN, _MONEY = "#,##0", "#,##0.00"


@dataclass(frozen=True)
class _Styles:
    head: Format
    title: Format
    figures: Mapping[str, Format]
    values: Mapping[str, Format]
    words: Format


def bulletin_workbook(report: SessionReport, lang: str, kept: LeftOpen | None = None) -> bytes:
    """The XLSX of a report: every measure of the city, the same by group, and how each is counted."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        styles = _styles(book)
        first, second, third = (book.add_worksheet(title.in_language(lang)) for title in SHEETS)
        rows = list(_grouped(report, lang))
        _head(first, report, lang, styles, kept)
        _total(first, report, lang, len(rows), styles)
        _groups(second, report, lang, rows, styles)
        _definitions(third, lang, styles)
    return out.getvalue()


def _styles(book: xlsxwriter.Workbook) -> _Styles:
    return _Styles(
        book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
        book.add_format({"bold": True, "font_size": 16}),
        {unit: book.add_format({"num_format": _PLAIN if unit in ("count", "days") else _MONEY}) for unit in UNITS},
        {unit: book.add_format({"num_format": shown, "align": "right"}) for unit, shown in VALUES.items()},
        book.add_format({"text_wrap": True, "valign": "top"}),
    )


def _grouped(report: SessionReport, lang: str) -> Iterator[tuple[str, MeasuredValue]]:
    for key, values in report.groups.items():
        name = report.names.get(key, key)
        for one in values.values():
            yield name.in_language(lang) if isinstance(name, Text) else str(name), one


def _number(one: MeasuredValue, value: Fraction | int) -> int | float:
    """Money in yuan; all else as it is counted."""
    exact = Fraction(value) / (FEN_PER_YUAN if one.definition.unit in ("fen", "fen_percent") else 1)
    return exact.numerator if exact.denominator == 1 else float(exact)


def _begin(
    sheet: Worksheet, row: int, heads: tuple[Text, ...], widths: tuple[int, ...], lang: str, head: Format
) -> None:
    for column, (text, width) in enumerate(zip(heads, widths, strict=True)):
        sheet.write_string(row, column, text.in_language(lang), head)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(row + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _duty(report: SessionReport) -> Text:
    owed = report.duty
    if owed is None:
        return Text("", "")
    return Text(
        f"办了 {owed.held} 场，应办 {owed.required} 场", f"{owed.held} sessions held of {owed.required} required"
    )


def _weeks(report: SessionReport) -> str:
    return " – ".join(dict.fromkeys(str(week) for week in (report.span.first, report.span.last) if week is not None))


def _head(sheet: Worksheet, report: SessionReport, lang: str, styles: _Styles, kept: LeftOpen | None) -> None:
    sheet.write_string(0, 0, Text("每周对接通报", "Weekly bulletin of the sessions").in_language(lang), styles.title)
    sheet.write_string(1, 0, _weeks(report))
    sheet.write_string(2, 0, _duty(report).in_language(lang))
    if kept is not None:
        sheet.write_string(2, 2, kept.words.in_language(lang))


def _total(sheet: Worksheet, report: SessionReport, lang: str, rows: int, styles: _Styles) -> None:
    _begin(sheet, _FIRST - 1, HEADS, (26, 22, 22, 10, 12), lang, styles.head)
    groups = f"'{SHEETS[1].in_language(lang)}'!"
    for row, one in enumerate(report.total.values(), start=_FIRST):
        unit, here = one.definition.unit, row + 1
        sheet.write_string(row, 0, one.definition.title.in_language(lang))
        for column, letter, value in ((1, "C", one.numerator), (2, "D", one.denominator)):
            summed = f"=SUMIFS({groups}{letter}$2:{letter}${rows + 1},{groups}B$2:B${rows + 1},A{here})"
            sheet.write_formula(row, column, summed, styles.figures[unit], _number(one, value))
        sheet.write_string(row, 3, UNITS[unit].in_language(lang))
        _value(sheet, row, 4, "B", "C", one, styles)


def _value(sheet: Worksheet, row: int, column: int, top: str, bottom: str, one: MeasuredValue, styles: _Styles) -> None:
    here = row + 1
    formula = f'=IF({bottom}{here}=0,"{NOTHING}",{top}{here}/{bottom}{here})'
    shown = NOTHING if one.value is None else float(one.value)
    sheet.write_formula(row, column, formula, styles.values[one.definition.unit], shown)


def _groups(
    sheet: Worksheet, report: SessionReport, lang: str, rows: list[tuple[str, MeasuredValue]], styles: _Styles
) -> None:
    _begin(sheet, 0, (GROUPINGS[report.by][0], *HEADS), (30, 26, 22, 22, 10, 12), lang, styles.head)
    for row, (name, one) in enumerate(rows, start=1):
        unit = one.definition.unit
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, one.definition.title.in_language(lang))
        sheet.write_number(row, 2, _number(one, one.numerator), styles.figures[unit])
        sheet.write_number(row, 3, _number(one, one.denominator), styles.figures[unit])
        sheet.write_string(row, 4, UNITS[unit].in_language(lang))
        _value(sheet, row, 5, "C", "D", one, styles)
    sheet.autofilter(0, 0, max(1, len(rows)), len(HEADS))


def _definitions(sheet: Worksheet, lang: str, styles: _Styles) -> None:
    _begin(sheet, 0, (HEADS[0], Text("怎么算的", "how it is counted")), (26, 80), lang, styles.head)
    for row, one in enumerate(MEASURES.values(), start=1):
        sheet.write_string(row, 0, one.title.in_language(lang), styles.words)
        sheet.write_string(row, 1, one.words.in_language(lang), styles.words)
