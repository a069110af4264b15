"""Table of certified balances: versions are appended and never edited, the newest holds."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, table_args


class CertifiedBalance(SQLModel, table=True):
    """One certified balance of one institution at one quarter end, in fen, and the document that says so."""

    __tablename__ = "settlement_certified_balance"
    __table_args__ = table_args(
        fen_range("balance", lowest=0),
        UniqueConstraint("institution_id", "quarter", "version"),
        CheckConstraint("version >= 1", name="version_counts_from_1"),
    )

    id: int | None = Field(default=None, primary_key=True)
    institution_id: int = Field(foreign_key="party.id", index=True)
    quarter: str = Field(max_length=6, index=True)
    version: int
    balance: int = Field(sa_type=Fen)
    document: str = Field(max_length=120)
    recorded_by: int = Field(foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=Moment)
