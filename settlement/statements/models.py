"""Tables of statements, whatever the scheme: a row a revision with its amount, its digests and its explanation as canonical JSON."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from settlement.statements.workflow import STATES

_CURRENT = text("state <> 'replaced'")


class StatementSeries(SQLModel, table=True):
    """The counter from which a quarter's statements get their numbers; its row also makes drafting take turns."""

    __tablename__ = "settlement_statement_series"
    __table_args__ = table_args(UniqueConstraint("scheme", "quarter"))

    id: int | None = Field(default=None, primary_key=True)
    scheme: str = Field(max_length=40)
    quarter: str = Field(max_length=6)
    last_number: int = 0


class Statement(SQLModel, table=True):
    """One revision of what a party is due under one scheme for one quarter; `amount` in fen, None where nobody knows, negative
    only where a reading takes a fall back.

    `inputs_digest` stands for everything it was computed from, `digest` for everything it says.
    """

    __tablename__ = "settlement_statement"
    __table_args__ = table_args(
        one_of("state", STATES),
        fen_range("amount"),
        UniqueConstraint("number", "revision"),
        UniqueConstraint("beneficiary_id", "scheme", "quarter", "revision"),
        CheckConstraint("revision >= 1", name="revision_counts_from_1"),
        CheckConstraint("held = (hold_reasons <> '')", name="held_for_a_reason"),
        CheckConstraint("amount IS NOT NULL OR held", name="no_amount_is_held"),
        Index(
            "uq_settlement_statement_current",
            "beneficiary_id",
            "scheme",
            "quarter",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=40, index=True)
    revision: int
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    beneficiary_code: str = Field(max_length=18)
    beneficiary_name: str = Field(max_length=120)
    region: str = Field(max_length=10)
    scheme: str = Field(max_length=40)
    quarter: str = Field(max_length=6, index=True)
    state: str = Field(max_length=20)
    amount: int | None = Field(default=None, sa_type=Fen)
    held: bool
    hold_reasons: str = Field(default="", max_length=200)
    policy_digest: str = Field(max_length=64)
    shares_digest: str = Field(max_length=64)
    inputs_digest: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    explanation: str = Field(sa_type=Text)
    drafted_by: int | None = Field(default=None, foreign_key="account.id")
    drafted_at: datetime = Field(sa_type=Moment)
    replaced_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def reasons(self) -> list[str]:
        """Why it is held, the first reason first; empty when it is not."""
        return self.hold_reasons.split()


class StatementLine(SQLModel, table=True):
    """One amount of a statement: what for, on which base, at which rate, by which clause; the lines add up to the amount."""

    __tablename__ = "settlement_statement_line"
    __table_args__ = table_args(fen_range("base"), fen_range("amount"), UniqueConstraint("statement_id", "place"))

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="settlement_statement.id", index=True)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    place: int
    subject: str = Field(default="", max_length=80)
    title_zh: str = Field(max_length=200)
    title_en: str = Field(max_length=200)
    clause: int
    base: int | None = Field(default=None, sa_type=Fen)
    rate: str = Field(default="", max_length=40)
    amount: int | None = Field(default=None, sa_type=Fen)
    parameters: str = Field(default="", max_length=400)


class StatementShare(SQLModel, table=True):
    """What one payer bears of a statement; the parts of a statement add up to its amount."""

    __tablename__ = "settlement_statement_share"
    __table_args__ = table_args(fen_range("amount"), UniqueConstraint("statement_id", "payer"))

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="settlement_statement.id", index=True)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    place: int
    payer: str = Field(max_length=20)
    part: str = Field(max_length=40)
    amount: int = Field(sa_type=Fen)
