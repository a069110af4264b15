"""改签: a published plan's releases, the form by which a party calls off, and how a firm withdraws a request or its consent."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import Invalid
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from matchmaking.handed_over import policy_book
from matchmaking.releases import reading, retracting, service
from matchmaking.releases.api import MAY_CALL_OFF
from matchmaking.releases.schemas import CallOffFormSchema, asked_in_form
from matchmaking.requests.pages import blueprint as requests_blueprint
from matchmaking.sessions.outcome import MeetingLine
from matchmaking.sessions.pages import READERS, blueprint
from matchmaking.sessions.reading import own_place
from matchmaking.sessions.request_pages import OF_ENTERPRISE
from matchmaking.sessions.service import session_by_id


@blueprint.get("/<int:session_id>/releases")
@requires(*READERS)
def releases(session_id: int) -> ResponseReturnValue:
    """What changed since the plan was published, the newest first."""
    db = database.current()
    session = session_by_id(db, session_id)
    shown = reading.releases_for(db, caller(), session, today=clock().today())
    may = caller().role in MAY_CALL_OFF and bool(_callable(session_id))
    return render_template("releases/index.html", session=session, releases=shown, may_call_off=may)


def _callable(session_id: int) -> list[MeetingLine]:
    db = database.current()
    return reading.can_call_off(db, caller(), session_by_id(db, session_id), at=clock().now(), today=clock().today())


def _form_page(session_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    db = database.current()
    session, lines = session_by_id(db, session_id), _callable(session_id)
    place = own_place(db, caller(), session_id) if caller().organisation_kind == "institution" else None
    page = render_template("releases/call_off.html", session=session, lines=lines, place=place, form=form)
    return page, status


@blueprint.get("/<int:session_id>/call-off")
@requires(*MAY_CALL_OFF)
def call_off_form(session_id: int) -> ResponseReturnValue:
    """What can be called off still, and what that does."""
    return _form_page(session_id, Form())


@blueprint.post("/<int:session_id>/call-off")
@requires(*MAY_CALL_OFF, transaction="own")
def call_off(session_id: int) -> ResponseReturnValue:
    values, form = load_form(CallOffFormSchema())
    if values is None:
        return _form_page(session_id, form, 422)
    asked = asked_in_form(values["choice"], values["party_code"])
    try:
        made = service.call_off(
            database.current(),
            caller(),
            session_id,
            asked=asked,
            reason=values["reason"],
            book=policy_book(),
            at=clock().now(),
        )
    except Invalid as error:
        return _form_page(session_id, form.take(error), 422)
    flash(_("取消了。时间表现在是第 %(number)s 版，有关的各方都会收到通知", number=made.number), "ok")
    return redirect(url_for("sessions.releases", session_id=session_id))


@requests_blueprint.post("/<int:request_id>/withdraw")
@requires(*OF_ENTERPRISE, unconfirmed=True)
def withdraw(request_id: int) -> ResponseReturnValue:
    retracting.withdraw_request(database.current(), caller(), request_id, at=clock().now())
    flash(_("撤回了"), "ok")
    return redirect(url_for("requests.show", request_id=request_id))


@requests_blueprint.post("/<int:request_id>/revoke")
@requires(*OF_ENTERPRISE, unconfirmed=True)
def revoke(request_id: int) -> ResponseReturnValue:
    retracting.revoke_consent(database.current(), caller(), request_id, at=clock().now())
    flash(_("收回了，银行现在看不到这份申请"), "ok")
    return redirect(url_for("requests.show", request_id=request_id))
