"""The organiser's side of 对接: announcing, changing, moving and calling off a session, its whole timetable, the unmatched."""

import secrets
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.errors import Conflict, Invalid
from kernel.periods import IsoWeek, NotAPeriod
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.works.asking import to_its_page
from matchmaking.sessions import changing, outcome, reading, service, views
from matchmaking.sessions.api import carry_out, seal_key
from matchmaking.sessions.form_schemas import (
    CancellationFormSchema,
    FrameChangeFormSchema,
    SessionFormSchema,
    StepFormSchema,
    local,
)
from matchmaking.sessions.frame import SessionFrame, template
from matchmaking.sessions.pages import blueprint, decided
from matchmaking.sessions.reading import weeks_taken
from matchmaking.sessions.schemas import changed_frame, frame_from
from matchmaking.sessions.sealing import NONCE_BYTES
from matchmaking.sessions.workflow import ANNOUNCED_FOR, SESSION_MOVES, STEPS
from matchmaking.themes import GENERAL

WEEKS_AHEAD = 6
KEPT = (
    *("theme", "theme_code", "scope", "institution_kinds", "slot_minutes", "break_after", "break_minutes"),
    *("rooms", "host", "request_places"),
)
MOMENTS = ("starts_at", "ends_at", "sign_up_from", "sign_up_until", "match_at", "publish_at")
DOES = {
    "open": Text("从这一刻起，企业可以报名。", "From this moment on enterprises can sign up."),
    "close": Text(
        "截止以后，银行和企业都不能再报名、退出；产品、申请和回避按这一刻定下来，以后再改，这一场不变。",
        "After this nobody can join or leave; products, requests and blocks stand as they are at this moment, "
        "and later changes do not reach this session.",
    ),
    "match": Text(
        "按截止那一刻的产品和申请配对，抽签的种子随证书公开。只配一次，不能重来。",
        "The match reads what stood when sign-up closed, and the seed of the lottery comes out with the certificate. "
        "It is made once and not again.",
    ),
    "publish": Text(
        "公布以后各方立刻看到自己的场次，不能收回。", "Each party sees its meetings at once; this cannot be taken back."
    ),
}


def _weeks(today: date, theme_code: str) -> list[tuple[IsoWeek, bool]]:
    """The coming weeks, and whether the organiser has none of the theme in them yet."""
    taken = weeks_taken(database.current(), caller(), theme_code)
    weeks = [IsoWeek.containing(today)]
    while len(weeks) < WEEKS_AHEAD:
        weeks.append(weeks[-1].next)
    return [(week, str(week) not in taken) for week in weeks]


def _next_free(today: date) -> IsoWeek:
    """The first week after this one without a session for all firms of the organiser's own: what the template is for."""
    taken, week = weeks_taken(database.current(), caller(), GENERAL), IsoWeek.containing(today).next
    while str(week) in taken:
        week = week.next
    return week


def _frame_form(frame: SessionFrame) -> Form:
    values = {name: value for name, value in vars(frame).items() if value is not None}
    return Form(values | {"week": str(frame.week)} | {name: local(values[name]) for name in MOMENTS})


def _announce_page(form: Form, status: int = 200) -> ResponseReturnValue:
    weeks = _weeks(clock().today(), str(form.values.get("theme_code", GENERAL)))
    return render_template("sessions/new.html", form=form, weeks=weeks), status


@blueprint.get("/new")
@requires("organiser")
def new() -> ResponseReturnValue:
    """The form, filled in from the template of the asked week (the next free one without)."""
    try:
        week = IsoWeek.parse(request.args.get("week", ""))
    except NotAPeriod:
        week = _next_free(clock().today())
    return _announce_page(_frame_form(template(week)))


@blueprint.post("/new")
@requires("organiser")
def announce() -> ResponseReturnValue:
    values, form = load_form(SessionFormSchema())
    if values is None:
        return _announce_page(form, 422)
    db, nonce, frame = database.current(), secrets.token_bytes(NONCE_BYTES), frame_from(values)
    try:
        session = service.announce(db, caller(), frame=frame, key=seal_key(), nonce=nonce, at=clock().now())
    except Invalid as error:
        return _announce_page(form.take(error), 422)
    except Conflict as error:
        form.errors["week"] = error.text
        return _announce_page(form, 409)
    flash(_("预告出去了，抽签承诺已经公布"), "ok")
    return redirect(url_for("sessions.show", session_id=session.id))


def _step_page(session_id: int, verb: str, form: Form, status: int = 200) -> ResponseReturnValue:
    line = reading.session_line(database.current(), session_id)
    page = render_template(
        "sessions/confirm.html",
        line=line,
        verb=verb,
        move=SESSION_MOVES.by_verb[verb],
        does=DOES[verb],
        announced=getattr(line.session, ANNOUNCED_FOR[verb]),
        is_early=changing.is_early(line.session, verb, clock().now()),
        form=form,
        now=clock().now(),
    )
    return page, status


@blueprint.get("/<int:session_id>/moves/<verb>")
@requires("organiser")
def confirm_move(session_id: int, verb: str) -> ResponseReturnValue:
    """What a step does, when it was announced for, and, before that time, why it comes early."""
    session = service.own_session(database.current(), caller(), session_id)
    if verb not in STEPS:
        raise service.not_found()
    SESSION_MOVES.next_state(verb, session.state)
    return _step_page(session_id, verb, Form())


@blueprint.post("/<int:session_id>/moves/<verb>")
@requires("organiser", transaction="own")
def move(session_id: int, verb: str) -> ResponseReturnValue:
    if verb not in STEPS:
        raise service.not_found()
    values, form = load_form(StepFormSchema())
    if values is None:
        return _step_page(session_id, verb, form, 422)
    try:
        work = carry_out(session_id, verb, values["reason"])
    except Invalid as error:
        return _step_page(session_id, verb, form.take(error), 422)
    if work is not None:
        return to_its_page(work)
    flash(_("做好了：%(what)s", what=SESSION_MOVES.by_verb[verb].label), "ok")
    return redirect(url_for("sessions.show", session_id=session_id))


def _change_page(session_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    line = reading.session_line(database.current(), session_id)
    return render_template("sessions/change.html", line=line, form=form), status


@blueprint.get("/<int:session_id>/change")
@requires("organiser")
def change(session_id: int) -> ResponseReturnValue:
    """The announced frame, to be changed until sign-up closes."""
    session = service.own_session(database.current(), caller(), session_id)
    changing.check_changeable(session)
    kept = {name: getattr(session, name) for name in (*MOMENTS, *KEPT)}
    form = _frame_form(SessionFrame(week=IsoWeek.parse(session.week), **kept))
    form.values["seen"] = session.version
    return _change_page(session_id, form)


@blueprint.post("/<int:session_id>/change")
@requires("organiser")
def save_change(session_id: int) -> ResponseReturnValue:
    db = database.current()
    session = service.own_session(db, caller(), session_id)
    values, form = load_form(FrameChangeFormSchema())
    if values is None:
        return _change_page(session_id, form, 422)
    seen, reason = values.pop("seen"), values.pop("reason")
    try:
        changing.change_frame(
            db, caller(), session_id, frame=changed_frame(session, values), seen=seen, reason=reason, at=clock().now()
        )
    except Invalid as error:
        return _change_page(session_id, form.take(error), 422)
    except Conflict as error:
        form.errors["seen"] = error.text
        return _change_page(session_id, form, 409)
    flash(_("改好了，报名的各方在自己的页面上看得到"), "ok")
    return redirect(url_for("sessions.show", session_id=session_id))


def _cancel_page(session_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    line = reading.session_line(database.current(), session_id)
    return render_template("sessions/cancel.html", line=line, form=form), status


@blueprint.get("/<int:session_id>/cancel")
@requires("organiser")
def confirm_cancel(session_id: int) -> ResponseReturnValue:
    """What calling a session off does, and why it has to be."""
    session = service.own_session(database.current(), caller(), session_id)
    SESSION_MOVES.next_state("cancel", session.state)
    return _cancel_page(session_id, Form())


@blueprint.post("/<int:session_id>/cancel")
@requires("organiser")
def cancel(session_id: int) -> ResponseReturnValue:
    values, form = load_form(CancellationFormSchema())
    if values is None:
        return _cancel_page(session_id, form, 422)
    try:
        changing.cancel(database.current(), caller(), session_id, reason=values["reason"], at=clock().now())
    except Invalid as error:
        return _cancel_page(session_id, form.take(error), 422)
    flash(_("取消了，报名的各方在自己的页面上看得到"), "ok")
    return redirect(url_for("sessions.show", session_id=session_id))


@blueprint.get("/<int:session_id>/timetable")
@requires("organiser")
def timetable(session_id: int) -> ResponseReturnValue:
    """The whole timetable: every desk of every bank, or one bank's grid."""
    db, session = database.current(), decided(session_id)
    lines, places = outcome.meetings_for(db, caller(), session, today=clock().today()), reading.banks_at(db, session_id)
    chosen = next((place for place in places if place.bank.code == request.args.get("bank")), None)
    own = [line for line in lines if chosen and line.bank.id == chosen.bank.id]
    grid = views.grid_of(session, chosen, own, clock().now()) if chosen else None
    return render_template(
        "sessions/timetable.html", session=session, lines=lines, places=places, chosen=chosen, grid=grid
    )


@blueprint.get("/<int:session_id>/unmatched")
@requires("organiser")
def unmatched(session_id: int) -> ResponseReturnValue:
    """Who met nobody, why, and what to change."""
    session = decided(session_id)
    unmet = outcome.unmet_for(database.current(), caller(), session)
    return render_template("sessions/unmatched.html", session=session, unmet=unmet)
