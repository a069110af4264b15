"""Templates of the files that are brought: a workbook with instructions, drop-downs and text cells, and a bare CSV."""

import io
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kernel.regions import REGIONS
from kernel.tables.columns import Column
from kernel.tables.workbook import INSTRUCTIONS
from kernel.tables.writing import csv_bytes
from matchmaking.imports.columns import COLUMNS
from matchmaking.imports.workflow import CLIENTS, KINDS, PRODUCTS, REQUESTS
from matchmaking.marks import COUNTER_GUARANTEES
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, PURPOSES, SIZES, TAGS
from matchmaking.products.terms import REPAYMENTS

_LAST_ROW = 1_048_575
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_YES_NO = ["是", "否"]
_ONE_OF: dict[str, list[str]] = {
    "purpose": [text.zh for text in PURPOSES.values()],
    "size": [text.zh for text in SIZES.values()],
    "region": [one.name.zh for one in REGIONS],
    "repayment": [text.zh for text in REPAYMENTS.values()],
    "green_channel": _YES_NO,
}
_SEVERAL = {
    "guarantee_kinds": GUARANTEE_KINDS,
    "required_tags": TAGS,
    "tags": TAGS,
    "purposes": PURPOSES,
    "counter_guarantees": COUNTER_GUARANTEES,
}
_NOTES = {
    PRODUCTS: (
        "一行一款产品。编号是本行自己的；已有的编号就是改那一款，改过以后是新的一版。One row per product, under your own ids.",
        "金额填元，不填万元；利率填百分数，4.35 就是 4.35%。Amounts in yuan, rates in percent.",
        "最后六列空着：新产品按没有算，老产品不改。Leave the last six columns blank to keep what there is.",
        "要保证金的写清为什么（附件2四（四）：原则上不收）。Say why a deposit is asked for; in principle there is none.",
    ),
    REQUESTS: (
        "一行一份申请；编号自己起，不要用 R 加数字。One row per request, under your own ids.",
        "企业自己带的存成草稿，自己发布；主管部门代带的，凭企业签过的同意书直接发布。"
        "A firm's own become drafts; a bureau's are published on the consents that the firms signed.",
        "行业、区县、资格按登记的算。Industry, region and certified tags are those of the register.",
    ),
    CLIENTS: (
        "一行一家在本行贷过款的企业，只有本行看得到。One row per firm that has borrowed from your bank, seen by it alone.",
        "已在名单里的按这份改日期；名单里其他的不动。Firms already listed get the new day; others stay.",
    ),
}
_EXAMPLES = {
    "product_id": "SH-2022-07",
    "institution_code": "91410402MA0000015P",
    "name": "小微保证贷",
    "amount_min": "100000.00",
    "amount_max": "5000000.00",
    "term_min": "3",
    "term_max": "36",
    "rate_min": "3.85",
    "rate_max": "4.65",
    "promised_days": "5",
    "valid_from": "2022-10-01",
    "valid_to": "2023-06-30",
    "quota": "50000000.00",
    "deposit_percent": "0",
    "request_id": "SQ-2022-101",
    "enterprise_code": "91410482MA0000023E",
    "enterprise_name": "平顶山市示例商贸有限公司",
    "amount": "1200000.00",
    "term": "12",
    "rate_ceiling": "4.80",
    "industry": "F51",
    "industries": "C;F",
    "regions": "新华区;卫东区",
    "needed_by": "2022-12-01",
    "meetings_wanted": "3",
    "since": "2019-03-18",
}


def csv_template(kind: str) -> bytes:
    """A CSV with the Chinese headings and no rows."""
    return csv_bytes([column.heading for column in COLUMNS[kind]], [])


def _hint(column: Column[Any]) -> str:
    """What may be written in a column."""
    if column.name in _SEVERAL:
        return "、".join(text.zh for text in _SEVERAL[column.name].values()) + "；几样用 ; 分开 / several with ;"
    if column.name in _ONE_OF:
        return "、".join(_ONE_OF[column.name]) + " / one of these"
    return "数字 / a number" if column.is_number else "文字 / text"


def _data_sheet(page: Worksheet, kind: str, must: Format, may: Format, text: Format) -> None:
    page.freeze_panes(1, 1)
    for place, column in enumerate(COLUMNS[kind]):
        page.set_column(place, place, max(12, 2 * len(column.heading)), None if column.is_number else text)
        page.write_string(0, place, column.heading, may if column.is_optional else must)
        if column.name in _ONE_OF:
            listed = {"validate": "list", "source": _ONE_OF[column.name], "error_message": "请从下拉里选"}
            page.data_validation(1, place, _LAST_ROW, place, listed)


def _instructions(page: Worksheet, kind: str, must: Format, wrapped: Format) -> None:
    page.set_column(0, 1, 24)
    page.set_column(2, 2, 10)
    page.set_column(3, 4, 60, wrapped)
    for number, note in enumerate(_NOTES[kind]):
        page.write_string(number, 0, f"{number + 1}. {note}")
    first = len(_NOTES[kind]) + 1
    for place, heading in enumerate(("列 Heading", "英文列名 Name", "必填", "怎么填 How", "例子 Example")):
        page.write_string(first, place, heading, must)
    for line, column in enumerate(COLUMNS[kind], start=first + 1):
        needed = "可空" if column.is_optional else "必填"
        cells = (column.heading, column.name, needed, _hint(column), _EXAMPLES.get(column.name, ""))
        for place, cell in enumerate(cells):
            page.write_string(line, place, cell, wrapped)


def workbook_template(kind: str) -> bytes:
    """An XLSX with an empty data sheet first and the instructions 填报说明 second."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        heading = {"bold": True, "border": 1, "text_wrap": True, "num_format": "@"}
        must = book.add_format(heading | {"bg_color": "#14505C", "font_color": "#FFFFFF"})
        may = book.add_format(heading | {"bg_color": "#E3EEF1"})
        text = book.add_format({"num_format": "@"})
        _data_sheet(book.add_worksheet(KINDS[kind].zh), kind, must, may, text)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        _instructions(book.add_worksheet(INSTRUCTIONS), kind, must, wrapped)
    return out.getvalue()
