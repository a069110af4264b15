"""The list of a public notice 公示名单, as a paper to hang up and as a table to work with."""

import io
from datetime import UTC, datetime

import xlsxwriter

from kernel.bilingual import Text
from kernel.money import grouped
from settlement.batches.notices import NoticeView
from settlement.papers.letter import TOTAL, PaperLetter, PaperTable, letter_pdf, long_day

TITLE = Text("奖补资金公示名单", "Public notice of awards")
HEADS = (
    Text("序号", "No."),
    Text("单位", "Beneficiary"),
    Text("区县", "Fiscal region"),
    Text("项目", "Scheme"),
    Text("季度", "Quarter"),
    Text("结算单", "Statement"),
    Text("金额（元）", "Amount (yuan)"),
)
WIDTHS = (8, 38, 16, 34, 12, 20, 18)  # of the sheet's columns, in characters
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MADE = datetime(2022, 6, 7, tzinfo=UTC).replace(tzinfo=None)  # the same list gives the same bytes


def notice_paper(view: NoticeView, *, lang: str) -> bytes:
    """The PDF of the list, with its days and how to object."""
    batch = view.batch
    return letter_pdf(
        PaperLetter(
            title=TITLE,
            foot=Text(f"{batch.number} · {batch.digest}", f"{batch.number} · {batch.digest}"),
            day=batch.notice_from,
            subtitle=Text(f"{batch.number} · {batch.quarter}", f"{batch.number} · {batch.quarter}"),
            body=(_body(view),),
            amount_label=Text("合计", "Total"),
            amount=view.total if view.rows else None,
            tables=(_rows(view),),
        ),
        lang=lang,
    )


def _body(view: NoticeView) -> Text:
    if not view.rows:
        return Text(
            "本批没有拟发放的奖补资金，名单是空的。", "Nothing is to be awarded in this batch; the list has no entries."
        )
    since, until = view.batch.notice_from, view.batch.notice_until
    if since is None or until is None:
        return Text("本名单还没有公示，只供核对。", "This list is not published yet and serves for checking only.")
    return Text(
        f"下列单位拟获奖补资金，现予公示，公示期自{long_day(since).zh}至{long_day(until).zh}。"
        "公示期内有异议的，可以书面向本局提出，或在本系统里提出；答复之前，那一项不付款。",
        f"The following awards are on public notice from {long_day(since).en} to {long_day(until).en}. Objections may be sent to the "
        "bureau in writing or raised in this service; until they are answered the item is not paid.",
    )


def _rows(view: NoticeView) -> PaperTable:
    rows = tuple(
        (
            str(place),
            row.name,
            row.region,
            row.scheme,
            row.item.quarter,
            row.item.statement_number,
            grouped(row.item.amount),
        )
        for place, row in enumerate(view.rows, start=1)
    )
    total = ("", TOTAL, "", "", "", "", grouped(view.total))
    title = Text("名单", "The list")
    return PaperTable(title, HEADS, rows, (0, 5, 0, 6, 0, 0, 0), right=(6,), total=total)


def notice_workbook(view: NoticeView) -> bytes:
    """The same as XLSX; the sum is a formula, names are text and never run."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E3EEF1"})
        text, money = book.add_format({"valign": "top"}), book.add_format({"num_format": "#,##0.00", "valign": "top"})
        total = book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
        sheet = book.add_worksheet("公示名单")
        for column, (title, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
            sheet.write_string(0, column, f"{title.zh}\n{title.en}", head)
            sheet.set_column(column, column, width)
        for place, row in enumerate(view.rows, start=1):
            words = (row.name, row.region.zh, row.scheme.zh, row.item.quarter, row.item.statement_number)
            sheet.write_number(place, 0, place, text)
            for column, word in enumerate(words, start=1):
                sheet.write_string(place, column, word, text)
            sheet.write_number(place, 6, row.item.amount / 100, money)  # a cell is a double: exact below 10^13 yuan
        last = len(view.rows) + 1
        sheet.write_string(last, 1, "合计", total)
        sheet.write_formula(last, 6, f"=SUM(G2:G{last})" if view.rows else "=0", total, view.total / 100)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    return out.getvalue()
