"""Table of a bank's prior clients."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, table_args

_LIVE = text("ended_at IS NULL")


class PriorClient(SQLModel, table=True):
    """A firm, by credit code, that has borrowed from the bank since a day. A changed day ends the row and begins another."""

    __tablename__ = "matchmaking_prior_client"
    __table_args__ = table_args(
        Index(
            "uq_matchmaking_prior_client_live",
            "institution_id",
            "code",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        CheckConstraint("ended_at IS NULL OR ended_at >= recorded_at", name="ended_in_order"),
    )

    id: int | None = Field(default=None, primary_key=True)
    institution_id: int = Field(foreign_key="institution.party_id", index=True)
    code: str = Field(max_length=18, index=True)
    since: date
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: int | None = Field(default=None, foreign_key="account.id")
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_by: int | None = Field(default=None, foreign_key="account.id")
