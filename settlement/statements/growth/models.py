"""Tables of the growth reward beside its statements: the balances it compares, and where the filed balance went."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, fen_range, table_args

BALANCES = (
    "balance",
    "reference_balance",
    "alternative_reference_balance",
    "returned_balance",
    "certified_balance",
)


class GrowthFigures(SQLModel, table=True):
    """The figures of one statement of the growth reward, fen; None where nobody knows. The rate is exact text."""

    __tablename__ = "settlement_growth_figures"
    __table_args__ = table_args(
        *(fen_range(column, lowest=0) for column in BALANCES),
        fen_range("increment"),
        fen_range("alternative_increment"),
        fen_range("alternative_amount"),
    )

    statement_id: int = Field(primary_key=True, foreign_key="settlement_statement.id")
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    basis: str = Field(max_length=40)
    rate: str = Field(max_length=20)
    balance: int | None = Field(default=None, sa_type=Fen)
    reference_balance: int | None = Field(default=None, sa_type=Fen)
    increment: int | None = Field(default=None, sa_type=Fen)
    alternative_basis: str = Field(max_length=40)
    alternative_reference_balance: int | None = Field(default=None, sa_type=Fen)
    alternative_increment: int | None = Field(default=None, sa_type=Fen)
    alternative_amount: int | None = Field(default=None, sa_type=Fen)
    returned_balance: int | None = Field(default=None, sa_type=Fen)
    certified_balance: int | None = Field(default=None, sa_type=Fen)
    dip_rebound: bool
    return_id: int | None = Field(default=None, foreign_key="settlement_return.id")
    rule_digest: str = Field(max_length=64)
    return_digest: str = Field(default="", max_length=64)
    reference_digest: str = Field(default="", max_length=64)


class GrowthReconciliation(SQLModel, table=True):
    """The loans of the statement's return that went one way; the lines of a statement add up to the filed balance."""

    __tablename__ = "settlement_growth_reconciliation"
    __table_args__ = table_args(fen_range("balance", lowest=0), UniqueConstraint("statement_id", "reason", "detail"))

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="settlement_statement.id", index=True)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    place: int
    reason: str = Field(max_length=40)
    detail: str = Field(default="", max_length=40)
    loans: int
    balance: int = Field(sa_type=Fen)
