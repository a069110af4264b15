"""Table of what each side of a meeting said on the day and after."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from matchmaking.attendance.workflow import OUTCOMES, SIDES


class MeetingSide(SQLModel, table=True):
    """One side of one meeting: checked in, whether it took place, and the outcome note. Amount in fen, for an intent alone."""

    __tablename__ = "matchmaking_meeting_side"
    __table_args__ = table_args(
        UniqueConstraint("meeting_id", "side"),
        one_of("side", SIDES),
        one_of("outcome", OUTCOMES, optional=True),
        fen_range("amount", lowest=1),
        CheckConstraint("(outcome = 'intent') = (amount IS NOT NULL) OR (outcome IS NULL AND amount IS NULL)", name="intent_has_amount"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="matchmaking_meeting.id", index=True)
    side: str = Field(max_length=20)
    checked_in_at: datetime | None = Field(default=None, sa_type=Moment)
    checked_in_by: int | None = Field(default=None, foreign_key="account.id")
    took_place: bool | None = None
    said_at: datetime | None = Field(default=None, sa_type=Moment)
    outcome: str | None = Field(default=None, max_length=20)
    amount: int | None = Field(default=None, sa_type=Fen)
    note: str = Field(default="", max_length=500)
    noted_at: datetime | None = Field(default=None, sa_type=Moment)
