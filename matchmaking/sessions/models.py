"""Tables of weekly sessions: the frame, who signed up, what the matching decided."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args
from matchmaking.columns import CodeList
from matchmaking.sessions.workflow import MEETING_STATES, NOTICES, SIGN_UP_STATES, STATES
from matchmaking.themes import GENERAL, HOSTS, SCOPES, THEMES


def _once(name: str, *columns: str) -> Index:
    """Unique among the meetings that stand."""
    standing = text("state = 'standing'")
    name = f"uq_matchmaking_meeting_standing_{name}"
    return Index(name, *columns, unique=True, sqlite_where=standing, postgresql_where=standing)


class WeeklySession(SQLModel, table=True):
    """One session of an organiser in an ISO week (one a theme), and when each step was really taken.

    The seed of its lottery is not kept: it comes from `seed_nonce` and a key outside of the books (`sealing`);
    `commitment` is its digest. `version` counts the announced frames and guards every change of them;
    `release` counts the plans that went out, 1 the first one, and guards every repair.
    """

    __tablename__ = "matchmaking_session"
    __table_args__ = table_args(
        Index(
            "uq_matchmaking_session_live_week",
            "organiser_id",
            "week",
            "theme_code",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
        one_of("state", STATES),
        one_of("theme_code", THEMES),
        one_of("scope", SCOPES),
        one_of("host", HOSTS),
        CheckConstraint(
            "(break_after IS NULL AND break_minutes = 0) OR (break_after >= 1 AND break_minutes >= 1)",
            name="break_whole",
        ),
        CheckConstraint("slots BETWEEN 1 AND 60", name="slots_range"),
        CheckConstraint("slot_minutes BETWEEN 5 AND 240", name="slot_minutes_range"),
        CheckConstraint("rooms IS NULL OR rooms >= 1", name="rooms_range"),
        CheckConstraint("requests_taken BETWEEN 0 AND request_places", name="places_range"),
        CheckConstraint("starts_at < ends_at", name="window_in_order"),
        CheckConstraint(
            "sign_up_from < sign_up_until AND sign_up_until <= match_at AND match_at <= publish_at"
            " AND publish_at <= starts_at",
            name="steps_in_order",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    organiser_id: int = Field(foreign_key="party.id", index=True)
    week: str = Field(max_length=8)
    theme: str = Field(max_length=60)
    theme_code: str = Field(max_length=30, default=GENERAL)
    scope: str = Field(max_length=10, default="city")
    partners: tuple[str, ...] = Field(sa_type=CodeList, default=())
    institution_kinds: tuple[str, ...] = Field(sa_type=CodeList, default=())
    starts_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)
    slot_minutes: int
    slots: int
    break_after: int | None = None
    break_minutes: int = 0
    rooms: int | None = None
    host: str = Field(max_length=10, default="rooms")
    request_places: int
    requests_taken: int = 0
    sign_up_from: datetime = Field(sa_type=Moment)
    sign_up_until: datetime = Field(sa_type=Moment)
    match_at: datetime = Field(sa_type=Moment)
    publish_at: datetime = Field(sa_type=Moment)
    state: str = Field(max_length=20, default="announced")
    commitment: str = Field(max_length=64)
    seed_nonce: str = Field(max_length=64)
    version: int = 1
    release: int = 0
    announced_at: datetime = Field(sa_type=Moment)
    opened_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    matched_at: datetime | None = Field(default=None, sa_type=Moment)
    cancelled_at: datetime | None = Field(default=None, sa_type=Moment)
    published_at: datetime | None = Field(default=None, sa_type=Moment)
    reminded_at: datetime | None = Field(default=None, sa_type=Moment)
    concluded_at: datetime | None = Field(default=None, sa_type=Moment)


class SessionBank(SQLModel, table=True):
    """A bank at a session: its desks, the pauses it keeps free, and the most meetings it takes, if it says so.

    `closed_desks` are the numbers of those that it took away after publication.
    """

    __tablename__ = "matchmaking_session_bank"
    __table_args__ = table_args(
        UniqueConstraint("session_id", "institution_id"),
        one_of("state", ("signed_up", "withdrawn")),
        CheckConstraint("desks BETWEEN 1 AND 50", name="desks_range"),
        CheckConstraint("breaks >= 0", name="breaks_range"),
        CheckConstraint("seats IS NULL OR seats >= 1", name="seats_range"),
    )

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="matchmaking_session.id", index=True)
    institution_id: int = Field(foreign_key="institution.party_id", index=True)
    desks: int
    breaks: int = 0
    seats: int | None = None
    closed_desks: tuple[str, ...] = Field(default=(), sa_type=CodeList)
    state: str = Field(max_length=20, default="signed_up")
    signed_up_at: datetime = Field(sa_type=Moment)


class SessionDesk(SQLModel, table=True):
    """What a desk of a bank is about and who sits at it."""

    __tablename__ = "matchmaking_session_desk"
    __table_args__ = table_args(UniqueConstraint("session_bank_id", "number"))

    id: int | None = Field(default=None, primary_key=True)
    session_bank_id: int = Field(foreign_key="matchmaking_session_bank.id", index=True)
    number: int
    topic: str = Field(default="", max_length=30)
    person: str = Field(default="", max_length=40)


class SessionRequest(SQLModel, table=True):
    """A request signed up to a session; a request waits in one session at a time."""

    __tablename__ = "matchmaking_session_request"
    __table_args__ = table_args(
        UniqueConstraint("session_id", "request_id"),
        one_of("state", SIGN_UP_STATES),
        Index(
            "uq_matchmaking_session_request_waiting",
            "request_id",
            unique=True,
            sqlite_where=text("state = 'signed_up'"),
            postgresql_where=text("state = 'signed_up'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="matchmaking_session.id", index=True)
    request_id: int = Field(foreign_key="matchmaking_request.id", index=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    state: str = Field(max_length=20, default="signed_up")
    signed_up_at: datetime = Field(sa_type=Moment)


class BankBlock(SQLModel, table=True):
    """A bank keeps off an enterprise, with the reason on record; lifted, never deleted."""

    __tablename__ = "matchmaking_bank_block"
    __table_args__ = table_args(
        Index(
            "uq_matchmaking_bank_block_live",
            "institution_id",
            "enterprise_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    institution_id: int = Field(foreign_key="institution.party_id", index=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    reason: str = Field(max_length=300)
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: int | None = Field(default=None, foreign_key="account.id")
    lifted_at: datetime | None = Field(default=None, sa_type=Moment)


class FrozenMarket(SQLModel, table=True):
    """The market as it stood when sign-up closed: the three files that the match reads, and the rows behind their ids.

    `places` is JSON: institution ids by bank code, product version ids by product, [request, version, enterprise] by request.
    """

    __tablename__ = "matchmaking_session_market"

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="matchmaking_session.id", unique=True)
    frozen_at: datetime = Field(sa_type=Moment)
    banks: str = Field(sa_type=Text)
    products: str = Field(sa_type=Text)
    requests: str = Field(sa_type=Text)
    places: str = Field(sa_type=Text)


class SessionNotice(SQLModel, table=True):
    """What participants must be told of a session: its frame changed, a step came early, it is off; with the reason.

    `detail` is JSON: rows [name of the field or step, before, after] as texts.
    """

    __tablename__ = "matchmaking_session_notice"
    __table_args__ = table_args(one_of("kind", NOTICES))

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="matchmaking_session.id", index=True)
    kind: str = Field(max_length=20)
    reason: str = Field(max_length=300)
    detail: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=Moment)
    made_by: int | None = Field(default=None, foreign_key="account.id")


class SessionSlice(SQLModel, table=True):
    """The part of a certificate that one party gets: its own pairs and meetings, and nobody else's."""

    __tablename__ = "matchmaking_session_slice"
    __table_args__ = table_args(UniqueConstraint("session_id", "party_id"))

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="matchmaking_session.id", index=True)
    party_id: int = Field(foreign_key="party.id", index=True)
    content: str = Field(sa_type=Text)


class SessionRun(SQLModel, table=True):
    """What the matching decided, as the files that go out, and the files it was computed from."""

    __tablename__ = "matchmaking_session_run"

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="matchmaking_session.id", unique=True)
    run_at: datetime = Field(sa_type=Moment)
    run_by: int | None = Field(default=None, foreign_key="account.id")
    policy_digest: str = Field(max_length=64)
    certificate: str = Field(sa_type=Text)
    certificate_digest: str = Field(max_length=64)
    ranking: str = Field(sa_type=Text)
    meetings: str = Field(sa_type=Text)
    unmatched: str = Field(sa_type=Text)
    input_banks: str = Field(sa_type=Text)
    input_products: str = Field(sa_type=Text)
    input_requests: str = Field(sa_type=Text)


class SessionRanking(SQLModel, table=True):
    """One of the best products of a request in a run, with the points and sentences that speak for it."""

    __tablename__ = "matchmaking_session_ranking"
    __table_args__ = table_args(
        UniqueConstraint("session_id", "request_id", "rank"), CheckConstraint("rank >= 1", name="rank_range")
    )

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="matchmaking_session.id", index=True)
    request_id: int = Field(foreign_key="matchmaking_request.id", index=True)
    rank: int
    product_version_id: int = Field(foreign_key="matchmaking_product_version.id")
    score: int
    reasons: str = Field(sa_type=Text)


class SessionUnmatched(SQLModel, table=True):
    """A request that met nobody: why, and what to change."""

    __tablename__ = "matchmaking_session_unmatched"
    __table_args__ = table_args(UniqueConstraint("session_id", "request_id"))

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="matchmaking_session.id", index=True)
    request_id: int = Field(foreign_key="matchmaking_request.id", index=True)
    codes: tuple[str, ...] = Field(sa_type=CodeList)
    near_misses: str = Field(sa_type=Text)


class SessionMeeting(SQLModel, table=True):
    """One meeting: who, about which terms as both sides saw them, and when. Slot, desk and room count from 1.

    A meeting that is called off stays with its last place as `cancelled`; all limits hold among the `standing` ones.
    `release` is the number of the release that brought, moved or cancelled it last (1: the plan as published first).
    """

    __tablename__ = "matchmaking_meeting"
    __table_args__ = table_args(
        _once("enterprise_slot", "session_id", "enterprise_id", "slot"),
        _once("desk_slot", "session_id", "institution_id", "desk", "slot"),
        _once("pair", "session_id", "enterprise_id", "institution_id"),
        _once("room_slot", "session_id", "room", "slot"),
        one_of("state", MEETING_STATES),
        CheckConstraint("round >= 1 AND slot >= 1 AND desk >= 1 AND room >= 1", name="counted_from_one"),
        CheckConstraint("release >= 1", name="release_range"),
    )

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="matchmaking_session.id", index=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    institution_id: int = Field(foreign_key="institution.party_id", index=True)
    request_id: int = Field(foreign_key="matchmaking_request.id", index=True)
    request_version_id: int = Field(foreign_key="matchmaking_request_version.id")
    product_version_id: int = Field(foreign_key="matchmaking_product_version.id")
    round: int
    slot: int
    desk: int
    room: int
    state: str = Field(max_length=20, default="standing")
    release: int = 1
