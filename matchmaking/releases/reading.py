"""The releases of a session, with the changes that the caller may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from matchmaking.releases.models import PlanRelease, ReleaseChange
from matchmaking.releases.repair import slots_begun, standing_meetings
from matchmaking.releases.workflow import CAUSES, CHANGES
from matchmaking.sessions.models import SessionMeeting, WeeklySession
from matchmaking.sessions.outcome import MeetingLine, is_decided_for, meetings_for, meetings_named, slot_start


@dataclass(frozen=True)
class ShownChange:
    """What a release did to one meeting; `line` as the meeting stands now."""

    change: ReleaseChange
    line: MeetingLine
    starts_before: datetime | None
    starts_after: datetime | None

    @property
    def label(self) -> Text:
        return CHANGES[self.change.change]


@dataclass(frozen=True)
class ShownRelease:
    """A release as the caller may read it: the reason only for whom it concerns, and how many meetings changed in all."""

    number: int
    made_at: datetime
    cause: Text | None
    reason: str
    is_quiet: bool
    changed: int
    changes: tuple[ShownChange, ...]


def current_meetings(db: Session, session_id: int) -> list[SessionMeeting]:
    """The meetings of a session as its newest release has them."""
    return standing_meetings(db, session_id)


def releases_for(db: Session, caller: Caller, session: WeeklySession, *, today: date) -> list[ShownRelease]:
    """Every release of a published plan, the newest first; number 1 is the plan as certified."""
    if session.published_at is None or not is_decided_for(caller, session):
        return []
    rows = db.execute(select(PlanRelease).where(col(PlanRelease.session_id) == session.id)).scalars().all()
    changes = _changes(db, [row.id or 0 for row in rows])
    meeting_ids = {one.meeting_id for mine in changes.values() for one in mine}
    named = meetings_named(db, caller, session, meeting_ids, today=today)
    lines = {line.meeting.id or 0: line for line in named}
    shown = [_shown(session, caller, row, changes.get(row.id or 0, []), lines) for row in rows]
    first = ShownRelease(1, session.published_at, None, "", False, 0, ())
    return sorted([first, *shown], key=lambda one: -one.number)


def _changes(db: Session, release_ids: list[int]) -> dict[int, list[ReleaseChange]]:
    query = select(ReleaseChange).where(col(ReleaseChange.release_id).in_(release_ids)).order_by(col(ReleaseChange.id))
    found: dict[int, list[ReleaseChange]] = {}
    for one in db.execute(query).scalars():
        found.setdefault(one.release_id, []).append(one)
    return found


def _shown(
    session: WeeklySession,
    caller: Caller,
    row: PlanRelease,
    changes: list[ReleaseChange],
    lines: Mapping[int, MeetingLine],
) -> ShownRelease:
    mine = tuple(_change(session, one, lines[one.meeting_id]) for one in changes if one.meeting_id in lines)
    concerned = caller.role == "organiser" or row.made_for == caller.organisation_id
    concerned = concerned or any(one.change.change == "cancelled" for one in mine)
    reason = row.reason if concerned else ""
    return ShownRelease(row.number, row.made_at, CAUSES[row.cause], reason, row.is_quiet, len(changes), mine)


def _change(session: WeeklySession, one: ReleaseChange, line: MeetingLine) -> ShownChange:
    before, after = (slot_start(session, slot) if slot else None for slot in (one.slot_before, one.slot_after))
    return ShownChange(one, line, before, after)


def can_call_off(
    db: Session, caller: Caller, session: WeeklySession, *, at: datetime, today: date
) -> list[MeetingLine]:
    """The caller's meetings that have not begun and can be called off: its own, or all of its session for an organiser."""
    if session.state != "published" or (caller.role == "organiser" and session.organiser_id != caller.organisation_id):
        return []
    begun = slots_begun(session, at)
    return [line for line in meetings_for(db, caller, session, today=today) if line.meeting.slot > begun]
