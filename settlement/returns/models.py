"""Tables of filed returns: every version of every return, what was found in it, and the repairs of its rows."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from settlement.returns.workflow import STATES

KIND_NAMES = ("loans", "guarantees")
_CERTIFIED = text("state = 'certified'")
LONGEST_REASON = 500


class LoanReturn(SQLModel, table=True):
    """One version of one institution's return for one quarter: a bank's loans, or a guarantor's contracts with their events beside.

    `rows`, `total` and the balances are of its own rows; the total of guarantees is what is outstanding. `row_digest` stands for
    the rows of both files; `events_*` say which file lay beside and how many events it has. `eligible` is the balance that counts
    by the definition in force when it was filed: shown to the bank, never paid on. `confirmed_*`: who confirmed the warnings and
    sent it to be certified; empty again once it is sent back.
    """

    __tablename__ = "settlement_return"
    __table_args__ = table_args(
        one_of("state", STATES),
        one_of("kind", KIND_NAMES),
        fen_range("total", lowest=0),
        fen_range("eligible", lowest=0),
        UniqueConstraint("institution_id", "quarter", "version"),
        CheckConstraint("version >= 1", name="version_counts_from_1"),
        CheckConstraint("events_digest IS NOT NULL OR events_name = ''", name="events_have_bytes"),
        CheckConstraint("kind = 'guarantees' OR events_digest IS NULL", name="loans_have_no_events"),
        CheckConstraint("(state = 'refused') = (row_digest IS NULL)", name="refused_has_no_rows"),
        CheckConstraint("certified_by IS NULL OR certified_by <> filed_by", name="two_persons"),
        CheckConstraint("state <> 'certified' OR certified_by IS NOT NULL", name="certified_by_somebody"),
        CheckConstraint("(certified_by IS NULL) = (certified_at IS NULL)", name="certified_at_some_time"),
        CheckConstraint("state <> 'certified' OR confirmed_at IS NOT NULL", name="certified_once_sent"),
        CheckConstraint("state <> 'sent_back' OR sent_back_reason <> ''", name="sent_back_with_reason"),
        CheckConstraint("sent_back_by IS NULL OR sent_back_by <> filed_by", name="two_persons_send_back"),
        Index(
            "uq_settlement_return_certified",
            "institution_id",
            "quarter",
            unique=True,
            sqlite_where=_CERTIFIED,
            postgresql_where=_CERTIFIED,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    institution_id: int = Field(foreign_key="party.id", index=True)
    quarter: str = Field(max_length=6, index=True)
    kind: str = Field(default="loans", max_length=20)
    version: int
    state: str = Field(max_length=20)
    file_name: str = Field(max_length=200)
    format: str = Field(default="", max_length=20)
    encoding: str = Field(default="", max_length=20)
    sheet: str = Field(default="", max_length=120)
    size: int = Field(sa_type=BigInteger)
    bytes_digest: str = Field(max_length=64)
    row_digest: str | None = Field(default=None, max_length=64)
    rows: int = 0
    borrowers: int = 0
    total: int = Field(default=0, sa_type=Fen)
    eligible: int | None = Field(default=None, sa_type=Fen)
    events_name: str = Field(default="", max_length=200)
    events_digest: str | None = Field(default=None, max_length=64)
    events: int = 0
    errors: int = 0
    warnings: int = 0
    repaired_from_id: int | None = Field(default=None, foreign_key="settlement_return.id")
    filed_by: int = Field(foreign_key="account.id")
    filed_at: datetime = Field(sa_type=Moment)
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    sent_back_by: int | None = Field(default=None, foreign_key="account.id")
    sent_back_at: datetime | None = Field(default=None, sa_type=Moment)
    sent_back_reason: str = Field(default="", max_length=LONGEST_REASON)
    certified_by: int | None = Field(default=None, foreign_key="account.id")
    certified_at: datetime | None = Field(default=None, sa_type=Moment)
    superseded_at: datetime | None = Field(default=None, sa_type=Moment)


class LoanReturnReport(SQLModel, table=True):
    """What intake found in a version, as one canonical JSON; apart from the version so that lists stay light."""

    __tablename__ = "settlement_return_report"

    return_id: int = Field(primary_key=True, foreign_key="settlement_return.id")
    institution_id: int = Field(foreign_key="party.id", index=True)
    content: str = Field(sa_type=Text)


class LoanReturnRepair(SQLModel, table=True):
    """One mended cell of a refused version, or one row left out (`column_name` empty); the filed bytes stay as they are."""

    __tablename__ = "settlement_return_repair"
    __table_args__ = table_args(
        UniqueConstraint("return_id", "row", "column_name"),
        CheckConstraint("row >= 1", name="row_counts_from_1"),
    )

    id: int | None = Field(default=None, primary_key=True)
    return_id: int = Field(foreign_key="settlement_return.id", index=True)
    institution_id: int = Field(foreign_key="party.id", index=True)
    row: int
    column_name: str = Field(default="", max_length=40)
    value: str = Field(default="", max_length=200)
    mended_by: int = Field(foreign_key="account.id")
    mended_at: datetime = Field(sa_type=Moment)
