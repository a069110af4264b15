"""Tables of series: the template with its state, and what became of each week."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args
from matchmaking.columns import CodeList
from matchmaking.series.workflow import OUTCOMES, STATES
from matchmaking.themes import HOSTS, SCOPES, THEMES


class SessionSeries(SQLModel, table=True):
    """A template of an organiser; its fields are those of `planning.SeriesTemplate`. `version` guards every change."""

    __tablename__ = "matchmaking_series"
    __table_args__ = table_args(
        one_of("state", STATES),
        one_of("theme_code", THEMES),
        one_of("scope", SCOPES),
        one_of("host", HOSTS),
        CheckConstraint("weekday BETWEEN 1 AND 5", name="weekday_range"),
        CheckConstraint(
            "starts_minute >= 0 AND starts_minute < ends_minute AND ends_minute < 1440", name="window_in_order"
        ),
        CheckConstraint("slot_minutes BETWEEN 5 AND 240", name="slot_minutes_range"),
        CheckConstraint(
            "(break_after IS NULL AND break_minutes = 0) OR (break_after >= 1 AND break_minutes >= 1)",
            name="break_whole",
        ),
        CheckConstraint("rooms IS NULL OR rooms >= 1", name="rooms_range"),
        CheckConstraint("request_places >= 1", name="request_places_range"),
        CheckConstraint("open_days BETWEEN 0 AND 20 AND close_days BETWEEN 0 AND open_days", name="days_in_order"),
        CheckConstraint("open_minute BETWEEN 0 AND 1439 AND close_minute BETWEEN 0 AND 1439", name="minutes_range"),
        CheckConstraint("match_minutes BETWEEN 0 AND publish_minutes", name="steps_in_order"),
        CheckConstraint("weeks_ahead BETWEEN 1 AND 12", name="weeks_ahead_range"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organiser_id: int = Field(foreign_key="party.id", index=True)
    name: str = Field(max_length=60)
    theme_code: str = Field(max_length=30)
    scope: str = Field(max_length=10)
    partners: tuple[str, ...] = Field(sa_type=CodeList)
    institution_kinds: tuple[str, ...] = Field(sa_type=CodeList)
    weekday: int
    starts_minute: int
    ends_minute: int
    slot_minutes: int
    break_after: int | None = None
    break_minutes: int = 0
    request_places: int
    rooms: int | None = None
    host: str = Field(max_length=10)
    open_days: int
    open_minute: int
    close_days: int
    close_minute: int
    match_minutes: int
    publish_minutes: int
    weeks_ahead: int
    state: str = Field(max_length=20, default="running")
    version: int = 1
    made_at: datetime = Field(sa_type=Moment)
    made_by: int | None = Field(default=None, foreign_key="account.id")


class SeriesWeek(SQLModel, table=True):
    """What became of a week of a series: the session that was announced for a day, or why there is none. Written once."""

    __tablename__ = "matchmaking_series_week"
    __table_args__ = table_args(
        UniqueConstraint("series_id", "week"),
        one_of("outcome", OUTCOMES),
        CheckConstraint("(outcome = 'announced') = (session_id IS NOT NULL)", name="session_where_announced"),
    )

    id: int | None = Field(default=None, primary_key=True)
    series_id: int = Field(foreign_key="matchmaking_series.id", index=True)
    week: str = Field(max_length=8)
    outcome: str = Field(max_length=20)
    session_id: int | None = Field(default=None, foreign_key="matchmaking_session.id")
    day: date | None = None
    is_moved: bool = False
    made_at: datetime = Field(sa_type=Moment)
