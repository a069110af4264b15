"""Tables of the whitelist: a firm's listing with its steps, the days on which it is listed, what was said, what banks received.

The database itself keeps the days of a firm from overlapping (I13): every span but the first names the span before it and the day on
which that one ended, so a firm's spans are one chain in which none begins before its forerunner is over.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args
from matchmaking.whitelist.workflow import GROUNDS, KINDS, LIVE, OUTCOMES, STATES, VERBS

_LIVE = text("state IN (" + ", ".join(f"'{state}'" for state in sorted(LIVE)) + ")")
_OPEN = text("state = 'open'")


class WhitelistEntry(SQLModel, table=True):
    """A firm's way through the whitelist, from nomination to removal; at most one is under way. `version` guards every move.

    `proposed_by` is who took the last preparing step: another person decides. `open_objections` counts what must be answered before
    the firm is listed; `removal_ground` and `heard_until` stand while a removal is announced.
    """

    __tablename__ = "matchmaking_whitelist_entry"
    __table_args__ = table_args(
        one_of("state", STATES),
        one_of("removal_ground", GROUNDS, optional=True),
        CheckConstraint("(removal_ground IS NULL) = (heard_until IS NULL)", name="removal_has_its_day"),
        CheckConstraint("open_objections >= 0", name="open_objections_range"),
        Index(
            "uq_matchmaking_whitelist_entry_live",
            "enterprise_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    region: str = Field(max_length=10)
    state: str = Field(max_length=20, default="nominated")
    version: int = 1
    nominated_on: date
    notice_from: date | None = None
    notice_until: date | None = None
    open_objections: int = 0
    removal_ground: str | None = Field(default=None, max_length=30)
    heard_until: date | None = None
    proposed_by: int | None = Field(default=None, foreign_key="account.id")


class WhitelistStep(SQLModel, table=True):
    """One step of a listing: only inserted, numbered without a gap, with its document and reason."""

    __tablename__ = "matchmaking_whitelist_step"
    __table_args__ = table_args(
        UniqueConstraint("entry_id", "number"),
        one_of("verb", VERBS),
        one_of("state", STATES),
        one_of("ground", GROUNDS, optional=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="matchmaking_whitelist_entry.id", index=True)
    number: int
    verb: str = Field(max_length=20)
    state: str = Field(max_length=20)
    day: date
    ground: str | None = Field(default=None, max_length=30)
    reason: str = Field(default="", max_length=500)
    document: str = Field(default="", max_length=200)
    at: datetime = Field(sa_type=Moment)
    account_id: int | None = Field(default=None, foreign_key="account.id")


class WhitelistSpan(SQLModel, table=True):
    """The days [since, until) on which a firm is listed; `until` empty while it still is. A day belongs to what stood at its end."""

    __tablename__ = "matchmaking_whitelist_span"
    __table_args__ = table_args(
        UniqueConstraint("enterprise_id", "number"),
        UniqueConstraint("enterprise_id", "number", "until"),
        ForeignKeyConstraint(
            ["enterprise_id", "previous", "after"],
            [
                "matchmaking_whitelist_span.enterprise_id",
                "matchmaking_whitelist_span.number",
                "matchmaking_whitelist_span.until",
            ],
            name="fk_matchmaking_whitelist_span_chain",
        ),
        CheckConstraint("until IS NULL OR until >= since", name="until_after_since"),
        CheckConstraint("after IS NULL OR since >= after", name="since_after_forerunner"),
        CheckConstraint(
            "(number = 1 AND previous IS NULL AND after IS NULL)"
            " OR (number > 1 AND previous IS NOT NULL AND previous = number - 1 AND after IS NOT NULL)",
            name="in_one_chain",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="matchmaking_whitelist_entry.id", index=True)
    enterprise_id: int = Field(foreign_key="enterprise.party_id", index=True)
    number: int
    since: date
    until: date | None = None
    previous: int | None = None
    after: date | None = None
    reference: str = Field(default="", max_length=200)


class WhitelistSubmission(SQLModel, table=True):
    """What somebody said about a listing (objection in the public notice, statement before removal, appeal), and the answer."""

    __tablename__ = "matchmaking_whitelist_submission"
    __table_args__ = table_args(
        one_of("kind", KINDS),
        one_of("state", OUTCOMES),
        CheckConstraint("(state = 'open') = (answered_on IS NULL)", name="answered_has_its_day"),
        Index(
            "uq_matchmaking_whitelist_submission_open",
            "entry_id",
            "kind",
            "organisation_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="matchmaking_whitelist_entry.id", index=True)
    kind: str = Field(max_length=20)
    state: str = Field(max_length=20, default="open")
    organisation_id: int = Field(foreign_key="party.id")
    said_by: str = Field(default="", max_length=120)
    text: str = Field(max_length=2000)
    received_on: date
    received_by: int | None = Field(default=None, foreign_key="account.id")
    answer: str = Field(default="", max_length=2000)
    answered_on: date | None = None
    answered_by: int | None = Field(default=None, foreign_key="account.id")


class WhitelistFinding(SQLModel, table=True):
    """A ground that a review found against a listed firm, once per firm, ground and period of review; somebody decides what follows."""

    __tablename__ = "matchmaking_whitelist_finding"
    __table_args__ = table_args(UniqueConstraint("entry_id", "ground", "period"), one_of("ground", GROUNDS))

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="matchmaking_whitelist_entry.id", index=True)
    ground: str = Field(max_length=30)
    period: str = Field(max_length=7)
    found_on: date


class WhitelistPublication(SQLModel, table=True):
    """The list as banks received it: numbered, with the day and the digest of its members."""

    __tablename__ = "matchmaking_whitelist_publication"

    number: int = Field(primary_key=True)
    day: date
    at: datetime = Field(sa_type=Moment)
    digest: str = Field(max_length=64)


class WhitelistPublished(SQLModel, table=True):
    """One firm on one publication."""

    __tablename__ = "matchmaking_whitelist_published"

    number: int = Field(primary_key=True, foreign_key="matchmaking_whitelist_publication.number")
    enterprise_id: int = Field(primary_key=True, foreign_key="enterprise.party_id")
    since: date
