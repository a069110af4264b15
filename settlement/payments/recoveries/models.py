"""Tables of recovery notices, of the money that came back on them, and of what was set off after they were issued."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, table_args


class RecoveryNotice(SQLModel, table=True):
    """What one beneficiary is asked to pay back to one payer, in fen, and until when; `set_off` was taken from later dues instead."""

    __tablename__ = "settlement_recovery_notice"
    __table_args__ = table_args(
        fen_range("amount", lowest=1),
        fen_range("recovered", lowest=0),
        fen_range("set_off", lowest=0),
        CheckConstraint("recovered + set_off <= amount", name="settled_within_amount"),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=30, unique=True)
    payer: str = Field(max_length=20, index=True)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    beneficiary_code: str = Field(max_length=18)
    beneficiary_name: str = Field(max_length=120)
    amount: int = Field(sa_type=Fen)
    recovered: int = Field(default=0, sa_type=Fen)
    set_off: int = Field(default=0, sa_type=Fen)
    due_on: date
    reason: str = Field(max_length=200)
    issued_by: int = Field(foreign_key="account.id")
    issued_at: datetime = Field(sa_type=Moment)

    @property
    def open_amount(self) -> int:
        return self.amount - self.recovered - self.set_off


class NoticeSetOff(SQLModel, table=True):
    """So much of a notice was settled by an order's set-off, in fen; `undone_at` when the order was cancelled."""

    __tablename__ = "settlement_recovery_set_off"
    __table_args__ = table_args(fen_range("amount", lowest=1), UniqueConstraint("notice_id", "order_id"))

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="settlement_recovery_notice.id", index=True)
    order_id: int = Field(foreign_key="settlement_payment_order.id", index=True)
    amount: int = Field(sa_type=Fen)
    set_off_on: date
    undone_at: datetime | None = Field(default=None, sa_type=Moment)


class RecoveredMoney(SQLModel, table=True):
    """One amount that came back on a notice, under the bank's reference, which counts once."""

    __tablename__ = "settlement_recovered_money"
    __table_args__ = table_args(fen_range("amount", lowest=1))

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="settlement_recovery_notice.id", index=True)
    amount: int = Field(sa_type=Fen)
    received_on: date
    bank_reference: str = Field(max_length=60, unique=True)
    recorded_by: int = Field(foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=Moment)
