"""Tables of releases: every change of a published plan, with its cause, and what it did to each meeting."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args
from matchmaking.releases.workflow import CAUSES, CHANGES


class PlanRelease(SQLModel, table=True):
    """A repaired plan of a session, numbered from 2: the first plan, as published and certified, is number 1.

    Who calls off (`enterprise_id`, `institution_id`) and the desk taken away (None: all of them) hold for every later
    repair too. `is_quiet`: on the day itself, when nobody is displaced and nobody moves.
    """

    __tablename__ = "matchmaking_release"
    __table_args__ = table_args(
        UniqueConstraint("session_id", "number"),
        one_of("cause", CAUSES),
        CheckConstraint("number >= 2", name="number_range"),
        CheckConstraint("desk IS NULL OR desk >= 1", name="desk_range"),
        CheckConstraint("cause = 'desk' OR enterprise_id IS NOT NULL", name="names_the_enterprise"),
        CheckConstraint("cause = 'enterprise' OR institution_id IS NOT NULL", name="names_the_bank"),
    )

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="matchmaking_session.id", index=True)
    number: int
    cause: str = Field(max_length=20)
    enterprise_id: int | None = Field(default=None, foreign_key="enterprise.party_id", index=True)
    institution_id: int | None = Field(default=None, foreign_key="institution.party_id", index=True)
    desk: int | None = None
    is_quiet: bool
    reason: str = Field(max_length=300)
    made_at: datetime = Field(sa_type=Moment)
    made_by: int | None = Field(default=None, foreign_key="account.id")
    made_for: int = Field(foreign_key="party.id")


class ReleaseChange(SQLModel, table=True):
    """What a release did to one meeting, with its place before (none for an added one) and after (none for one that went)."""

    __tablename__ = "matchmaking_release_change"
    __table_args__ = table_args(UniqueConstraint("release_id", "meeting_id"), one_of("change", CHANGES))

    id: int | None = Field(default=None, primary_key=True)
    release_id: int = Field(foreign_key="matchmaking_release.id", index=True)
    meeting_id: int = Field(foreign_key="matchmaking_meeting.id", index=True)
    change: str = Field(max_length=20)
    slot_before: int | None = None
    desk_before: int | None = None
    room_before: int | None = None
    slot_after: int | None = None
    desk_after: int | None = None
    room_after: int | None = None
