"""What came of every receipt line: the list that its page and its file hold, and the files that the lines came in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from kernel.accounts.models import Account
from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.web.lists import ListColumn, ListLayout
from kernel.web.paging import Asked, Page, page_of, within_days
from settlement.payments.models import Payment, PaymentOrder
from settlement.payments.receipts.models import ReceiptFile, ReceiptLine
from settlement.payments.workflow import LINE_STATES, MISMATCHES, RESOLUTIONS

OUTCOMES = {"paid": Text("成功", "Paid"), "rejected": Text("退回", "Rejected")}


@dataclass(frozen=True)
class KeptLine:
    """A line with its file, and the payment that it met, if any. `resolved_by` is who made something of a line that met none."""

    line: ReceiptLine
    file_name: str
    taken_at: datetime
    payment: str | None
    order: str | None
    resolved_by: str | None


LINES = ListLayout(
    "receipt-lines",
    Text("回单各行", "Receipt lines"),
    (
        ListColumn("file", Text("文件", "File"), "file_name", col(ReceiptFile.file_name)),
        ListColumn("row", Text("行", "Row"), "line.row"),
        ListColumn("reference", Text("文件里的编号", "Reference in the file"), "line.reference"),
        ListColumn("paid_on", Text("日期", "Date"), "line.paid_on", col(ReceiptLine.paid_on)),
        ListColumn("outcome", Text("银行说", "The bank says"), "line.outcome", titles=OUTCOMES),
        ListColumn("bank_reference", Text("银行流水号", "Bank's reference"), "line.bank_reference"),
        ListColumn("amount", Text("金额（元）", "Amount (yuan)"), "line.amount", col(ReceiptLine.amount), money=True),
        ListColumn("state", Text("对账", "Matching"), "line.state", col(ReceiptLine.state), LINE_STATES),
        ListColumn("payment", Text("付款编号", "Payment"), "payment"),
        ListColumn("order", Text("拨付令", "Payment order"), "order"),
        ListColumn("mismatch", Text("为什么", "Why"), "line.mismatch", titles=MISMATCHES),
        ListColumn("resolution", Text("怎么处理的", "Resolved how"), "line.resolution", titles=RESOLUTIONS),
        ListColumn("resolution_reason", Text("原因", "Reason"), "line.resolution_reason"),
        ListColumn("resolved_by", Text("谁处理的", "Resolved by"), "resolved_by"),
        ListColumn("resolved_at", Text("处理时间", "Resolved at"), "line.resolved_at"),
    ),
)
FILES = ListLayout(
    "receipt-files",
    Text("收过的回单文件", "Receipt files"),
    (
        ListColumn("file", Text("文件", "File"), "file_name", col(ReceiptFile.file_name)),
        ListColumn("taken_at", Text("收文", "Taken in"), "taken_at", col(ReceiptFile.taken_at)),
        ListColumn("digest", Text("指纹", "Digest"), "digest"),
        ListColumn("lines", Text("行数", "Rows"), "lines", col(ReceiptFile.lines)),
    ),
)


def kept_lines(db: Session, asked: Asked, *, receipt: int | None = None, state: str | None = None) -> Page[KeptLine]:
    """The lines of all files or of one, in one state or any, the newest file first and in its order."""
    query: Any = (
        select(
            ReceiptLine,
            col(ReceiptFile.file_name),
            col(ReceiptFile.taken_at),
            col(Payment.reference),
            col(PaymentOrder.number),
            col(Account.name),
        )
        .join(ReceiptFile, col(ReceiptFile.id) == col(ReceiptLine.receipt_id))
        .outerjoin(Payment, col(Payment.id) == col(ReceiptLine.payment_id))
        .outerjoin(PaymentOrder, col(PaymentOrder.id) == col(Payment.order_id))
        .outerjoin(Account, col(Account.id) == col(ReceiptLine.resolved_by))
        .order_by(col(ReceiptLine.receipt_id).desc(), col(ReceiptLine.row))
    )
    if receipt is not None:
        query = query.where(col(ReceiptLine.receipt_id) == receipt)
    if state is not None:
        query = query.where(col(ReceiptLine.state) == state)
    return page_of(db, query, asked).map(lambda row: KeptLine(*row))


def receipts_query(*, since: date | None = None, until: date | None = None) -> Select[Any]:
    """The files that were taken in on some days, the newest first."""
    taken = within_days(col(ReceiptFile.taken_at), since, until)
    return select(ReceiptFile).where(taken).order_by(col(ReceiptFile.id).desc())


def receipt_by_id(db: Session, number: int) -> ReceiptFile:
    """One file, or NotFound."""
    found: ReceiptFile | None = db.execute(select(ReceiptFile).where(col(ReceiptFile.id) == number)).scalars().first()
    if found is None:
        raise NotFound("receipt_not_found", "没有这个回单文件", "There is no such receipt file")
    return found
