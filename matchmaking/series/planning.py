"""From a template to the days of its sessions, on the working calendar. Pure: the calendar and the policy are arguments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kernel.bilingual import Text
from kernel.clock import SHANGHAI
from kernel.errors import FieldErrors, Invalid
from kernel.periods import IsoWeek
from kernel.workdays import CalendarUnpublished, WorkCalendar
from matchmaking.sessions.frame import SessionFrame, check
from matchmaking.themes import GENERAL, SCOPES, THEMES

MINUTES_A_DAY = 24 * 60
_DAY = timedelta(days=1)
# the field of a frame, and the fields of a template that it comes from
_SOURCES = {
    "sign_up_from": "open_days",
    "sign_up_until": "close_days",
    "match_at": "match_minutes",
    "publish_at": "publish_minutes",
    "starts_at": "publish_minutes",
    "ends_at": "ends_minute",
    "slot_minutes": "slot_minutes",
    "break_after": "break_after",
}


@dataclass(frozen=True)
class SeriesTemplate:
    """What every session of a series has in common.

    `weekday` 1 Monday to 5 Friday; `…_minute` minutes since midnight in Asia/Shanghai; `open_days` and `close_days` working
    days before the session; `match_minutes` and `publish_minutes` minutes after sign-up closes; `weeks_ahead` how many
    weeks the scheduler announces in advance.
    """

    name: str
    theme_code: str = GENERAL
    scope: str = "city"
    partners: tuple[str, ...] = ()
    institution_kinds: tuple[str, ...] = ()
    weekday: int = 4
    starts_minute: int = 14 * 60
    ends_minute: int = 17 * 60
    slot_minutes: int = 15
    break_after: int | None = None
    break_minutes: int = 0
    request_places: int = 200
    rooms: int | None = None
    host: str = "rooms"
    open_days: int = 4
    open_minute: int = 9 * 60
    close_days: int = 1
    close_minute: int = 12 * 60
    match_minutes: int = 30
    publish_minutes: int = 180
    weeks_ahead: int = 3


@dataclass(frozen=True)
class DutyRule:
    """How many sessions a week the city owes, and which weeks are exempt (dated policy `weekly-session`)."""

    sessions_per_week: int
    exempt_festivals: tuple[str, ...]
    exempt_days_off: int


@dataclass(frozen=True)
class PlannedWeek:
    """One week of a series before anything is announced: its frame, or why there is none."""

    week: IsoWeek
    frame: SessionFrame | None = None
    skipped: str = ""
    error: Text | None = None
    is_moved: bool = False


def days_of(week: IsoWeek) -> list[date]:
    """Monday to Sunday."""
    return [week.monday + number * _DAY for number in range(7)]


def session_day(week: IsoWeek, weekday: int, calendar: WorkCalendar) -> date | None:
    """The day itself if worked, else the nearest working day of the same ISO week, the later of two; None without any.

    Make-up Saturdays and Sundays count. Raises `CalendarUnpublished`.
    """
    wanted = week.monday + (weekday - 1) * _DAY
    worked = [day for day in days_of(week) if calendar.is_working_day(day)]
    return min(worked, key=lambda day: (abs((day - wanted).days), day < wanted), default=None)


def _rest_around(day: date, calendar: WorkCalendar) -> Iterator[date]:
    """The days off that run together with a day off, itself included."""
    yield day
    for step in (-_DAY, _DAY):
        near = day + step
        while not calendar.is_working_day(near):
            yield near
            near += step


def is_exempt(week: IsoWeek, rule: DutyRule, calendar: WorkCalendar) -> bool:
    """Whether so many of Monday to Friday are days off that run together with an exempt festival. Raises `CalendarUnpublished`."""
    rest = [day for day in days_of(week)[:5] if not calendar.is_working_day(day)]
    if len(rest) < rule.exempt_days_off:
        return False
    ours = [day for day in rest if {calendar.festival_on(near) for near in _rest_around(day, calendar)} & _named(rule)]
    return len(ours) >= rule.exempt_days_off


def _named(rule: DutyRule) -> set[str | None]:
    return set(rule.exempt_festivals)


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), SHANGHAI)


def frame_on(template: SeriesTemplate, week: IsoWeek, day: date, calendar: WorkCalendar) -> SessionFrame:
    """The frame of a session on a day; sign-up opens and closes so many working days before it."""
    closes = _at(calendar.before(day, template.close_days), template.close_minute)
    return SessionFrame(
        week=week,
        theme=template.name,
        starts_at=_at(day, template.starts_minute),
        ends_at=_at(day, template.ends_minute),
        slot_minutes=template.slot_minutes,
        sign_up_from=_at(calendar.before(day, template.open_days), template.open_minute),
        sign_up_until=closes,
        match_at=closes + timedelta(minutes=template.match_minutes),
        publish_at=closes + timedelta(minutes=template.publish_minutes),
        rooms=template.rooms,
        request_places=template.request_places,
        theme_code=template.theme_code,
        scope=template.scope,
        partners=template.partners,
        institution_kinds=template.institution_kinds,
        break_after=template.break_after,
        break_minutes=template.break_minutes,
        host=template.host,
    )


def plan_week(template: SeriesTemplate, week: IsoWeek, rule: DutyRule, calendar: WorkCalendar) -> PlannedWeek:
    """What a week comes to: a frame, moved or not; exempt; without a working day; or the error of an unpublished year."""
    try:
        if is_exempt(week, rule, calendar):
            return PlannedWeek(week, skipped="exempt")
        day = session_day(week, template.weekday, calendar)
        if day is None:
            return PlannedWeek(week, skipped="no_working_day")
        frame = frame_on(template, week, day, calendar)
    except CalendarUnpublished as error:
        return PlannedWeek(week, error=error.text)
    return PlannedWeek(week, frame, is_moved=day.isoweekday() != template.weekday)


_USUAL = IsoWeek(2022, 24)  # a week among plain weeks: a template that does not hold there holds nowhere
_EVERY_WEEKDAY_WORKED = WorkCalendar(years=frozenset({2022}))


def check_template(template: SeriesTemplate) -> None:
    """Invalid, field by field: steps out of order, a window without slots, a break without length, a joint series of one."""
    errors = FieldErrors()
    if (template.scope == "joint") != bool(template.partners):
        errors.add(
            "partners",
            "partners",
            "联合举办要填对方单位；不联合就不填",
            "A joint series names its partners, any other none",
        )
    wanted = THEMES[template.theme_code].institution_kinds
    if wanted and not set(template.institution_kinds) <= set(wanted):
        errors.add("institution_kinds", "not_of_theme", "这个主题只请这几类机构", "Not the kinds of this theme")
    _check_frame(template, errors)
    errors.raise_if_any()


def _check_frame(template: SeriesTemplate, errors: FieldErrors) -> None:
    """A sample frame's faults, said of the fields that they come from."""
    day = _USUAL.monday + (template.weekday - 1) * _DAY
    try:
        check(frame_on(template, _USUAL, day, _EVERY_WEEKDAY_WORKED))
    except Invalid as refused:
        for one in refused.errors:
            errors.add(_SOURCES.get(one.field, one.field), one.code, *one.text)


def weeks_from(first: IsoWeek, count: int) -> Iterable[IsoWeek]:
    """So many weeks from the first on."""
    week = first
    for _ in range(count):
        yield week
        week = week.next


def scope_words(scope: str) -> Text:
    """The scope as a word."""
    return SCOPES[scope]
