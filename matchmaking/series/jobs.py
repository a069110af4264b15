"""Jobs of the week: announce the coming sessions of every series, and remind those who meet the next working day."""

import secrets
from collections import Counter
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import select, update
from sqlmodel import Session, col

from kernel import database
from kernel.audit.service import THE_SERVICE, record
from kernel.clock import SHANGHAI, business_day
from kernel.errors import DomainError
from kernel.jobs.service import claim
from kernel.outbox.service import publish
from kernel.periods import IsoWeek
from kernel.policies import PolicyBook
from kernel.web.edge import clock
from kernel.workdays import WorkCalendar
from matchmaking.guarded import took_effect
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.series.events import REMINDED
from matchmaking.series.models import SessionSeries
from matchmaking.series.planning import PlannedWeek, weeks_from
from matchmaking.series.reading import planned_weeks, running_series, template_of, unsettled
from matchmaking.series.service import settle_week
from matchmaking.sessions.api import seal_key
from matchmaking.sessions.models import SessionMeeting, WeeklySession
from matchmaking.sessions.outcome import slot_start
from matchmaking.sessions.sealing import NONCE_BYTES

log = structlog.get_logger()
REMIND = "session.remind"


def announce_series() -> dict[str, int]:
    """Announce what is due of every running series."""
    return announce_due(
        database.current(), book=policy_book(), calendar=work_calendar(), key=seal_key(), at=clock().now()
    )


def announce_due(db: Session, *, book: PolicyBook, calendar: WorkCalendar, key: bytes, at: datetime) -> dict[str, int]:
    """The same with everything handed in: how many weeks came to which outcome. One series' failure does not stop the rest."""
    counts: Counter[str] = Counter()
    for series in running_series(db):
        for planned in _due(db, series, book, calendar, at):
            counts[_settled(db, series, planned, key, at)] += 1
    return dict(counts)


def _due(
    db: Session, series: SessionSeries, book: PolicyBook, calendar: WorkCalendar, at: datetime
) -> list[PlannedWeek]:
    this_week = IsoWeek.containing(business_day(at))
    weeks = unsettled(db, series, weeks_from(this_week, series.weeks_ahead + 1))
    return planned_weeks(template_of(series), weeks, book=book, calendar=calendar)


def _settled(db: Session, series: SessionSeries, planned: PlannedWeek, key: bytes, at: datetime) -> str:
    if planned.error is not None:
        log.warning("series_week_unplanned", series_id=series.id, week=str(planned.week), why=planned.error.en)
        return "calendar_unpublished"
    draw = partial(secrets.token_bytes, NONCE_BYTES)
    try:
        work = partial(settle_week, series=series, planned=planned, key=key, draw=draw, at=at)
        return database.write(db, work) or "settled_before"
    except DomainError as error:
        log.warning("series_week_refused", series_id=series.id, week=str(planned.week), code=error.code)
    except Exception:
        log.exception("series_week_failed", series_id=series.id, week=str(planned.week))
    return "failed"


def remind_sessions() -> int:
    """Remind the parties of every session of the next working day."""
    return remind_due(database.current(), book=policy_book(), calendar=work_calendar(), at=clock().now())


def remind_due(db: Session, *, book: PolicyBook, calendar: WorkCalendar, at: datetime) -> int:
    """The same with everything handed in: how many sessions were reminded of. Each once, however late the scheduler wakes;
    one session's failure does not stop the rest."""
    query = select(WeeklySession).where(
        col(WeeklySession.state) == "published",
        col(WeeklySession.reminded_at).is_(None),
        col(WeeklySession.starts_at) > at,
    )
    sessions = list(db.execute(query.order_by(col(WeeklySession.id))).scalars())
    return sum(_reminded(db, one, book, calendar, at) for one in sessions)


def _reminded(db: Session, session: WeeklySession, book: PolicyBook, calendar: WorkCalendar, at: datetime) -> bool:
    try:
        return _is_due(session, book, calendar, at) and database.write(db, partial(_remind, session=session, at=at))
    except DomainError as error:
        log.warning("session_not_reminded", session_id=session.id, code=error.code)
    except Exception:
        log.exception("session_reminder_failed", session_id=session.id)
    return False


def _is_due(session: WeeklySession, book: PolicyBook, calendar: WorkCalendar, at: datetime) -> bool:
    day = business_day(session.starts_at)
    ahead = book.scheme("weekly-session").value("remind_working_days", day).integer
    return business_day(at) >= calendar.before(day, ahead)


def _remind(db: Session, session: WeeklySession, at: datetime) -> bool:
    """One session, claimed in the transaction that writes the messages."""
    assert session.id is not None
    reached = update(WeeklySession).where(
        col(WeeklySession.id) == session.id,
        col(WeeklySession.state) == "published",
        col(WeeklySession.reminded_at).is_(None),
    )
    if not claim(db, REMIND, str(session.id), at=at) or not took_effect(db, reached.values(reminded_at=at)):
        return False
    slots = _slots_by_party(db, session.id)
    for party_id, mine in sorted(slots.items()):
        publish(
            db,
            REMINDED.name,
            party_id=party_id,
            subject=("weekly_session", session.id),
            facts=_facts(session, mine),
            at=at,
        )
    detail = {"parties": len(slots)}
    record(db, "session.remind", by=THE_SERVICE, subject=("weekly_session", session.id), at=at, detail=detail)
    return True


def _slots_by_party(db: Session, session_id: int) -> dict[int, list[int]]:
    query = select(col(SessionMeeting.enterprise_id), col(SessionMeeting.institution_id), col(SessionMeeting.slot))
    standing = (col(SessionMeeting.session_id) == session_id) & (col(SessionMeeting.state) == "standing")
    slots: dict[int, list[int]] = {}
    for enterprise_id, institution_id, slot in db.execute(query.where(standing)):
        slots.setdefault(enterprise_id, []).append(slot)
        slots.setdefault(institution_id, []).append(slot)
    return slots


def _facts(session: WeeklySession, slots: list[int]) -> dict[str, str | int | None]:
    starts, ends = (moment.astimezone(SHANGHAI) for moment in (session.starts_at, session.ends_at))
    return {
        "week": session.week,
        "theme": session.theme,
        "day": starts.date().isoformat(),
        "from": f"{starts:%H:%M}",
        "until": f"{ends:%H:%M}",
        "meetings": len(slots),
        "first": f"{slot_start(session, min(slots)).astimezone(SHANGHAI):%H:%M}",
    }
