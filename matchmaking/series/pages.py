"""系列: what the organiser sets once so that a session takes place every week, and whether one did."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import FINANCE_SIDE
from kernel.bilingual import Text
from kernel.errors import Conflict, Invalid
from kernel.periods import IsoWeek, NotAPeriod
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import list_page
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.page_words import INSTITUTION_LABELS, kind_options, listed, page_values, scope_options, theme_options
from matchmaking.series import duty, reading, service
from matchmaking.series.api import asked_duty
from matchmaking.series.lists import SERIES
from matchmaking.series.planning import SeriesTemplate
from matchmaking.series.schemas import SeriesAskedSchema, SeriesChangeSchema, SeriesSchema, clock_words, template_from
from matchmaking.series.workflow import OUTCOMES, SERIES_MOVES, STATES
from matchmaking.themes import HOSTS, SCOPES, THEMES

READERS = ("organiser", *FINANCE_SIDE, "industry_officer", "county_officer")
WEEKDAYS = {
    1: Text("周一", "Monday"),
    2: Text("周二", "Tuesday"),
    3: Text("周三", "Wednesday"),
    4: Text("周四", "Thursday"),
    5: Text("周五", "Friday"),
}
TIMES = {"starts": "starts_minute", "ends": "ends_minute", "open_at": "open_minute", "close_at": "close_minute"}
FIELDS = {minutes: name for name, minutes in TIMES.items()}

blueprint = Blueprint("series", __name__, url_prefix="/series", template_folder="../templates")
blueprint.context_processor(page_values)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "SERIES_STATES": STATES,
        "SERIES_MOVES": SERIES_MOVES.by_verb,
        "OUTCOMES": OUTCOMES,
        "DUTY_STATES": duty.STATES,
        "THEMES": THEMES,
        "SCOPES": SCOPES,
        "HOSTS": HOSTS,
        "WEEKDAYS": WEEKDAYS,
        "kinds": lambda codes: listed(codes, INSTITUTION_LABELS),
        "clock_words": clock_words,
        "theme_options": theme_options,
        "scope_options": scope_options,
        "kind_options": kind_options,
    }


@blueprint.get("")
@requires("organiser")
def index() -> ResponseReturnValue:
    """The series of the caller's bureau."""
    asked, at = asked_of_url(SeriesAskedSchema()), clock().now()
    return list_page(
        SERIES,
        asked,
        lambda part: reading.series_page(database.current(), caller(), part, at=at, state=asked["state"]),
        lambda page: render_template("series/index.html", page=page, state=asked["state"]),
    )


def _form_of(template: SeriesTemplate, seen: int | None = None) -> Form:
    values = {name: value for name, value in vars(template).items() if value is not None}
    values |= {name: clock_words(values.pop(minutes)) for name, minutes in TIMES.items()}
    return Form(values | ({} if seen is None else {"seen": seen}))


def _form_page(form: Form, series_id: int | None = None, status: int = 200) -> ResponseReturnValue:
    for name in ("partners", "institution_kinds"):
        form.values[name] = [one for one in form.values.get(name, ()) if one]
    form.errors = {FIELDS.get(name, name): text for name, text in form.errors.items()}
    return render_template("series/form.html", form=form, series_id=series_id), status


@blueprint.get("/new")
@requires("organiser")
def new() -> ResponseReturnValue:
    return _form_page(_form_of(SeriesTemplate(name="")))


def _loaded(schema: SeriesSchema) -> tuple[dict[str, Any] | None, Form]:
    values, form = load_form(schema)
    return values, form


@blueprint.post("/new")
@requires("organiser")
def create() -> ResponseReturnValue:
    values, form = _loaded(SeriesSchema())
    if values is None:
        return _form_page(form, status=422)
    try:
        made = service.create(database.current(), caller(), template=template_from(values), at=clock().now())
    except Invalid as error:
        return _form_page(form.take(error), status=422)
    flash(_("系列建好了，系统会按它自己预告每周的场次"), "ok")
    return redirect(url_for("series.show", series_id=made.id))


@blueprint.get("/<int:series_id>")
@requires("organiser")
def show(series_id: int) -> ResponseReturnValue:
    """One series: its template, the next eight weeks, what became of those past."""
    db = database.current()
    series = reading.own_series(db, caller(), series_id)
    template = reading.template_of(series)
    return render_template(
        "series/show.html",
        series=series,
        preview=reading.preview(template, book=policy_book(), calendar=work_calendar(), at=clock().now()),
        settled=reading.settled_weeks(db, series)[:20],
        by_week={one.row.week: one for one in reading.settled_weeks(db, series)},
        verbs=SERIES_MOVES.allowed(series.state),
    )


@blueprint.get("/<int:series_id>/edit")
@requires("organiser")
def edit(series_id: int) -> ResponseReturnValue:
    series = reading.own_series(database.current(), caller(), series_id)
    return _form_page(_form_of(reading.template_of(series), series.version), series_id)


@blueprint.post("/<int:series_id>/edit")
@requires("organiser")
def change(series_id: int) -> ResponseReturnValue:
    reading.own_series(database.current(), caller(), series_id)
    values, form = _loaded(SeriesChangeSchema())
    if values is None:
        return _form_page(form, series_id, 422)
    seen = values.pop("seen")
    try:
        service.change(
            database.current(), caller(), series_id, template=template_from(values), seen=seen, at=clock().now()
        )
    except Invalid as error:
        return _form_page(form.take(error), series_id, 422)
    except Conflict as error:
        form.errors["seen"] = error.text
        return _form_page(form, series_id, 409)
    flash(_("改好了，已经预告的场次不变"), "ok")
    return redirect(url_for("series.show", series_id=series_id))


@blueprint.post("/<int:series_id>/<verb>")
@requires("organiser")
def move(series_id: int, verb: str) -> ResponseReturnValue:
    if verb not in SERIES_MOVES.by_verb:
        raise reading.not_found()
    service.move(database.current(), caller(), series_id, verb, at=clock().now())
    flash(_("做好了：%(what)s", what=SERIES_MOVES.by_verb[verb].label), "ok")
    return redirect(url_for("series.show", series_id=series_id))


def _asked_week(name: str) -> IsoWeek | None:
    try:
        return IsoWeek.parse(request.args.get(name, ""))
    except NotAPeriod:
        return None


@blueprint.get("/duty")
@requires(*READERS)
def show_duty() -> ResponseReturnValue:
    """每周一场: what was held of what was owed."""
    found = asked_duty(_asked_week("first"), _asked_week("last"))
    return render_template("series/duty.html", duty=found, weeks=list(reversed(found.weeks)))
