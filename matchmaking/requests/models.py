"""Tables of financing requests, their versions and consents."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, Moment, fen_range, one_of, table_args
from matchmaking.columns import CodeList, Percent
from matchmaking.matching.vocabulary import PURPOSES
from matchmaking.requests.workflow import AUDIENCES, STATES

SOURCES = ("web", "api", "import", "platform")


class FinancingRequest(SQLModel, table=True):
    """An enterprise's request. `latest` is the number of its newest version and the guard of every change."""

    __tablename__ = "matchmaking_request"
    __table_args__ = table_args(one_of("state", STATES), one_of("source", SOURCES))

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40, unique=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    state: str = Field(max_length=20, default="draft")
    source: str = Field(max_length=20, default="web")
    latest: int = 1
    created_at: datetime = Field(sa_type=Moment)
    published_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class RequestVersion(SQLModel, table=True):
    """What was asked from `made_at` on; rows are only inserted, so a match keeps what it saw."""

    __tablename__ = "matchmaking_request_version"
    __table_args__ = table_args(
        UniqueConstraint("request_id", "number"),
        one_of("purpose", PURPOSES),
        fen_range("amount", lowest=1),
        CheckConstraint("term BETWEEN 1 AND 360", name="term_range"),
        CheckConstraint("rate_ceiling BETWEEN 0 AND 360000", name="rate_range"),
        CheckConstraint("meetings_wanted BETWEEN 1 AND 10", name="meetings_wanted_range"),
        CheckConstraint("existing_loans IS NULL OR existing_loans >= 0", name="existing_loans_range"),
    )

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="matchmaking_request.id", index=True)
    number: int
    purpose: str = Field(max_length=30)
    amount: int = Field(sa_type=Fen)
    term: int
    rate_ceiling: Decimal = Field(sa_type=Percent)
    guarantee_kinds: tuple[str, ...] = Field(sa_type=CodeList)
    needed_by: date | None = None
    existing_loans: int | None = Field(default=None, sa_type=Fen)
    tags: tuple[str, ...] = Field(sa_type=CodeList)
    meetings_wanted: int
    preferred_institutions: tuple[str, ...] = Field(sa_type=CodeList)
    vetoed_institutions: tuple[str, ...] = Field(sa_type=CodeList)
    note: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=Moment)
    made_by: int | None = Field(default=None, foreign_key="account.id")


class Consent(SQLModel, table=True):
    """The enterprise's leave to show a request to `audience` through the day `until`; revoked, never deleted."""

    __tablename__ = "matchmaking_consent"
    __table_args__ = table_args(
        one_of("audience", AUDIENCES),
        Index(
            "uq_matchmaking_consent_live",
            "request_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="matchmaking_request.id", index=True)
    audience: str = Field(max_length=20)
    until: date
    given_at: datetime = Field(sa_type=Moment)
    given_by: int | None = Field(default=None, foreign_key="account.id")
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
