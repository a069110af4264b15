"""One session of the city a week: what was held, what is missing, which weeks are exempt; always numerator and denominator."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.periods import IsoWeek
from kernel.policies import PolicyBook, PolicySilent
from kernel.workdays import CalendarUnpublished, WorkCalendar
from matchmaking.series.planning import is_exempt
from matchmaking.series.reading import duty_rule
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.workflow import OUT
from matchmaking.themes import OF_THE_CITY

STATES = {
    "held": Text("办了", "held"),
    "missing": Text("缺", "missing"),
    "exempt": Text("免办", "exempt"),
    "coming": Text("还没到", "to come"),
    "unknown": Text("日历没有发布", "calendar unpublished"),
    "not_owed": Text("还没有要求", "not owed yet"),
}


@dataclass(frozen=True)
class WeekOfDuty:
    """One ISO week: how many city sessions were required and held, and which."""

    week: IsoWeek
    state: str
    required: int
    sessions: tuple[WeeklySession, ...]

    @property
    def held(self) -> int:
        """What counts of the sessions held: no more than were required."""
        return min(len(self.sessions), self.required)


@dataclass(frozen=True)
class Duty:
    """Sessions held ÷ sessions required, over the weeks that are over and not exempt."""

    weeks: tuple[WeekOfDuty, ...]

    @property
    def _counted(self) -> list[WeekOfDuty]:
        return [one for one in self.weeks if one.state in ("held", "missing")]

    @property
    def held(self) -> int:
        """The numerator."""
        return sum(one.held for one in self._counted)

    @property
    def required(self) -> int:
        """The denominator."""
        return sum(one.required for one in self._counted)

    @property
    def missing(self) -> list[WeekOfDuty]:
        return [one for one in self._counted if one.state == "missing"]

    @property
    def exempt(self) -> list[WeekOfDuty]:
        return [one for one in self.weeks if one.state == "exempt"]


def city_duty(db: Session, weeks: Sequence[IsoWeek], *, book: PolicyBook, calendar: WorkCalendar, at: datetime) -> Duty:
    """The duty week by week. A session counts once its end is over with its result out; a cancelled one never does."""
    held = _held(db, weeks, at)
    return Duty(tuple(_week(week, held.get(str(week), ()), book, calendar, at) for week in weeks))


def _held(db: Session, weeks: Iterable[IsoWeek], at: datetime) -> dict[str, tuple[WeeklySession, ...]]:
    query = select(WeeklySession).where(
        col(WeeklySession.week).in_([str(week) for week in weeks]),
        col(WeeklySession.scope).in_(OF_THE_CITY),
        col(WeeklySession.state).in_(OUT),
        col(WeeklySession.ends_at) <= at,
    )
    found: dict[str, tuple[WeeklySession, ...]] = {}
    for one in db.execute(query.order_by(col(WeeklySession.starts_at))).scalars():
        found[one.week] = (*found.get(one.week, ()), one)
    return found


def _week(
    week: IsoWeek, held: tuple[WeeklySession, ...], book: PolicyBook, calendar: WorkCalendar, at: datetime
) -> WeekOfDuty:
    try:
        rule = duty_rule(book, week.monday)
        exempt = is_exempt(week, rule, calendar)
    except PolicySilent:
        return WeekOfDuty(week, "not_owed", 0, held)
    except CalendarUnpublished:
        return WeekOfDuty(week, "unknown", 0, held)
    if exempt:
        return WeekOfDuty(week, "exempt", 0, held)
    if len(held) >= rule.sessions_per_week:
        return WeekOfDuty(week, "held", rule.sessions_per_week, held)
    is_over = IsoWeek.containing(business_day(at)) > week
    return WeekOfDuty(week, "missing" if is_over else "coming", rule.sessions_per_week, held)


def first_week(db: Session) -> IsoWeek | None:
    """The week of the first city session on record: where the count begins."""
    query = select(col(WeeklySession.week)).where(col(WeeklySession.scope).in_(OF_THE_CITY))
    found = db.execute(query.order_by(col(WeeklySession.week)).limit(1)).scalar()
    return IsoWeek.parse(found) if found else None


def weeks_between(first: IsoWeek, last: IsoWeek) -> list[IsoWeek]:
    """From the first to the last, both included."""
    weeks = []
    while first <= last:
        weeks.append(first)
        first = first.next
    return weeks
