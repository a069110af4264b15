"""对接: the list of sessions, a session as each side sees it, sign-up, the organiser's moves."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ENTERPRISE_ROLES, FINANCE_SIDE, INSTITUTION_ROLES
from kernel.errors import Invalid
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.web.lists import list_page
from matchmaking.page_words import kind_options, page_values, scope_options, theme_options
from matchmaking.requests.pages import WORDS as REQUEST_WORDS
from matchmaking.sessions import changing, outcome, reading, service, sign_ups, views
from matchmaking.sessions.api import file_answer, seal_key
from matchmaking.sessions.files import WHOLE
from matchmaking.sessions.form_schemas import BankFormSchema
from matchmaking.sessions.lists import SESSIONS
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.outcome import MeetingLine
from matchmaking.sessions.reading import BankPlace, SessionLine
from matchmaking.sessions.schemas import SessionsAskedSchema
from matchmaking.sessions.sealing import opens
from matchmaking.sessions.sign_ups import Desk
from matchmaking.sessions.workflow import (
    BANKS_MAY_JOIN,
    FRAME_MAY_CHANGE,
    OUT,
    SESSION_MOVES,
    SIGN_UP_STATES,
    STATES,
    STEPS,
)
from matchmaking.themes import SCOPES, THEMES

READERS = (*FINANCE_SIDE, "organiser", "industry_officer", "county_officer", *INSTITUTION_ROLES, *ENTERPRISE_ROLES)

blueprint = Blueprint("sessions", __name__, url_prefix="/sessions", template_folder="../templates")
blueprint.context_processor(lambda: page_values() | REQUEST_WORDS)


def _theme_words() -> dict[str, Any]:
    return {"theme_options": theme_options, "scope_options": scope_options, "kind_options": kind_options}


@blueprint.context_processor
def _session_words() -> dict[str, Any]:
    words = {"SESSION_STATES": STATES, "SIGN_UP_STATES": SIGN_UP_STATES, "RESULTS_OUT": OUT}
    return _theme_words() | words | {"THEMES": THEMES, "SCOPES": SCOPES, "slot_start": outcome.slot_start}


@blueprint.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    asked = SessionsAskedSchema().load(request.args.to_dict(), unknown=EXCLUDE)
    return list_page(
        SESSIONS,
        asked,
        lambda part: reading.sessions(database.current(), part, asked["state"]),
        lambda page: render_template("sessions/index.html", page=page, asked_state=asked["state"]),
    )


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
    return {
        "line": line,
        "session": line.session,
        "steps": views.steps_of(line.session, now),
        "notices": changing.notices_of(database.current(), line.session.id or 0),
        "proof": proof,
        "places": places,
        "now": now,
        "papers": _papers() if run else (),
    }


def _papers() -> list[str]:
    """The papers of the certificate that the caller can download: the whole, or its own part and the list of all parts."""
    if caller().role in WHOLE:
        return ["certificate.json", "slices.json"]
    return ["slice.json", "slices.json"] if caller().organisation_kind != "bureau" else ["slices.json"]


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
        verbs=[verb for verb in _verbs(session) if verb in STEPS],
        may_change="cancel" in _verbs(session) and session.state in FRAME_MAY_CHANGE,
        may_cancel="cancel" in _verbs(session),
        moves=SESSION_MOVES.by_verb,
        seal_opens=opens(seal_key(), bytes.fromhex(session.seed_nonce), session.commitment),
        early={verb: changing.is_early(session, verb, clock().now()) for verb in STEPS},
    )


def _verbs(session: WeeklySession) -> list[str]:
    """What the caller can do with a session."""
    return SESSION_MOVES.allowed(session.state) if session.organiser_id == caller().organisation_id else []


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
        grid=views.grid_of(session, place, lines, shared["now"]) if place and session.state in OUT else None,
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


def decided(session_id: int) -> WeeklySession:
    session = service.session_by_id(database.current(), session_id)
    outcome.run_of(database.current(), caller(), session)
    return session


@blueprint.get("/<int:session_id>/verify")
@requires(*READERS)
def verify(session_id: int) -> ResponseReturnValue:
    """How to check the certificate offline."""
    line = reading.session_line(database.current(), session_id)
    session = decided(session_id)
    shared = _shared(line, outcome.meetings_for(database.current(), caller(), session, today=clock().today()), [])
    return render_template("sessions/verify.html", **shared)


@blueprint.get("/<int:session_id>/files/<name>")
@requires(*READERS)
def download(session_id: int, name: str) -> Response:
    return file_answer(session_id, name)
