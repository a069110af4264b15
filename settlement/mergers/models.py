"""Table of mergers: who ended as a legal person, on which day, into whom, by which document, entered and checked by whom."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args
from settlement.mergers.workflow import STATES

_STANDS = text("state <> 'refused'")


class InstitutionMerger(SQLModel, table=True):
    """One merger as entered; nothing follows from it before another official has checked it. A refused one is kept."""

    __tablename__ = "settlement_merger"
    __table_args__ = table_args(
        one_of("state", STATES),
        CheckConstraint("absorbed_id <> into_id", name="into_another"),
        CheckConstraint("checked_by IS NULL OR checked_by <> proposed_by", name="checked_by_another"),
        CheckConstraint("(state = 'proposed') = (checked_by IS NULL)", name="checked_once_moved"),
        Index(
            "uq_settlement_merger_absorbed_once",
            "absorbed_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    absorbed_id: int = Field(foreign_key="party.id", index=True)
    into_id: int = Field(foreign_key="party.id", index=True)
    ended_on: date
    document: str = Field(max_length=200)
    state: str = Field(max_length=20)
    proposed_by: int = Field(foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=Moment)
    checked_by: int | None = Field(default=None, foreign_key="account.id")
    checked_at: datetime | None = Field(default=None, sa_type=Moment)
    reason: str = Field(default="", max_length=200)
