"""The measures as files: CSV, a workbook, and the weekly bulletin on paper."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from kernel.bilingual import Text
from kernel.papers import print_paper
from kernel.tables.writing import csv_bytes
from matchmaking.measures.definitions import GROUPINGS, MEASURES, MeasuredValue
from matchmaking.measures.service import SessionReport
from matchmaking.measures.words import HEADER, export_rows, fraction_words, value_words

TEMPLATE = Path(__file__).with_name("bulletin.typ")
TOTAL = Text("合计", "total")
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MADE = datetime(2022, 5, 24, tzinfo=UTC).replace(tzinfo=None)  # fixed: the same figures give the same bytes
HEADS = (
    Text("组", "group"),
    Text("指标", "measure"),
    Text("分子", "numerator"),
    Text("分母", "denominator"),
    Text("单位", "unit"),
    Text("值", "value"),
)


def _rows(report: SessionReport, lang: str) -> list[list[str]]:
    names = {key: _said(name, lang) for key, name in report.names.items()}
    total = {"": report.total}
    return export_rows(total, {"": TOTAL.in_language(lang)}) + export_rows(report.groups, names)


def _said(name: Any, lang: str) -> str:
    return name.in_language(lang) if isinstance(name, Text) else str(name)


def measures_csv(report: SessionReport) -> bytes:
    """One row a group and measure; the total stands first."""
    return csv_bytes(HEADER, _rows(report, "zh"))


def measures_workbook(report: SessionReport, lang: str) -> bytes:
    """The same as a workbook, with the written definitions on a sheet of their own."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        sheet = book.add_worksheet(GROUPINGS[report.by][0].in_language(lang))
        sheet.write_row(0, 0, [head.in_language(lang) for head in HEADS])
        for number, row in enumerate(_rows(report, lang), start=1):
            titled = [row[0], MEASURES[row[1]].title.in_language(lang), *row[2:]]
            sheet.write_row(number, 0, titled)
        words = book.add_worksheet(Text("定义", "definitions").in_language(lang))
        for number, one in enumerate(MEASURES.values()):
            words.write_row(number, 0, [one.title.in_language(lang), one.words.in_language(lang)])
    return out.getvalue()


def bulletin(report: SessionReport, lang: str) -> bytes:
    """The weekly bulletin: every measure with what is over what, then the groups. The same report gives the same bytes."""
    return print_paper(TEMPLATE, _facts(report, lang))


def _facts(report: SessionReport, lang: str) -> dict[str, Any]:
    def said(text: Text) -> str:
        return text.in_language(lang)

    week = str(report.span.last or "")
    owed = report.duty
    return {
        "lang": lang,
        "title": said(Text("每周对接通报", "Weekly bulletin of the sessions")),
        "subtitle": week,
        "foot": said(Text(f"银企 {week}", f"yinqi {week}")),
        "page_of": said(Text("第 {page} 页，共 {pages} 页", "page {page} of {pages}")),
        "duty": said(
            Text(
                f"办了 {owed.held} 场，应办 {owed.required} 场",
                f"{owed.held} sessions held of {owed.required} required",
            )
        )
        if owed
        else "",
        "total": [_line(one, lang) for one in report.total.values()],
        "heads": [said(head) for head in (Text("指标", "measure"), Text("分子 ÷ 分母", "over"), Text("值", "value"))],
        "words_title": said(Text("怎么算的", "How it is counted")),
        "words": [[said(one.title), said(one.words)] for one in MEASURES.values()],
        "group_title": said(GROUPINGS[report.by][0]),
        "group_heads": ["", *(said(MEASURES[code].title) for code in SHORT)],
        "groups": [_group(key, values, report, lang) for key, values in report.groups.items()],
    }


SHORT = ("contact_rate", "approval_rate", "disbursement_rate", "answered_in_time")


def _line(one: MeasuredValue, lang: str) -> list[str]:
    return [one.definition.title.in_language(lang), fraction_words(one).in_language(lang), value_words(one)]


def _group(key: str, values: Mapping[str, MeasuredValue], report: SessionReport, lang: str) -> list[str]:
    cells = [f"{value_words(values[code])}\n{fraction_words(values[code]).in_language(lang)}" for code in SHORT]
    return [_said(report.names.get(key, key), lang), *cells]
