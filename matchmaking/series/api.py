"""Series as JSON, and the duty of one session a week."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import BUREAU_ROLES
from kernel.clock import business_day
from kernel.errors import Refused
from kernel.periods import IsoWeek
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.series import duty, reading, service
from matchmaking.series.duty import Duty
from matchmaking.series.planning import PlannedWeek
from matchmaking.series.reading import SeriesLine
from matchmaking.series.schemas import (
    MOST_WEEKS,
    DutyAskedSchema,
    DutyOut,
    PlannedOut,
    SeriesChangeSchema,
    SeriesMoveSchema,
    SeriesOut,
    SeriesSchema,
    template_from,
)

READ, WRITE = "matchmaking:read", "matchmaking:write"
blueprint = Blueprint("series-api", __name__, url_prefix="/api/v1/series", description="Series of weekly sessions")


def _line(series_id: int) -> SeriesLine:
    lines = reading.series_of(database.current(), caller(), at=clock().now())
    found = next((one for one in lines if one.series.id == series_id), None)
    if found is None:
        raise reading.not_found()
    return found


@blueprint.get("")
@blueprint.response(200, SeriesOut(many=True))
@requires("organiser", scope=READ)
def list_series() -> list[SeriesLine]:
    """The series of the caller's bureau."""
    return reading.series_of(database.current(), caller(), at=clock().now())


@blueprint.post("")
@blueprint.arguments(SeriesSchema)
@blueprint.response(201, SeriesOut)
@requires("organiser", scope=WRITE)
def create_series(values: dict[str, Any]) -> SeriesLine:
    """A new running series: the scheduler announces its sessions from now on."""
    made = service.create(database.current(), caller(), template=template_from(values), at=clock().now())
    return _line(made.id or 0)


@blueprint.get("/<int:series_id>")
@blueprint.response(200, SeriesOut)
@requires("organiser", scope=READ)
def show_series(series_id: int) -> SeriesLine:
    """One series."""
    return _line(series_id)


@blueprint.put("/<int:series_id>")
@blueprint.arguments(SeriesChangeSchema)
@blueprint.response(200, SeriesOut)
@requires("organiser", scope=WRITE)
def change_series(values: dict[str, Any], series_id: int) -> SeriesLine:
    """Another template; sessions that are announced already stay as they are."""
    db, at = database.current(), clock().now()
    service.change(db, caller(), series_id, template=template_from(values), seen=values["seen"], at=at)
    return _line(series_id)


@blueprint.post("/<int:series_id>/moves")
@blueprint.arguments(SeriesMoveSchema)
@blueprint.response(200, SeriesOut)
@requires("organiser", scope=WRITE)
def move_series(values: dict[str, Any], series_id: int) -> SeriesLine:
    """Pause, resume or end."""
    service.move(database.current(), caller(), series_id, values["move"], at=clock().now())
    return _line(series_id)


@blueprint.get("/<int:series_id>/weeks")
@blueprint.response(200, PlannedOut(many=True))
@requires("organiser", scope=READ)
def preview_series(series_id: int) -> list[PlannedWeek]:
    """The next eight weeks as they would come out today."""
    template = reading.template_of(reading.own_series(database.current(), caller(), series_id))
    return reading.preview(template, book=policy_book(), calendar=work_calendar(), at=clock().now())


def asked_duty(first: IsoWeek | None, last: IsoWeek | None) -> Duty:
    """The city's duty between two weeks; without any, from the first session on record to this week."""
    db, at = database.current(), clock().now()
    last = last or IsoWeek.containing(business_day(at))
    weeks = duty.weeks_between(first or duty.first_week(db) or last, last)
    if first is None:
        weeks = weeks[-MOST_WEEKS:]
    if len(weeks) > MOST_WEEKS:
        raise Refused("too_many_weeks", f"一次最多看 {MOST_WEEKS} 周", f"At most {MOST_WEEKS} weeks at a time")
    return duty.city_duty(db, weeks, book=policy_book(), calendar=work_calendar(), at=at)


@blueprint.get("/duty")
@blueprint.arguments(DutyAskedSchema, location="query")
@blueprint.response(200, DutyOut)
@requires(*BUREAU_ROLES, scope=READ)
def show_duty(values: dict[str, Any]) -> Duty:
    """One city session a week: held, missing, exempt, with numerator and denominator."""
    return asked_duty(values["first"], values["last"])
