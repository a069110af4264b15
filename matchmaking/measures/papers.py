"""The measures as CSV, and the weekly bulletin on paper; the bulletin as a workbook: `bulletin_workbook`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.bilingual import Text
from kernel.papers import print_paper
from kernel.tables.writing import csv_bytes
from matchmaking.measures.definitions import GROUPINGS, MEASURES, MeasuredValue
from matchmaking.measures.left_open import LeftOpen
from matchmaking.measures.service import SessionReport
from matchmaking.measures.words import HEADER, export_rows, fraction_words, value_words

TEMPLATE = Path(__file__).with_name("bulletin.typ")
TOTAL = Text("合计", "total")


def _rows(report: SessionReport, lang: str) -> list[list[str]]:
    names = {key: _said(name, lang) for key, name in report.names.items()}
    total = {"": report.total}
    return export_rows(total, {"": TOTAL.in_language(lang)}) + export_rows(report.groups, names)


def _said(name: Any, lang: str) -> str:
    return name.in_language(lang) if isinstance(name, Text) else str(name)


def measures_csv(report: SessionReport) -> bytes:
    """One row a group and measure; the total stands first."""
    return csv_bytes(HEADER, _rows(report, "zh"))


def bulletin(report: SessionReport, lang: str, kept: LeftOpen | None = None) -> bytes:
    """The weekly bulletin: every measure with what is over what, then the groups. The same report gives the same bytes."""
    return print_paper(TEMPLATE, _facts(report, lang) | {"left_open": kept.words.in_language(lang) if kept else ""})


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
