"""The table of seals: when a quarter was sealed, what the audit entry binds, and where the sealed bytes are kept."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, table_args


class QuarterSeal(SQLModel, table=True):
    """One seal of one quarter. `contents` is the digest of the manifest, `statements` the root over all statements, `kept` the
    archive's digest of everything but the trail, which begins at `trail_from` and ends at the checkpoint that covers the entry.
    """

    __tablename__ = "settlement_quarter_seal"
    __table_args__ = table_args(
        UniqueConstraint("quarter", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence_counts_from_1"),
        CheckConstraint("trail_from <= entry_number", name="trail_begins_before"),
    )

    id: int | None = Field(default=None, primary_key=True)
    quarter: str = Field(max_length=6, index=True)
    sequence: int
    contents: str = Field(max_length=64)
    statements: str = Field(max_length=64)
    kept: str = Field(max_length=64)
    files: int
    trail_from: int
    entry_number: int = Field(unique=True)
    sealed_by: int | None = Field(default=None, foreign_key="account.id")
    sealed_at: datetime = Field(sa_type=Moment)
