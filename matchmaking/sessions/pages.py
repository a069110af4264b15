"""对接: the list of sessions, a session as each side sees it, sign-up, the organiser's moves."""

import secrets
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ENTERPRISE_ROLES, FINANCE_SIDE, INSTITUTION_ROLES
from kernel.bilingual import Text
from kernel.errors import Conflict, Invalid, NotFound
from kernel.periods import IsoWeek, NotAPeriod
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.web.paging import AskedSchema, asked_from
from matchmaking.page_words import page_values
from matchmaking.requests.pages import WORDS as REQUEST_WORDS
from matchmaking.sessions import blocks, outcome, reading, service, sign_ups, views
from matchmaking.sessions.api import SEED_BYTES, carry_out, file_answer
from matchmaking.sessions.form_schemas import BankFormSchema, BlockFormSchema, SessionFormSchema, local
from matchmaking.sessions.frame import SessionFrame, template
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.outcome import MeetingLine
from matchmaking.sessions.reading import BankPlace, SessionLine
from matchmaking.sessions.schemas import frame_from
from matchmaking.sessions.sign_ups import Desk
from matchmaking.sessions.workflow import BANKS_MAY_JOIN, SESSION_MOVES, SIGN_UP_STATES, STATES

READERS = (*FINANCE_SIDE, "organiser", "industry_officer", "county_officer", *INSTITUTION_ROLES, *ENTERPRISE_ROLES)
WEEKS_AHEAD = 6
CANNOT = {
    "close": Text(
        "截止以后，银行和企业都不能再报名、退出。", "After this neither banks nor enterprises can join or leave."
    ),
    "publish": Text(
        "公布以后各方立刻看到自己的场次，不能收回。", "Each party sees its meetings at once; this cannot be taken back."
    ),
}

blueprint = Blueprint("sessions", __name__, url_prefix="/sessions", template_folder="../templates")
blueprint.context_processor(lambda: page_values() | REQUEST_WORDS)


@blueprint.context_processor
def _session_words() -> dict[str, Any]:
    return {"SESSION_STATES": STATES, "SIGN_UP_STATES": SIGN_UP_STATES, "slot_start": outcome.slot_start}


@blueprint.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    asked = AskedSchema().load({name: request.args[name] for name in ("page", "per_page") if name in request.args})
    page = reading.sessions(database.current(), asked_from(asked))
    return render_template("sessions/index.html", page=page)


def _next_weeks(today: date) -> list[IsoWeek]:
    weeks = [IsoWeek.containing(today)]
    while len(weeks) < WEEKS_AHEAD:
        weeks.append(weeks[-1].next)
    return weeks


def _announce_form(frame: SessionFrame) -> Form:
    values = {name: value for name, value in vars(frame).items() if value is not None}
    moments = ("starts_at", "ends_at", "sign_up_from", "sign_up_until", "match_at", "publish_at")
    return Form(values | {"week": str(frame.week)} | {name: local(values[name]) for name in moments})


def _announce_page(form: Form, status: int = 200) -> ResponseReturnValue:
    weeks = _next_weeks(clock().today())
    return render_template("sessions/new.html", form=form, weeks=weeks), status


@blueprint.get("/new")
@requires("organiser")
def new() -> ResponseReturnValue:
    """The form, filled in from the template of the asked week (next week without one)."""
    try:
        week = IsoWeek.parse(request.args.get("week", ""))
    except NotAPeriod:
        week = IsoWeek.containing(clock().today()).next
    return _announce_page(_announce_form(template(week)))


@blueprint.post("/new")
@requires("organiser")
def announce() -> ResponseReturnValue:
    values, form = load_form(SessionFormSchema())
    if values is None:
        return _announce_page(form, 422)
    db, seed = database.current(), secrets.token_bytes(SEED_BYTES)
    try:
        session = service.announce(db, caller(), frame=frame_from(values), seed=seed, at=clock().now())
    except Invalid as error:
        return _announce_page(form.take(error), 422)
    except Conflict as error:
        form.errors["week"] = error.text
        return _announce_page(form, 409)
    flash(_("预告出去了，抽签承诺已经公布"), "ok")
    return redirect(url_for("sessions.show", session_id=session.id))


@blueprint.get("/<int:session_id>")
@requires(*READERS)
def show(session_id: int) -> ResponseReturnValue:
    """A session as the caller's side sees it."""
    line = reading.session_line(database.current(), session_id)
    if caller().role == "organiser":
        return _control_page(line)
    if caller().organisation_kind == "institution":
        return _bank_page(line, Form())
    return _firm_page(line) if caller().organisation_kind == "enterprise" else _reader_page(line)


def _shared(line: SessionLine, lines: list[MeetingLine], places: list[BankPlace]) -> dict[str, Any]:
    """What every side's page shows: the steps, the banks, and the proof once results are out."""
    now, run = clock().now(), outcome.run_if_out(database.current(), caller(), line.session)
    proof = views.proof_of(run, line, lines, places) if run else None
    steps = views.steps_of(line.session, now)
    return {"line": line, "session": line.session, "steps": steps, "proof": proof, "places": places, "now": now}


def _control_page(line: SessionLine) -> ResponseReturnValue:
    db, session = database.current(), line.session
    lines = outcome.meetings_for(db, caller(), session, today=clock().today())
    places = reading.banks_at(db, session.id or 0)
    held = {place.bank.id: sum(one.bank.id == place.bank.id for one in lines) for place in places}
    return render_template(
        "sessions/control.html",
        **_shared(line, lines, places),
        held=held,
        sign_ups=outcome.sign_ups_for(db, caller(), session, today=clock().today()),
        unmet=outcome.unmet_for(db, caller(), session),
        verbs=SESSION_MOVES.allowed(session.state) if session.organiser_id == caller().organisation_id else [],
        moves=SESSION_MOVES.by_verb,
        needs_confirming=CANNOT,
    )


def _bank_form(place: BankPlace | None) -> Form:
    if place is None:
        return Form({"desks": "1", "breaks": "0"})
    kept = place.place
    return Form({"desks": kept.desks, "breaks": kept.breaks, "seats": kept.seats})


def _bank_page(line: SessionLine, form: Form, status: int = 200) -> ResponseReturnValue:
    db, session = database.current(), line.session
    lines = outcome.meetings_for(db, caller(), session, today=clock().today())
    place = reading.own_place(db, caller(), session.id or 0)
    shared = _shared(line, lines, reading.banks_at(db, session.id or 0))
    page = render_template(
        "sessions/bank.html",
        **shared,
        lines=lines,
        place=place,
        grid=views.grid_of(session, place, lines, shared["now"]) if place and session.state == "published" else None,
        sign_ups=outcome.sign_ups_for(db, caller(), session, today=clock().today()),
        may_join=session.state in BANKS_MAY_JOIN and caller().role == "product_manager",
        form=form if form.values else _bank_form(place),
    )
    return page, status


def _firm_page(line: SessionLine) -> ResponseReturnValue:
    db, session = database.current(), line.session
    lines = outcome.meetings_for(db, caller(), session, today=clock().today())
    mine = outcome.sign_ups_for(db, caller(), session, today=clock().today())
    rankings = {one.filed.id: outcome.ranking_for(db, caller(), session, one.filed.id) for one in mine}
    return render_template(
        "sessions/firm.html",
        **_shared(line, lines, reading.banks_at(db, session.id or 0)),
        lines=lines,
        sign_ups=mine,
        rankings=rankings,
        unmet={one.filed.id: one for one in outcome.unmet_for(db, caller(), session)},
        ready=sign_ups.ready_to_join(db, caller(), session),
    )


def _reader_page(line: SessionLine) -> ResponseReturnValue:
    places = reading.banks_at(database.current(), line.session.id or 0)
    return render_template("sessions/reader.html", **_shared(line, [], places))


@blueprint.get("/<int:session_id>/moves/<verb>")
@requires("organiser")
def confirm_move(session_id: int, verb: str) -> ResponseReturnValue:
    """What a move does and that it cannot be undone."""
    session = service.own_session(database.current(), caller(), session_id)
    if verb not in CANNOT:
        raise service.not_found()
    SESSION_MOVES.next_state(verb, session.state)
    line = reading.session_line(database.current(), session_id)
    return render_template(
        "sessions/confirm.html", line=line, verb=verb, move=SESSION_MOVES.by_verb[verb], cannot=CANNOT[verb]
    )


@blueprint.post("/<int:session_id>/moves/<verb>")
@requires("organiser", transaction="own")
def move(session_id: int, verb: str) -> ResponseReturnValue:
    if verb not in SESSION_MOVES.by_verb:
        raise service.not_found()
    carry_out(session_id, verb)
    flash(_("做好了：%(what)s", what=SESSION_MOVES.by_verb[verb].label), "ok")
    return redirect(url_for("sessions.show", session_id=session_id))


@blueprint.post("/<int:session_id>/bank")
@requires("product_manager")
def join_bank(session_id: int) -> ResponseReturnValue:
    """Sign the caller's bank up, or change its desks."""
    db = database.current()
    values, form = load_form(BankFormSchema())
    if values is None:
        return _bank_page(reading.session_line(db, session_id), form, 422)
    notes = _desk_notes(values.pop("topic"), values.pop("person"))
    try:
        sign_ups.join_bank(db, caller(), session_id, **values, desk_notes=notes, at=clock().now())
    except Invalid as error:
        return _bank_page(reading.session_line(db, session_id), form.take(error), 422)
    flash(_("报好名了"), "ok")
    return redirect(url_for("sessions.show", session_id=session_id))


def _desk_notes(topics: list[str], people: list[str]) -> list[Desk]:
    """One note a desk, empty ones at the end left out."""
    notes = [Desk(topic, person) for topic, person in zip(topics, people, strict=False)]
    while notes and notes[-1] == Desk():
        notes.pop()
    return notes


@blueprint.post("/<int:session_id>/bank/leave")
@requires("product_manager")
def leave_bank(session_id: int) -> ResponseReturnValue:
    sign_ups.leave_bank(database.current(), caller(), session_id, at=clock().now())
    flash(_("退出了"), "ok")
    return redirect(url_for("sessions.show", session_id=session_id))


def _decided(session_id: int) -> WeeklySession:
    session = service.session_by_id(database.current(), session_id)
    outcome.run_of(database.current(), caller(), session)
    return session


@blueprint.get("/<int:session_id>/timetable")
@requires("organiser")
def timetable(session_id: int) -> ResponseReturnValue:
    """The whole timetable: every desk of every bank, or one bank's grid."""
    db, session = database.current(), _decided(session_id)
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
    session = _decided(session_id)
    unmet = outcome.unmet_for(database.current(), caller(), session)
    return render_template("sessions/unmatched.html", session=session, unmet=unmet)


@blueprint.get("/<int:session_id>/verify")
@requires(*READERS)
def verify(session_id: int) -> ResponseReturnValue:
    """How to check the certificate offline."""
    line = reading.session_line(database.current(), session_id)
    session = _decided(session_id)
    shared = _shared(line, outcome.meetings_for(database.current(), caller(), session, today=clock().today()), [])
    return render_template("sessions/verify.html", **shared)


@blueprint.get("/<int:session_id>/files/<name>")
@requires(*READERS)
def download(session_id: int, name: str) -> Response:
    return file_answer(session_id, name)


@blueprint.get("/blocks")
@requires(*INSTITUTION_ROLES)
def list_blocks() -> ResponseReturnValue:
    return _blocks_page(Form())


def _blocks_page(form: Form, status: int = 200) -> ResponseReturnValue:
    rows = blocks.blocks_of(database.current(), caller())
    return render_template("sessions/blocks.html", rows=rows, form=form), status


@blueprint.post("/blocks")
@requires("product_manager")
def record_block() -> ResponseReturnValue:
    values, form = load_form(BlockFormSchema())
    if values is None:
        return _blocks_page(form, 422)
    try:
        blocks.block(database.current(), caller(), **values, at=clock().now())
    except (NotFound, Conflict) as error:
        form.errors["enterprise_code"] = error.text
        return _blocks_page(form, 422)
    flash(_("登记好了，下一场起不再约这家企业"), "ok")
    return redirect(url_for("sessions.list_blocks"))


@blueprint.post("/blocks/<int:block_id>/lift")
@requires("product_manager")
def lift_block(block_id: int) -> ResponseReturnValue:
    blocks.lift(database.current(), caller(), block_id, at=clock().now())
    flash(_("解除了"), "ok")
    return redirect(url_for("sessions.list_blocks"))
