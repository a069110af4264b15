"""Tables of renewals and of the loans that come due; amounts in fen."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from matchmaking.renewals.rules import CLASSES, KINDS, PURPOSES
from matchmaking.renewals.workflow import LIVE, REFUSALS, STATES

SOURCES = ("return", "firm")
_LIVE = text("state IN (" + ", ".join(f"'{state}'" for state in sorted(LIVE)) + ")")
_CONTRACTED = text("new_loan <> ''")


class LoanMaturity(SQLModel, table=True):
    """A loan of a registered firm and the day it comes due, as the bank's newest return or the firm itself says."""

    __tablename__ = "matchmaking_loan_maturity"
    __table_args__ = table_args(
        UniqueConstraint("bank_id", "loan", "source", "enterprise_id"),
        one_of("source", SOURCES),
        one_of("borrower_kind", KINDS),
        one_of("classification", CLASSES, optional=True),
        fen_range("balance", lowest=0),
        CheckConstraint("due_on > starts_on", name="due_after_start"),
    )

    id: int | None = Field(default=None, primary_key=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    bank_id: int = Field(foreign_key="institution.party_id", index=True)
    region: str = Field(max_length=10)
    loan: str = Field(max_length=64)
    balance: int = Field(sa_type=Fen)
    starts_on: date
    due_on: date = Field(index=True)
    borrower_kind: str = Field(max_length=30)
    classification: str | None = Field(default=None, max_length=20)
    source: str = Field(max_length=10)
    as_of: date
    at: datetime = Field(sa_type=Moment)


class Renewal(SQLModel, table=True):
    """One old loan renewed, or not; at most one live renewal a loan, and a new loan renews one old one. `version` guards every move.

    `sequence` counts the renewals of the loan in a chain; `was_listed` is what the whitelist of the application day said.
    """

    __tablename__ = "matchmaking_renewal"
    __table_args__ = table_args(
        one_of("state", STATES),
        one_of("borrower_kind", KINDS),
        one_of("purpose", PURPOSES),
        one_of("class_before", CLASSES, optional=True),
        one_of("class_after", CLASSES, optional=True),
        one_of("refusal", REFUSALS, optional=True),
        fen_range("old_balance", lowest=1),
        CheckConstraint("new_principal IS NULL OR new_principal BETWEEN 1 AND old_balance", name="new_within_old"),
        CheckConstraint("signed_on IS NULL OR signed_on < old_due_on", name="signed_before_maturity"),
        CheckConstraint("settled_on IS NULL OR settled_on = new_starts_on", name="same_day_settlement"),
        CheckConstraint("sequence >= 1", name="sequence_counts"),
        Index(
            "uq_matchmaking_renewal_live",
            "bank_id",
            "old_loan",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "uq_matchmaking_renewal_new_loan",
            "bank_id",
            "new_loan",
            unique=True,
            sqlite_where=_CONTRACTED,
            postgresql_where=_CONTRACTED,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    bank_id: int = Field(foreign_key="institution.party_id", index=True)
    region: str = Field(max_length=10, index=True)
    old_loan: str = Field(max_length=64)
    old_balance: int = Field(sa_type=Fen)
    old_starts_on: date
    old_due_on: date
    borrower_kind: str = Field(max_length=30)
    purpose: str = Field(max_length=20)
    applied_on: date
    applied_at: datetime = Field(sa_type=Moment)
    answer_by: date
    was_listed: bool
    lawful: bool
    sound: bool
    good_credit: bool
    meets_new_loan_terms: bool | None = None
    state: str = Field(max_length=20, default="applied")
    version: int = 1
    sequence: int = 1
    class_before: str | None = Field(default=None, max_length=20)
    class_after: str | None = Field(default=None, max_length=20)
    decided_on: date | None = None
    refusal: str | None = Field(default=None, max_length=20)
    reason: str = Field(default="", max_length=500)
    new_loan: str = Field(default="", max_length=64)
    new_principal: int | None = Field(default=None, sa_type=Fen)
    signed_on: date | None = None
    new_starts_on: date | None = None
    new_due_on: date | None = None
    settled_on: date | None = None
