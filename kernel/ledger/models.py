"""Tables of the books. Groups and postings are only inserted: triggers of both databases refuse to change or delete them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from kernel.ledger.accounts import BY_CODE
from kernel.ledger.workflow import STATES


class PostingGroup(SQLModel, table=True):
    """What happened, once: its postings sum to 0. `effective_on` is the day it counts for, `booked_on` the day it was written."""

    __tablename__ = "ledger_group"
    __table_args__ = table_args(
        UniqueConstraint("book", "key"),
        CheckConstraint("effective_on <= booked_on", name="effective_by_booking"),
    )

    id: int | None = Field(default=None, primary_key=True)
    book: str = Field(max_length=20)
    key: str = Field(max_length=120)
    act: str = Field(max_length=40)
    effective_on: date = Field(index=True)
    booked_on: date = Field(index=True)
    booked_at: datetime = Field(sa_type=Moment)
    booked_by: int | None = Field(default=None, foreign_key="account.id")
    reference: str = Field(default="", max_length=200)
    reverses_id: int | None = Field(default=None, foreign_key="ledger_group.id", unique=True)


class Posting(SQLModel, table=True):
    """One amount in one account, in fen: a debit is positive, a credit negative. Empty dimensions do not apply."""

    __tablename__ = "ledger_posting"
    __table_args__ = table_args(
        fen_range("amount"),
        CheckConstraint("amount <> 0", name="amount_moves"),
        one_of("account", BY_CODE),
        UniqueConstraint("group_id", "place"),
    )

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="ledger_group.id")
    place: int
    account: str = Field(max_length=20, index=True)
    party_id: int | None = Field(default=None, foreign_key="party.id", index=True)
    scheme: str = Field(default="", max_length=40)
    quarter: str = Field(default="", max_length=6)
    budget_year: int = 0
    amount: int = Field(sa_type=Fen)


class LedgerPeriod(SQLModel, table=True):
    """One month of one set of books; a closed one takes no postings any more."""

    __tablename__ = "ledger_period"
    __table_args__ = table_args(
        one_of("state", STATES),
        UniqueConstraint("book", "month"),
        CheckConstraint("closed_by IS NULL OR closed_by <> proposed_by", name="closed_by_another"),
        CheckConstraint("(state = 'closed') = (closed_by IS NOT NULL)", name="closed_by_somebody"),
    )

    id: int | None = Field(default=None, primary_key=True)
    book: str = Field(max_length=20)
    month: str = Field(max_length=7)
    state: str = Field(max_length=20)
    groups: int = 0
    proposed_groups: int | None = None
    proposed_by: int | None = Field(default=None, foreign_key="account.id")
    proposed_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_by: int | None = Field(default=None, foreign_key="account.id")
    closed_at: datetime | None = Field(default=None, sa_type=Moment)


class LedgerFund(SQLModel, table=True):
    """The limited thing: what a payer may spend in a budget year, and how much of it is taken; in fen."""

    __tablename__ = "ledger_fund"
    __table_args__ = table_args(
        UniqueConstraint("book", "budget_year"),
        fen_range("granted", lowest=0),
        CheckConstraint("taken BETWEEN 0 AND granted", name="taken_within_granted"),
    )

    id: int | None = Field(default=None, primary_key=True)
    book: str = Field(max_length=20)
    budget_year: int
    granted: int = Field(default=0, sa_type=Fen)
    taken: int = Field(default=0, sa_type=Fen)
