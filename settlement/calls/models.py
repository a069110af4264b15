"""Table of calls: which institution was called for which quarter's return, on which day."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args
from settlement.calls.kinds import CALL_KINDS


class FilingCall(SQLModel, table=True):
    """One call, reminder or late notice to an institution; at most one a day and quarter."""

    __tablename__ = "settlement_filing_call"
    __table_args__ = table_args(one_of("kind", CALL_KINDS), UniqueConstraint("institution_id", "quarter", "day"))

    id: int | None = Field(default=None, primary_key=True)
    institution_id: int = Field(foreign_key="party.id", index=True)
    quarter: str = Field(max_length=6, index=True)
    kind: str = Field(max_length=20)
    day: date
    called_at: datetime = Field(sa_type=Moment)
