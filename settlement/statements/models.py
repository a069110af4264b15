"""Tables of statements: one row a revision with every figure that is queried, and the whole explanation as one canonical JSON."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from settlement.statements.workflow import STATES

_CURRENT = text("state <> 'replaced'")
AMOUNTS = (
    "balance",
    "reference_balance",
    "amount",
    "alternative_reference_balance",
    "alternative_amount",
    "returned_balance",
    "certified_balance",
)


class StatementSeries(SQLModel, table=True):
    """The counter from which a quarter's statements get their numbers; its row also makes drafting take turns."""

    __tablename__ = "settlement_statement_series"
    __table_args__ = table_args(UniqueConstraint("scheme", "quarter"))

    id: int | None = Field(default=None, primary_key=True)
    scheme: str = Field(max_length=40)
    quarter: str = Field(max_length=6)
    last_number: int = 0


class Statement(SQLModel, table=True):
    """One revision of what an institution is due for a quarter; money in fen, None where nobody knows.

    `inputs_digest` stands for everything it was computed from, `digest` for everything it says.
    """

    __tablename__ = "settlement_statement"
    __table_args__ = table_args(
        one_of("state", STATES),
        *(fen_range(column, lowest=0) for column in AMOUNTS),
        fen_range("increment"),
        fen_range("alternative_increment"),
        UniqueConstraint("number", "revision"),
        UniqueConstraint("institution_id", "scheme", "quarter", "revision"),
        CheckConstraint("revision >= 1", name="revision_counts_from_1"),
        CheckConstraint("held = (hold_reasons <> '')", name="held_for_a_reason"),
        Index(
            "uq_settlement_statement_current",
            "institution_id",
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
    institution_id: int = Field(foreign_key="party.id", index=True)
    quarter: str = Field(max_length=6, index=True)
    scheme: str = Field(max_length=40)
    state: str = Field(max_length=20)
    institution_code: str = Field(max_length=18)
    institution_name: str = Field(max_length=120)
    region: str = Field(max_length=10)
    basis: str = Field(max_length=40)
    rate: str = Field(max_length=20)
    balance: int | None = Field(default=None, sa_type=Fen)
    reference_balance: int | None = Field(default=None, sa_type=Fen)
    increment: int | None = Field(default=None, sa_type=Fen)
    amount: int | None = Field(default=None, sa_type=Fen)
    alternative_basis: str = Field(max_length=40)
    alternative_reference_balance: int | None = Field(default=None, sa_type=Fen)
    alternative_increment: int | None = Field(default=None, sa_type=Fen)
    alternative_amount: int | None = Field(default=None, sa_type=Fen)
    returned_balance: int | None = Field(default=None, sa_type=Fen)
    certified_balance: int | None = Field(default=None, sa_type=Fen)
    dip_rebound: bool
    held: bool
    hold_reasons: str = Field(default="", max_length=200)
    return_id: int | None = Field(default=None, foreign_key="settlement_return.id")
    policy_digest: str = Field(max_length=64)
    shares_digest: str = Field(max_length=64)
    rule_digest: str = Field(max_length=64)
    return_digest: str = Field(default="", max_length=64)
    reference_digest: str = Field(default="", max_length=64)
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


class StatementShare(SQLModel, table=True):
    """What one payer bears of a statement; the parts of a statement add up to its amount."""

    __tablename__ = "settlement_statement_share"
    __table_args__ = table_args(fen_range("amount"), UniqueConstraint("statement_id", "payer"))

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="settlement_statement.id", index=True)
    institution_id: int = Field(foreign_key="party.id", index=True)
    place: int
    payer: str = Field(max_length=20)
    part: str = Field(max_length=40)
    amount: int = Field(sa_type=Fen)


class StatementReconciliation(SQLModel, table=True):
    """The loans of the statement's return that went one way; the lines of a statement add up to the filed balance."""

    __tablename__ = "settlement_statement_line"
    __table_args__ = table_args(fen_range("balance", lowest=0), UniqueConstraint("statement_id", "reason", "detail"))

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="settlement_statement.id", index=True)
    institution_id: int = Field(foreign_key="party.id", index=True)
    place: int
    reason: str = Field(max_length=40)
    detail: str = Field(default="", max_length=40)
    loans: int
    balance: int = Field(sa_type=Fen)
