"""Series in lists, the coming weeks of one, and what became of those past."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.errors import NotFound
from kernel.parties.models import Party
from kernel.periods import IsoWeek
from kernel.policies import PolicyBook
from kernel.web.paging import Asked, Page, page_of
from kernel.workdays import WorkCalendar
from matchmaking.series.models import SeriesWeek, SessionSeries
from matchmaking.series.planning import DutyRule, PlannedWeek, SeriesTemplate, plan_week, weeks_from
from matchmaking.sessions.models import WeeklySession

PREVIEWED = 8
TEMPLATE_FIELDS = tuple(field.name for field in fields(SeriesTemplate))
POLICY = "weekly-session"


@dataclass(frozen=True)
class SeriesLine:
    """A series in a list, with its organiser, its next session if one is announced, and how many weeks it has settled."""

    series: SessionSeries
    organiser: Party
    coming: WeeklySession | None
    weeks: int


@dataclass(frozen=True)
class SettledWeek:
    """A week that is settled, with its session where there is one."""

    row: SeriesWeek
    session: WeeklySession | None


def not_found() -> NotFound:
    return NotFound("series_not_found", "没有这个系列", "There is no such series")


def own_series(db: Session, caller: Caller, series_id: int) -> SessionSeries:
    """A series of the caller's own bureau; another's is the same NotFound as none."""
    mine = (col(SessionSeries.id) == series_id) & (col(SessionSeries.organiser_id) == caller.organisation_id)
    found: SessionSeries | None = db.execute(select(SessionSeries).where(mine)).scalar()
    if found is None:
        raise not_found()
    return found


def series_of(db: Session, caller: Caller, *, at: datetime) -> list[SeriesLine]:
    """The series of the caller's bureau, running ones first."""
    return _lines(db, [(row[0], row[1]) for row in db.execute(_own(caller))], at)


def series_page(
    db: Session, caller: Caller, asked: Asked, *, at: datetime, state: str | None = None
) -> Page[SeriesLine]:
    """A page of the same, of all or of those in a state."""
    query = _own(caller) if state is None else _own(caller).where(col(SessionSeries.state) == state)
    page = page_of(db, query, asked)
    return replace(page, items=_lines(db, page.items, at))


def _own(caller: Caller) -> Select[Any]:
    query: Any = select(SessionSeries, Party).join(Party, col(Party.id) == col(SessionSeries.organiser_id))
    mine: Select[Any] = query.where(col(SessionSeries.organiser_id) == caller.organisation_id)
    return mine.order_by(
        col(SessionSeries.state) == "ended", col(SessionSeries.state) == "paused", col(SessionSeries.id)
    )


def _lines(db: Session, rows: Sequence[tuple[SessionSeries, Party]], at: datetime) -> list[SeriesLine]:
    """The lines of some series: their weeks are read together."""
    weeks: dict[int, list[SettledWeek]] = {}
    for one in _settled(db, col(SeriesWeek.series_id).in_([series.id for series, _organiser in rows])):
        weeks.setdefault(one.row.series_id, []).append(one)
    return [_line(series, organiser, weeks.get(series.id or 0, []), at) for series, organiser in rows]


def _line(series: SessionSeries, organiser: Party, weeks: list[SettledWeek], at: datetime) -> SeriesLine:
    coming = [one.session for one in weeks if one.session is not None and _is_coming(one.session, at)]
    return SeriesLine(series, organiser, min(coming, key=lambda one: one.starts_at, default=None), len(weeks))


def _is_coming(session: WeeklySession, at: datetime) -> bool:
    return session.state != "cancelled" and session.ends_at > at


def settled_weeks(db: Session, series: SessionSeries) -> list[SettledWeek]:
    """What became of each week, the latest first."""
    return _settled(db, col(SeriesWeek.series_id) == series.id)


def _settled(db: Session, which: ColumnElement[bool]) -> list[SettledWeek]:
    query = (
        select(SeriesWeek, WeeklySession)
        .outerjoin(WeeklySession, col(WeeklySession.id) == col(SeriesWeek.session_id))
        .where(which)
        .order_by(col(SeriesWeek.week).desc())
    )
    return [SettledWeek(row[0], row[1]) for row in db.execute(query)]


def template_of(series: SessionSeries) -> SeriesTemplate:
    """The template that a series keeps."""
    return SeriesTemplate(**{name: getattr(series, name) for name in TEMPLATE_FIELDS})


def duty_rule(book: PolicyBook, day: date) -> DutyRule:
    """How many sessions a week are owed on a day, and which weeks are exempt; raises `PolicySilent`."""
    scheme = book.scheme(POLICY)
    return DutyRule(
        scheme.value("sessions_per_week", day).integer,
        scheme.value("exempt_holidays", day).codes,
        scheme.value("exempt_days_off", day).integer,
    )


def planned_weeks(
    template: SeriesTemplate, weeks: Iterable[IsoWeek], *, book: PolicyBook, calendar: WorkCalendar
) -> list[PlannedWeek]:
    """What each week would come to."""
    return [plan_week(template, week, duty_rule(book, week.monday), calendar) for week in weeks]


def preview(
    template: SeriesTemplate, *, book: PolicyBook, calendar: WorkCalendar, at: datetime, count: int = PREVIEWED
) -> list[PlannedWeek]:
    """The next weeks of a template, from this one on."""
    week = IsoWeek.containing(business_day(at))
    return planned_weeks(template, weeks_from(week, count), book=book, calendar=calendar)


def running_series(db: Session) -> list[SessionSeries]:
    """Every running series, whoever organises it: what the scheduler goes through."""
    query = select(SessionSeries).where(col(SessionSeries.state) == "running").order_by(col(SessionSeries.id))
    return list(db.execute(query).scalars())


def unsettled(db: Session, series: SessionSeries, weeks: Iterable[IsoWeek]) -> list[IsoWeek]:
    """Which of the weeks nothing is on record for yet."""
    query = select(col(SeriesWeek.week)).where(col(SeriesWeek.series_id) == series.id)
    settled = set(db.execute(query).scalars())
    return [week for week in weeks if str(week) not in settled]
