"""A party's meetings as calendar entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.parties.models import Party
from matchmaking.calendars.files import CalendarEntry
from matchmaking.releases.models import PlanRelease
from matchmaking.sessions.models import SessionMeeting, WeeklySession
from matchmaking.sessions.outcome import MeetingLine, meetings_named
from matchmaking.sessions.workflow import OUT
from matchmaking.video.rooms import VideoHosts
from matchmaking.video.service import links_of

KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True)
class CalendarOffice:
    """What calendar entries need of the service: its address for links, and the video hosts."""

    base_url: str
    hosts: VideoHosts


def as_reader(party: Party) -> Caller:
    """A party as the one who reads its own meetings, when no person of it asks."""
    return Caller(0, "", "party", party.id or 0, party.kind, party.name, party.fiscal_region)


def entries_of(db: Session, party: Party, office: CalendarOffice, *, at: datetime) -> list[CalendarEntry]:
    """Every meeting of a party in sessions that are out, of the last 90 days and later, those called off included."""
    mine = or_(col(SessionMeeting.enterprise_id) == party.id, col(SessionMeeting.institution_id) == party.id)
    query = (
        select(WeeklySession, col(SessionMeeting.id))
        .join(SessionMeeting, col(SessionMeeting.session_id) == col(WeeklySession.id))
        .where(mine, col(WeeklySession.state).in_(OUT), col(WeeklySession.ends_at) >= at - KEPT_FOR)
        .order_by(col(WeeklySession.starts_at), col(SessionMeeting.id))
    )
    by_session: dict[int, tuple[WeeklySession, list[int]]] = {}
    for session, meeting_id in db.execute(query):
        by_session.setdefault(session.id, (session, []))[1].append(meeting_id)
    found = [entries_in(db, party, session, meeting_ids, office, at=at) for session, meeting_ids in by_session.values()]
    return [entry for entries in found for entry in entries]


def entries_in(
    db: Session,
    party: Party,
    session: WeeklySession,
    meeting_ids: Iterable[int],
    office: CalendarOffice,
    *,
    at: datetime,
) -> list[CalendarEntry]:
    """The same for named meetings of one session."""
    lines = meetings_named(db, as_reader(party), session, set(meeting_ids), today=business_day(at))
    links = links_of(db, session, [line.meeting for line in lines], office.hosts)
    changed = _released_at(db, session)
    return [_entry(party, session, line, links.get(line.meeting.id or 0, ""), changed, office) for line in lines]


def _released_at(db: Session, session: WeeklySession) -> dict[int, datetime]:
    query = select(col(PlanRelease.number), col(PlanRelease.made_at)).where(col(PlanRelease.session_id) == session.id)
    first = {1: session.published_at or session.starts_at}
    return first | {row[0]: row[1] for row in db.execute(query)}


def _entry(
    party: Party,
    session: WeeklySession,
    line: MeetingLine,
    link: str,
    changed: dict[int, datetime],
    office: CalendarOffice,
) -> CalendarEntry:
    meeting = line.meeting
    other = line.bank.name if party.kind == "enterprise" else (line.enterprise.name if line.enterprise else "—")
    page = f"{office.base_url.rstrip('/')}/sessions/{session.id}" if office.base_url else ""
    told = [f"{line.product.name}（{session.week} {session.theme}）", link, page]
    return CalendarEntry(
        uid=f"meeting-{meeting.id}@yinqi",
        sequence=meeting.release - 1,
        starts_at=line.starts_at,
        ends_at=line.starts_at + timedelta(minutes=session.slot_minutes),
        changed_at=changed.get(meeting.release, session.starts_at),
        title=f"银企对接：{other}",
        description="\n".join(text for text in told if text),
        place=link or f"{meeting.room} 号会议室，{meeting.desk} 号席",
        url=link or page,
        is_cancelled=meeting.state != "standing",
    )
