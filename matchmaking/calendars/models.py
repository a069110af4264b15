"""Table of calendar feeds."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, table_args


class CalendarFeed(SQLModel, table=True):
    """A party's feed: whoever knows its secret address reads the party's meetings, until it is revoked. Kept as a digest."""

    __tablename__ = "matchmaking_calendar_feed"
    __table_args__ = table_args(
        Index(
            "uq_matchmaking_calendar_feed_live",
            "party_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id", index=True)
    digest: str = Field(max_length=64, unique=True)
    made_at: datetime = Field(sa_type=Moment)
    made_by: int | None = Field(default=None, foreign_key="account.id")
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
