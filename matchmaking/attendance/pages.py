"""面谈当天: a bank's or firm's own meetings with their links; check in, say whether it took place, note what came of it."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ENTERPRISE_ROLES, INSTITUTION_ROLES
from kernel.clock import business_day
from kernel.errors import Invalid
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from matchmaking.attendance import service
from matchmaking.attendance.api import ATTENDING
from matchmaking.attendance.policy import attendance_policy
from matchmaking.attendance.reading import attended_at
from matchmaking.attendance.schemas import LinkSchema, OutcomeNoteSchema, SaidSchema
from matchmaking.attendance.workflow import NOTHING, OUTCOMES, STANDINGS, BothSides, standing
from matchmaking.handed_over import meeting_held, policy_book
from matchmaking.pauses.service import no_shows_of, paused_until
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.outcome import MeetingLine, meetings_for
from matchmaking.sessions.service import session_by_id
from matchmaking.video.rooms import VideoHosts
from matchmaking.video.service import links_of, own_link, set_link

SIDES = (*INSTITUTION_ROLES, *ENTERPRISE_ROLES)
TONES = {"done": "ok", "running": "dai", "next": "wait", "late": "stop", "no_show": "stop", "open": "out"}

blueprint = Blueprint("attendance", __name__, template_folder="../templates")


def video_hosts() -> VideoHosts:
    """The video hosts of the present app."""
    found = current_app.extensions["calendars"].hosts
    assert isinstance(found, VideoHosts)
    return found


def _row(session: WeeklySession, line: MeetingLine, attended: BothSides, link: str, now: datetime) -> dict[str, Any]:
    """One meeting as the page shows it: how it stands, and what the caller's side can do now."""
    side = "institution" if caller().organisation_kind == "institution" else "enterprise"
    ends_at = line.starts_at + timedelta(minutes=session.slot_minutes)
    policy = attendance_policy(policy_book(), business_day(line.starts_at))
    said = attended.of(side)
    code = standing(attended, state=line.meeting.state, starts_at=line.starts_at, ends_at=ends_at, now=now)
    begun = now >= line.starts_at and caller().role in ATTENDING
    return {
        "line": line,
        "said": said,
        "standing": code,
        "link": link,
        "ends_at": ends_at,
        "can_check_in": caller().role in ATTENDING
        and said.checked_in_at is None
        and line.starts_at - policy.opens_before <= now < ends_at,
        "can_say": begun and now <= ends_at + policy.says_within and said.took_place is None,
        "can_note": begun and now <= ends_at + policy.notes_within,
    }


@blueprint.get("/sessions/<int:session_id>/day")
@requires(*SIDES)
def day(session_id: int) -> ResponseReturnValue:
    """The caller's meetings of a session, by time; a bank's at one desk, where the URL names it."""
    return _day_page(session_id, Form())


def _day_page(session_id: int, form: Form, status: int = 200, *, noting: int = 0) -> ResponseReturnValue:
    db, now = database.current(), clock().now()
    session = session_by_id(db, session_id)
    every = meetings_for(db, caller(), session, today=clock().today())
    desks, desk = sorted({line.meeting.desk for line in every}), request.args.get("desk", type=int)
    lines = [line for line in every if desk not in desks or line.meeting.desk == desk]
    said = attended_at(db, [line.meeting.id or 0 for line in lines])
    links = links_of(db, session, [line.meeting for line in lines], video_hosts())
    rows = [
        _row(
            session,
            line,
            said.get(line.meeting.id or 0, BothSides(NOTHING, NOTHING)),
            links.get(line.meeting.id or 0, ""),
            now,
        )
        for line in lines
    ]
    page = render_template(
        "attendance/day.html",
        session=session,
        rows=rows,
        desks=desks if caller().organisation_kind == "institution" else [],
        desk=desk,
        form=form,
        noting=noting or request.args.get("note", 0, type=int),
        OUTCOMES=OUTCOMES,
        STANDINGS=STANDINGS,
        TONES=TONES,
        paused=paused_until(db, caller().organisation_id, clock().today()),
        missed=no_shows_of(db, caller().organisation_id)[:5],
        own_link=own_link(db, caller(), session_id) if caller().organisation_kind == "institution" else "",
        may_set_link=caller().role == "product_manager",
    )
    return page, status


def _back(meeting_id: int, words: str) -> ResponseReturnValue:
    one = service.own_meeting(database.current(), caller(), meeting_id)
    flash(words, "ok")
    desk, anchor = request.args.get("desk", type=int), f"meeting-{meeting_id}"
    return redirect(url_for("attendance.day", session_id=one.session.id, desk=desk, _anchor=anchor))


@blueprint.post("/meetings/<int:meeting_id>/check-in")
@requires(*ATTENDING)
def check_in(meeting_id: int) -> ResponseReturnValue:
    service.check_in(database.current(), caller(), meeting_id, book=policy_book(), at=clock().now())
    return _back(meeting_id, _("签到了"))


@blueprint.post("/meetings/<int:meeting_id>/said")
@requires(*ATTENDING)
def say(meeting_id: int) -> ResponseReturnValue:
    one = service.own_meeting(database.current(), caller(), meeting_id)
    values, form = load_form(SaidSchema())
    if values is None:
        return _day_page(one.session.id or 0, form, 422)
    service.say(database.current(), caller(), meeting_id, **values, book=policy_book(), at=clock().now())
    return _back(meeting_id, _("记下了"))


@blueprint.post("/meetings/<int:meeting_id>/note")
@requires(*ATTENDING)
def note(meeting_id: int) -> ResponseReturnValue:
    one = service.own_meeting(database.current(), caller(), meeting_id)
    values, form = load_form(OutcomeNoteSchema())
    if values is None:
        return _day_page(one.session.id or 0, form, 422, noting=meeting_id)
    options: dict[str, Any] = {"book": policy_book(), "at": clock().now(), "held": meeting_held()}
    try:
        service.note(database.current(), caller(), meeting_id, **values, **options)
    except Invalid as error:
        return _day_page(one.session.id or 0, form.take(error), 422, noting=meeting_id)
    return _back(meeting_id, _("结果记下了"))


@blueprint.post("/sessions/<int:session_id>/video-link")
@requires("product_manager")
def save_link(session_id: int) -> ResponseReturnValue:
    """The bank's own link in place of a generated room, or back."""
    values, form = load_form(LinkSchema())
    if values is None:
        return _day_page(session_id, form, 422)
    try:
        set_link(database.current(), caller(), session_id, **values, at=clock().now())
    except Invalid as error:
        return _day_page(session_id, form.take(error), 422)
    flash(_("会议链接改好了"), "ok")
    return redirect(url_for("attendance.day", session_id=session_id))
