"""Templates a bank fills in: a workbook with instructions, drop-downs and text columns, and a bare CSV.

Nothing here is ever written as a formula, and codes are text, so that a spreadsheet keeps their zeros and all their digits.
"""

import io
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kernel.tables.writing import csv_bytes
from settlement.returns.columns import LOAN_COLUMNS, Column, Kind
from settlement.returns.rules import ROW_RULES
from settlement.returns.workbooks import INSTRUCTIONS

DATA_SHEET = "贷款明细"
_FILLED_ROWS = 1_048_575  # the last row of a sheet, counted from 0
_NOTES = (
    "一行一笔贷款，按季度最后一天的余额填报。One row per loan on the quarter's last day.",
    "金额填元，最多两位小数，例如 12345678.90；不填万元。Amounts are in yuan with at most two decimals, not 万元.",
    "深色表头的列必填，浅色的可以空着。Columns with a dark heading are required, light ones may stay blank.",
    "借据号、信用代码已设为文本格式，请只粘贴数值。Ids and codes are text cells: paste values only.",
    "不要填公式、不要合并单元格、不要加小计行。No formulas, merged cells or subtotals.",
    "自然人填本行自编的客户号，前面加 ID:，不能填身份证号。For natural persons your own number after ID:, never an identity number.",
)
_EXAMPLES = {
    "loan_id": "SH22070461",
    "borrower_code": "91410402MA0000015P",
    "borrower_name": "平顶山市示例商贸有限公司",
    "borrower_kind": "微型企业",
    "industry": "F51",
    "region": "新华区",
    "credit_line": "5000000.00",
    "balance": "1250000.00",
    "annual_rate": "4.35",
    "start_date": "2022-03-18",
    "maturity_date": "2023-03-18",
    "guarantee_kind": "抵押",
    "classification": "正常",
    "purpose": "经营",
    "product_kind": "贷款",
    "currency": "CNY",
    "first_loan": "否",
    "renews": "",
    "share": "100",
}


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

    def of(self, column: Column) -> Format:
        by_kind = {Kind.MONEY: self.money, Kind.PERCENT: self.percent, Kind.DATE: self.day}
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


def _validation(column: Column) -> dict[str, object] | None:
    """What the spreadsheet itself lets a person enter; intake checks everything again."""
    if column.kind in (Kind.CHOICE, Kind.YES_NO):
        labels = [choice.label.zh for choice in column.choices]
        return {"validate": "list", "source": labels, "error_title": column.heading.zh, "error_message": "请从下拉里选"}
    if column.kind is Kind.MONEY:
        return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1e13, "error_message": "填元"}
    if column.kind is Kind.PERCENT:
        message = f"填百分数，0 到 {column.most}"
        return {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": column.most,
            "error_message": message,
        }
    return None


def _write_data_sheet(sheet: Worksheet, styles: _Styles) -> None:
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 32)
    for place, column in enumerate(LOAN_COLUMNS):
        sheet.set_column(place, place, max(12, 2 * len(column.titled)), styles.of(column))
        sheet.write_string(0, place, column.titled, styles.required if column.required else styles.optional)
        validation = _validation(column)
        if validation is not None:
            sheet.data_validation(1, place, _FILLED_ROWS, place, validation)


def _how_to_fill(column: Column) -> tuple[str, str]:
    """The help lines of a column's rules, in both languages."""
    helps = [rule.help for rule in ROW_RULES if rule.column == column.name and rule.code not in _UNTAUGHT]
    unique = list(dict.fromkeys(helps))
    return "；".join(text.zh for text in unique), "; ".join(text.en for text in unique)


_UNTAUGHT = ("missing", "bad_character", "number_cell", "start_after_quarter", "maturity_not_after_start")


def _write_instructions(sheet: Worksheet, styles: _Styles) -> None:
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 10)
    sheet.set_column(3, 5, 48, styles.wrapped)
    sheet.write_string(0, 0, "贷款明细填报说明 How to fill in the loan return", styles.title)
    for number, note in enumerate(_NOTES, start=1):
        sheet.write_string(number, 0, f"{number}. {note}")
    first = len(_NOTES) + 2
    for place, heading in enumerate(("列 Heading", "英文列名 Name", "必填", "怎么填", "How to fill", "例子 Example")):
        sheet.write_string(first, place, heading, styles.required)
    for line, column in enumerate(LOAN_COLUMNS, start=first + 1):
        zh, en = _how_to_fill(column)
        required = "必填" if column.required else "可空"
        cells = (column.titled, column.name, required, zh, en, _EXAMPLES[column.name])
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell, styles.wrapped)


def workbook_template() -> bytes:
    """An XLSX with an empty data sheet first and the instructions 填报说明 second."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        styles = _styles(book)
        _write_data_sheet(book.add_worksheet(DATA_SHEET), styles)
        _write_instructions(book.add_worksheet(INSTRUCTIONS), styles)
    return out.getvalue()


def csv_template() -> bytes:
    """A CSV with the Chinese headings and no rows."""
    return csv_bytes([column.titled for column in LOAN_COLUMNS], [])
