"""Table of what the no-show rule did to a party."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args

CONSEQUENCES = ("warning", "pause")


class NoShow(SQLModel, table=True):
    """A meeting that a party missed, with what followed: a warning, or a pause from sign-ups on [since, until)."""

    __tablename__ = "matchmaking_no_show"
    __table_args__ = table_args(
        UniqueConstraint("meeting_id", "party_id"),
        one_of("consequence", CONSEQUENCES),
        CheckConstraint("(consequence = 'pause') = (since IS NOT NULL)", name="a_pause_is_dated"),
        CheckConstraint(
            "(since IS NULL) = (until IS NULL) AND (until IS NULL OR until > since)", name="dates_in_order"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id", index=True)
    meeting_id: int = Field(foreign_key="matchmaking_meeting.id", index=True)
    day: date
    consequence: str = Field(max_length=20)
    since: date | None = None
    until: date | None = None
    made_at: datetime = Field(sa_type=Moment)
