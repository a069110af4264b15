"""Tables of receipts: the file, and each of its lines with what came of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from settlement.payments.workflow import LINE_STATES, MISMATCHES, RESOLUTIONS

OUTCOMES = ("paid", "rejected")


class ReceiptFile(SQLModel, table=True):
    """One receipt file as it was taken in; the same bytes are taken once."""

    __tablename__ = "settlement_receipt"
    __table_args__ = table_args(CheckConstraint("lines >= 1", name="has_lines"))

    id: int | None = Field(default=None, primary_key=True)
    file_name: str = Field(max_length=200)
    digest: str = Field(max_length=64, unique=True)
    lines: int
    taken_by: int = Field(foreign_key="account.id")
    taken_at: datetime = Field(sa_type=Moment)


class ReceiptLine(SQLModel, table=True):
    """One line as written, the payment it met (if any), or why it met none and what an official made of it. Fen."""

    __tablename__ = "settlement_receipt_line"
    __table_args__ = table_args(
        UniqueConstraint("receipt_id", "row"),
        one_of("state", LINE_STATES),
        one_of("outcome", OUTCOMES),
        one_of("mismatch", MISMATCHES, optional=True),
        one_of("resolution", RESOLUTIONS, optional=True),
        fen_range("amount", lowest=1),
        CheckConstraint("(state = 'matched') = (mismatch IS NULL)", name="mismatch_unless_matched"),
        CheckConstraint("(state = 'resolved') = (resolution IS NOT NULL)", name="resolved_somehow"),
    )

    id: int | None = Field(default=None, primary_key=True)
    receipt_id: int = Field(foreign_key="settlement_receipt.id", index=True)
    row: int
    reference: str = Field(max_length=60)
    amount: int = Field(sa_type=Fen)
    paid_on: date
    outcome: str = Field(max_length=20)
    bank_reference: str = Field(default="", max_length=60)
    reason: str = Field(default="", max_length=200)
    state: str = Field(max_length=20, index=True)
    mismatch: str | None = Field(default=None, max_length=40)
    payment_id: int | None = Field(default=None, foreign_key="settlement_payment.id", index=True)
    resolution: str | None = Field(default=None, max_length=20)
    resolution_reason: str = Field(default="", max_length=200)
    resolved_by: int | None = Field(default=None, foreign_key="account.id")
    resolved_at: datetime | None = Field(default=None, sa_type=Moment)
