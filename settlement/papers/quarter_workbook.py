"""A quarter as a workbook: every sum is a formula, so that an official can follow it from line to statement to payer.

What the books say stands beside each formula, and their difference, which is nil, in a column of its own. Names are written as
text, so nothing in them is ever read as a formula.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kernel.bilingual import Text
from settlement.statements import labels
from settlement.statements.service import StatementWhole

STATEMENTS, LINES, SHARES, PAYERS = "结算单", "明细", "承担", "承担方合计"
_MADE = datetime(2022, 6, 7, tzinfo=UTC).replace(
    tzinfo=None
)  # a fixed date in the file: the same books give the same bytes
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True)
class _Styles:
    head: Format
    text: Format
    money: Format
    total: Format


@dataclass(frozen=True)
class _Table:
    """A sheet being filled: row 0 is the head, `last` the last row written."""

    sheet: Worksheet
    styles: _Styles
    heads: Sequence[tuple[Text, int]]

    def begin(self) -> None:
        for column, (head, width) in enumerate(self.heads):
            self.sheet.write_string(0, column, f"{head.zh}\n{head.en}", self.styles.head)
            self.sheet.set_column(column, column, width)
        self.sheet.freeze_panes(1, 1)
        self.sheet.repeat_rows(0)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)

    def text(self, row: int, column: int, value: str) -> None:
        self.sheet.write_string(row, column, value, self.styles.text)

    def money(self, row: int, column: int, fen: int | None) -> None:
        if fen is not None:
            self.sheet.write_number(
                row, column, fen / 100, self.styles.money
            )  # a cell is a double: exact below 10^13 yuan

    def formula(self, row: int, column: int, formula: str, fen: int, *, total: bool = False) -> None:
        self.sheet.write_formula(row, column, formula, self.styles.total if total else self.styles.money, fen / 100)


def quarter_workbook(wholes: Sequence[StatementWhole]) -> bytes:
    """The XLSX of some statements of one quarter, in their order."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        styles = _styles(book)
        statements, lines, shares, payers = (
            _Table(book.add_worksheet(name), styles, heads) for name, heads in _HEADS.items()
        )
        for table in (statements, lines, shares, payers):
            table.begin()
        line_end, share_end = _fill_lines(lines, wholes), _fill_shares(shares, wholes)
        _fill_statements(statements, wholes, line_end, share_end)
        _fill_payers(payers, wholes, share_end)
    return out.getvalue()


_HEADS: dict[str, Sequence[tuple[Text, int]]] = {
    STATEMENTS: (
        (Text("编号", "Number"), 18),
        (Text("受益方", "Beneficiary"), 36),
        (Text("统一社会信用代码", "Credit code"), 22),
        (Text("区县", "Fiscal region"), 16),
        (Text("政策", "Scheme"), 30),
        (Text("金额（元）", "Amount (yuan)"), 18),
        (Text("明细合计", "Sum of its lines"), 18),
        (Text("承担合计", "Sum of its shares"), 18),
        (Text("差额", "Difference"), 12),
        (Text("暂缓原因", "Held because"), 40),
    ),
    LINES: (
        (Text("编号", "Number"), 18),
        (Text("项目", "Item"), 44),
        (Text("对象", "Subject"), 24),
        (Text("基数（元）", "Base (yuan)"), 20),
        (Text("比例", "Rate"), 12),
        (Text("金额（元）", "Amount (yuan)"), 18),
    ),
    SHARES: (
        (Text("编号", "Number"), 18),
        (Text("承担方", "Payer"), 24),
        (Text("比例", "Part"), 12),
        (Text("金额（元）", "Amount (yuan)"), 18),
    ),
    PAYERS: ((Text("承担方", "Payer"), 24), (Text("金额（元）", "Amount (yuan)"), 18)),
}


def _styles(book: xlsxwriter.Workbook) -> _Styles:
    head: dict[str, Any] = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E3EEF1"}
    return _Styles(
        head=book.add_format(head),
        text=book.add_format({"num_format": "@"}),
        money=book.add_format({"num_format": "#,##0.00"}),
        total=book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1}),
    )


def _fill_lines(table: _Table, wholes: Sequence[StatementWhole]) -> int:
    row = 0
    for whole in wholes:
        for line in whole.lines:
            row += 1
            table.text(row, 0, whole.statement.number)
            table.text(row, 1, line.title_zh)
            table.text(row, 2, line.subject)
            table.money(row, 3, line.base)
            table.text(row, 4, _rate(line.rate))
            table.money(row, 5, line.amount)
    return row


def _rate(rate: str) -> str:
    """`1%` for `0.01`; what is not a plain decimal stays as it is."""
    try:
        return f"{(Decimal(rate) * 100).normalize():f}%"
    except ArithmeticError:
        return rate


def _fill_shares(table: _Table, wholes: Sequence[StatementWhole]) -> int:
    row = 0
    for whole in wholes:
        for share in whole.shares:
            row += 1
            table.text(row, 0, whole.statement.number)
            table.text(row, 1, labels.payer(share.payer).zh)
            table.text(row, 2, share.part)
            table.money(row, 3, share.amount)
    return row


def _fill_statements(table: _Table, wholes: Sequence[StatementWhole], line_end: int, share_end: int) -> None:
    told = [
        (
            whole.statement.amount or 0,
            sum(line.amount or 0 for line in whole.lines),
            sum(share.amount for share in whole.shares),
        )
        for whole in wholes
    ]
    for row, (whole, (amount, by_line, by_share)) in enumerate(zip(wholes, told, strict=True), start=1):
        _name(table, row, whole)
        table.money(row, 5, whole.statement.amount)
        table.formula(row, 6, _sum_of(LINES, "F", row, line_end), by_line)
        table.formula(row, 7, _sum_of(SHARES, "D", row, share_end), by_share)
        apart = f"=ROUND(F{row + 1}-G{row + 1},2)+ROUND(F{row + 1}-H{row + 1},2)"
        table.formula(row, 8, apart, amount - by_line + amount - by_share)
    last = len(wholes)
    table.text(last + 1, 0, "合计")
    for column, (letter, sums) in enumerate(zip("FGH", zip(*told, strict=True), strict=True) if told else (), start=5):
        table.formula(last + 1, column, f"=SUM({letter}2:{letter}{last + 1})", sum(sums), total=True)


def _name(table: _Table, row: int, whole: StatementWhole) -> None:
    statement = whole.statement
    words = (
        statement.number,
        statement.beneficiary_name,
        statement.beneficiary_code,
        labels.region(statement.region).zh,
        labels.scheme(statement.scheme).zh,
    )
    for column, word in enumerate(words):
        table.text(row, column, word)
    table.text(row, 9, "；".join(labels.hold(code).zh for code in statement.reasons))


def _sum_of(sheet: str, column: str, row: int, end: int) -> str:
    """What a sheet holds under the number in column A of a statement's row."""
    return f"=SUMIFS('{sheet}'!${column}$2:${column}${end + 1},'{sheet}'!$A$2:$A${end + 1},$A{row + 1})"


def _fill_payers(table: _Table, wholes: Sequence[StatementWhole], share_end: int) -> None:
    sums: dict[str, int] = {}
    for whole in wholes:
        for share in whole.shares:
            sums[share.payer] = sums.get(share.payer, 0) + share.amount
    for row, (payer, fen) in enumerate(sorted(sums.items()), start=1):
        table.text(row, 0, labels.payer(payer).zh)
        borne = f"'{SHARES}'!$B$2:$B${share_end + 1}"
        formula = f"=SUMIFS('{SHARES}'!$D$2:$D${share_end + 1},{borne},$A{row + 1})"
        table.formula(row, 1, formula, fen)
    last = len(sums)
    table.text(last + 1, 0, "合计")
    table.formula(last + 1, 1, f"=SUM(B2:B{last + 1})", sum(sums.values()), total=True)
