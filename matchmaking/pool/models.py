"""Tables of the pool: a firm's stay with its steps, bars that counties lowered, monthly revenue, quarterly reviews."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from matchmaking.pool.workflow import STATES, VERBS

_LIVE = text("state IN ('admitted', 'nominated')")


class PoolEntry(SQLModel, table=True):
    """A firm's stay in the pool of its county: on [since, until) it is in the pool. `version` guards every move.

    At most one stay of a firm is under way. Revenue and bar are in fen; the bar is the one in force on the day of nomination.
    """

    __tablename__ = "matchmaking_pool_entry"
    __table_args__ = table_args(
        one_of("state", STATES),
        fen_range("revenue", lowest=0),
        fen_range("bar", lowest=1),
        CheckConstraint("until IS NULL OR (since IS NOT NULL AND until >= since)", name="until_after_since"),
        CheckConstraint("state NOT IN ('admitted', 'reached_scale') OR since IS NOT NULL", name="admitted_since"),
        Index(
            "uq_matchmaking_pool_entry_live", "enterprise_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    region: str = Field(max_length=10, index=True)
    state: str = Field(max_length=20, default="nominated")
    version: int = 1
    revenue: int = Field(sa_type=Fen)
    revenue_year: int
    bar: int = Field(sa_type=Fen)
    since: date | None = None
    until: date | None = None
    nominated_on: date
    nominated_by: int | None = Field(default=None, foreign_key="account.id")


class ScaleEntry(SQLModel, table=True):
    """That a pool firm entered the above-scale register: the facts that awards 27 and 28 ask for. Revenue in fen, of the year that
    supported the entry."""

    __tablename__ = "matchmaking_scale_entry"
    __table_args__ = table_args(fen_range("revenue", lowest=0))

    entry_id: int = Field(primary_key=True, foreign_key="matchmaking_pool_entry.id")
    entered_on: date
    revenue: int = Field(sa_type=Fen)
    was_in_register: bool
    document: str = Field(max_length=200)


class PoolStep(SQLModel, table=True):
    """One step of a stay: only inserted, numbered without a gap."""

    __tablename__ = "matchmaking_pool_step"
    __table_args__ = table_args(UniqueConstraint("entry_id", "number"), one_of("verb", VERBS), one_of("state", STATES))

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="matchmaking_pool_entry.id", index=True)
    number: int
    verb: str = Field(max_length=20)
    state: str = Field(max_length=20)
    day: date
    reason: str = Field(default="", max_length=500)
    document: str = Field(default="", max_length=200)
    at: datetime = Field(sa_type=Moment)
    account_id: int | None = Field(default=None, foreign_key="account.id")


class PoolBar(SQLModel, table=True):
    """The revenue bar of a county from a day on, with the reason for lowering it; fen. Rows are only inserted."""

    __tablename__ = "matchmaking_pool_bar"
    __table_args__ = table_args(UniqueConstraint("region", "since"), fen_range("bar", lowest=1))

    id: int | None = Field(default=None, primary_key=True)
    region: str = Field(max_length=10)
    since: date
    bar: int = Field(sa_type=Fen)
    reason: str = Field(max_length=500)
    document: str = Field(default="", max_length=200)
    at: datetime = Field(sa_type=Moment)
    account_id: int | None = Field(default=None, foreign_key="account.id")


class MonthlyRevenue(SQLModel, table=True):
    """A firm's main revenue of one month in fen, as a bureau filed it; a correction is a row with the next number."""

    __tablename__ = "matchmaking_monthly_revenue"
    __table_args__ = table_args(UniqueConstraint("enterprise_id", "month", "number"), fen_range("revenue", lowest=0))

    id: int | None = Field(default=None, primary_key=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    month: date
    number: int
    revenue: int = Field(sa_type=Fen)
    at: datetime = Field(sa_type=Moment)
    account_id: int | None = Field(default=None, foreign_key="account.id")


class PoolReview(SQLModel, table=True):
    """What one county's pool looked like on the day of its quarterly review: counts of firms; no target where none was set."""

    __tablename__ = "matchmaking_pool_review"
    __table_args__ = table_args(UniqueConstraint("region", "quarter"))

    id: int | None = Field(default=None, primary_key=True)
    region: str = Field(max_length=10)
    quarter: str = Field(max_length=6)
    day: date
    target: int | None = None
    minimum: int | None = None
    in_pool: int
    reached: int
    near: int
    ready: int
    warned: int
    at: datetime = Field(sa_type=Moment)


class PoolReport(SQLModel, table=True):
    """The report on a year's targets as it was issued: its figures as canonical JSON, and their digest. Once a year."""

    __tablename__ = "matchmaking_pool_report"

    year: int = Field(primary_key=True)
    issued_on: date
    figures: str = Field(sa_type=Text)
    digest: str = Field(max_length=64)
    at: datetime = Field(sa_type=Moment)
    account_id: int | None = Field(default=None, foreign_key="account.id")
