"""Read a receipt file: CSV or a workbook, all lines or none, every fault by row and column. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from kernel.tables import cells
from kernel.tables.columns import Column, read_records
from kernel.tables.faults import Fault, FileRefused, whole_file
from kernel.tables.reading import read_sheet
from settlement.payments.receipts.models import OUTCOMES

PAID, REJECTED = OUTCOMES
MOST_LINES = 1000  # of a file: taken in within a page, and more than one order holds
OUTCOME_WORDS = {PAID: "成功", REJECTED: "退回"}

REFERENCE = Column("reference", "付款编号", cells.text(60))
AMOUNT = Column("amount", "金额", cells.yuan_at_least(1), is_number=True)
DATE = Column("date", "日期", cells.day)
STATUS = Column("status", "状态", cells.one_of(OUTCOME_WORDS))
BANK_REFERENCE = Column("bank_reference", "银行流水号", cells.text(60), default="")
REASON = Column("reason", "原因", cells.text(200), default="")
COLUMNS = (REFERENCE, AMOUNT, DATE, STATUS, BANK_REFERENCE, REASON)


@dataclass(frozen=True)
class ReceiptRecord:
    """One line of the file; fen."""

    row: int
    reference: str
    amount: int
    paid_on: date
    outcome: str
    bank_reference: str
    reason: str


@dataclass(frozen=True)
class ReceiptContent:
    """A file that was accepted whole, with the SHA-256 of its bytes."""

    file_name: str
    digest: str
    records: tuple[ReceiptRecord, ...]


def read_receipt(file_name: str, content: bytes, today: date) -> ReceiptContent:
    """The lines of a receipt file; raises `FileRefused` with every fault or for over `MOST_LINES`, and takes nothing."""
    table = read_records(read_sheet(file_name, content, most=MOST_LINES), COLUMNS)
    records = tuple(
        ReceiptRecord(
            row=one.number,
            reference=one[REFERENCE],
            amount=one[AMOUNT],
            paid_on=one[DATE],
            outcome=one[STATUS],
            bank_reference=one[BANK_REFERENCE],
            reason=one[REASON],
        )
        for one in table.records
    )
    faults = [fault for record in records for fault in _faults(file_name, record, today)]
    if faults:
        raise FileRefused(faults)
    if not records:
        raise whole_file(file_name, "empty", Text("文件里没有一行回单", "The file holds no receipt line"))
    return ReceiptContent(file_name, hashlib.sha256(content).hexdigest(), records)


def _faults(file: str, record: ReceiptRecord, today: date) -> list[Fault]:
    found = []
    if record.outcome == PAID and not record.bank_reference:
        text = Text("付成功的要有银行流水号", "A paid line needs the bank's reference")
        found.append(Fault(file, record.row, BANK_REFERENCE.name, "", "required", "error", text))
    if record.paid_on > today:
        text = Text("日期晚于今天", "The date lies in the future")
        found.append(Fault(file, record.row, DATE.name, record.paid_on.isoformat(), "in_future", "error", text))
    return found
