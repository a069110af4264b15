"""One request's page: where it stands, its sessions and meetings, its consent; signing up, and what ending it does."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.web.edge import clock
from kernel.web.forms import load_form
from matchmaking.offers.api import todays_policy
from matchmaking.requests.pages import blueprint
from matchmaking.requests.reading import FiledRequest, own_request, request_for
from matchmaking.sessions import outcome, sign_ups
from matchmaking.sessions.form_schemas import JoinSchema
from matchmaking.sessions.gate_reading import gate_of
from matchmaking.sessions.pages import blueprint as sessions_blueprint
from matchmaking.sessions.workflow import OUT, SIGN_UP_STATES, STATES

OF_ENTERPRISE = ("owner", "clerk")
ENDINGS = {
    "withdraw": (
        Text("撤回申请", "Withdraw the request"),
        Text(
            "撤回以后不能再改、再发布；正在报名的场次也退出，还没开始的面谈取消。",
            "It cannot be changed or published again, leaves its session, and its meetings to come are called off.",
        ),
    ),
    "revoke": (
        Text("收回同意", "Revoke the consent"),
        Text(
            "银行马上看不到这份申请，报名的场次也退出，还没开始的面谈取消；申请回到草稿，可以再发布。",
            "Banks stop seeing it at once, it leaves its session and its meetings to come are called off; "
            "it is a draft again and can be published anew.",
        ),
    ),
}


def is_open(filed: FiledRequest) -> bool:
    """Whether the firm can still mend what is missing, and is the one who looks."""
    return caller().organisation_kind == "enterprise" and filed.request.state in ("draft", "published")


@blueprint.get("/<int:request_id>")
@requires(*OF_ENTERPRISE, "organiser")
def show(request_id: int) -> ResponseReturnValue:
    """你的申请走到哪了."""
    db = database.current()
    filed = request_for(db, caller(), request_id)
    history = outcome.history_of(db, caller(), request_id, today=clock().today())
    return render_template(
        "requests/show.html",
        filed=filed,
        history=history,
        open_sessions=sign_ups.sessions_to_join(db, filed, clock().now()),
        gate=gate_of(db, filed, today=clock().today(), policy=todays_policy()) if is_open(filed) else (),
        out_states=OUT,
        session_states=STATES,
        sign_up_states=SIGN_UP_STATES,
        deciding=sign_ups.deciding_on(db, filed.id),
        now=clock().now(),
    )


@blueprint.get("/<int:request_id>/<verb>")
@requires(*OF_ENTERPRISE)
def confirm_ending(request_id: int, verb: str) -> ResponseReturnValue:
    """What withdrawing or revoking does."""
    filed = own_request(database.current(), caller(), request_id)
    if verb not in ENDINGS:
        raise NotFound("page_not_found", "没有这一页", "There is no such page")
    title, cannot = ENDINGS[verb]
    if verb == "withdraw" and sign_ups.deciding_on(database.current(), request_id) is not None:
        return redirect(url_for("requests.show", request_id=request_id) + "#shown-to")
    return render_template("requests/ending.html", filed=filed, verb=verb, title=title, cannot=cannot)


@sessions_blueprint.post("/<int:session_id>/join")
@requires(*OF_ENTERPRISE, glance=sign_ups.refuse_when_full)
def join_request(session_id: int) -> ResponseReturnValue:
    values, _form = load_form(JoinSchema())
    if values is None:
        raise NotFound("request_not_found", "没有这份申请", "There is no such request")
    sign_ups.join_request(database.current(), caller(), session_id, values["request_id"], at=clock().now())
    flash(_("报好名了，公布以后告诉你见哪几家"), "ok")
    return redirect(url_for("requests.show", request_id=values["request_id"]))


@sessions_blueprint.post("/<int:session_id>/leave")
@requires(*OF_ENTERPRISE)
def leave_request(session_id: int) -> ResponseReturnValue:
    values, _form = load_form(JoinSchema())
    if values is None:
        raise NotFound("request_not_found", "没有这份申请", "There is no such request")
    sign_ups.leave_request(database.current(), caller(), session_id, values["request_id"], at=clock().now())
    flash(_("退出了"), "ok")
    return redirect(url_for("requests.show", request_id=values["request_id"]))
