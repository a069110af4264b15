"""An order as files for the treasury: CSV and XLSX as people read them, pain.001 as machines do."""

import io
from collections.abc import Callable

import xlsxwriter
from sqlmodel import Session, select
from xlsxwriter.worksheet import Worksheet

from kernel.clock import SHANGHAI
from kernel.money import FEN_PER_YUAN, capitals, parse_yuan, yuan
from kernel.policies import PolicyBook
from kernel.tables.writing import csv_bytes, disarmed
from settlement.payments import labels
from settlement.payments.claims import claims_by_id
from settlement.payments.message import AccountAt, OrderMessage, Transfer, pain_001
from settlement.payments.models import PayeeAccount, PayerClaim, PaymentOrder
from settlement.payments.orders import payees_of, payments_of

COLUMNS = (
    ("reference", "付款编号", 28),
    ("payee_name", "收款人", 32),
    ("payee_account", "收款账号", 24),
    ("payee_bank", "开户行", 32),
    ("payee_bank_code", "行号", 16),
    ("amount", "金额", 18),
    ("beneficiary_code", "统一社会信用代码", 22),
    ("statement", "结算单", 20),
    ("purpose", "用途", 40),
)
AMOUNT = 5  # the place of the amount, column F
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml; charset=utf-8",
}


def order_message(db: Session, order: PaymentOrder, book: PolicyBook) -> OrderMessage:
    """The order with the accounts that were in force when it was drawn."""
    payments = payments_of(db, order)
    payees, claims = payees_of(db, payments), claims_by_id(db, {one.claim_id for one in payments})
    paying = db.exec(select(PayeeAccount).where(PayeeAccount.id == order.paying_account_id)).one()
    transfers = tuple(
        Transfer(one.reference, one.amount, _account(payees[one.payee_id]), _remark(claims[one.claim_id], book))
        for one in payments
    )
    initiator = labels.payer(order.payer).zh
    return OrderMessage(order.number, order.drawn_at, order.execute_on, initiator, _account(paying), transfers)


def _account(row: PayeeAccount) -> AccountAt:
    return AccountAt(row.account_name, row.account_number, row.bank_name, row.bank_code)


def _remark(claim: PayerClaim, book: PolicyBook) -> str:
    return f"{claim.quarter} {labels.scheme(book, claim.scheme).zh} {claim.statement_number}"


def order_file(db: Session, order: PaymentOrder, kind: str, book: PolicyBook) -> bytes:
    """The order as `csv`, `xlsx` or `xml`."""
    message = order_message(db, order, book)
    if kind == "xml":
        return pain_001(message)
    payments = payments_of(db, order)
    claims = claims_by_id(db, {one.claim_id for one in payments})
    rows = [_row(transfer, claims[one.claim_id]) for transfer, one in zip(message.transfers, payments, strict=True)]
    makers: dict[str, Callable[[], bytes]] = {
        "csv": lambda: csv_bytes([name for name, _, _ in COLUMNS], rows),
        "xlsx": lambda: _workbook(order, message, rows),
    }
    return makers[kind]()


def _row(transfer: Transfer, claim: PayerClaim) -> list[str]:
    to = transfer.to
    account = [to.name, to.number, to.bank_name, to.bank_code]
    return [
        transfer.reference, *account, yuan(transfer.amount), claim.beneficiary_code, claim.statement_number, transfer.remark
    ]  # fmt: skip


HEAD = 6  # the row of the headings, counted from 0


def _workbook(order: PaymentOrder, message: OrderMessage, rows: list[list[str]]) -> bytes:
    """One sheet: who pays from where, a row a payment, the sum as a formula and in capitals."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": order.drawn_at.astimezone(SHANGHAI).replace(tzinfo=None)})
        sheet = book.add_worksheet("拨付令")
        _write_head(book, sheet, order, message)
        _write_rows(book, sheet, rows)
        _write_sum(book, sheet, len(rows), message.total)
        sheet.freeze_panes(HEAD + 1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    return out.getvalue()


def _write_head(book: xlsxwriter.Workbook, sheet: Worksheet, order: PaymentOrder, message: OrderMessage) -> None:
    paying = message.payer
    sheet.write_string(0, 0, f"拨付令 {order.number}", book.add_format({"bold": True}))
    facts = (
        ("付款方", message.initiator),
        ("付款账户", f"{paying.name} {paying.number} {paying.bank_name} {paying.bank_code}"),
        ("执行日", order.execute_on.isoformat()),
        ("大写合计", capitals(message.total)),
    )
    for row, (label, value) in enumerate(facts, start=1):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, disarmed(value))
    heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EDF1EE"})
    for column, (name, title, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD, column, f"{title}(元)" if name == "amount" else title, heading)


def _write_rows(book: xlsxwriter.Workbook, sheet: Worksheet, rows: list[list[str]]) -> None:
    money = book.add_format({"num_format": "#,##0.00"})
    for number, cells in enumerate(rows, start=HEAD + 1):
        for column, cell in enumerate(cells):
            if column == AMOUNT:
                sheet.write_number(number, column, parse_yuan(cell) / FEN_PER_YUAN, money)
            else:
                sheet.write_string(number, column, disarmed(cell))


def _write_sum(book: xlsxwriter.Workbook, sheet: Worksheet, count: int, total: int) -> None:
    row = HEAD + count + 1
    money = book.add_format({"bold": True, "num_format": "#,##0.00", "top": 1})
    sheet.write_string(row, AMOUNT - 1, "合计", book.add_format({"bold": True}))
    sheet.write_formula(row, AMOUNT, f"=SUM(F{HEAD + 2}:F{row})", money, total / FEN_PER_YUAN)
