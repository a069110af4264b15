"""意见: the form that every page's foot leads to, the list, one opinion with its answer, and the list as a file."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import col

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.models import Account
from kernel.accounts.roles import ROLES
from kernel.bilingual import Text
from kernel.errors import Conflict
from kernel.feedback import service
from kernel.feedback.models import STATES, Feedback
from kernel.feedback.schemas import AboutSchema, FeedbackAnswerSchema, FeedbackAskedSchema, FeedbackSchema
from kernel.parties.models import Party
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import ListColumn, ListLayout, list_page
from kernel.web.paging import page_of

blueprint = Blueprint("feedback", __name__, url_prefix="/feedback")

OPINIONS = ListLayout(
    "feedback",
    Text("意见", "Feedback"),
    (
        ListColumn("id", Text("编号", "Number"), "Feedback.id"),
        ListColumn("written_at", Text("时间", "Time"), "Feedback.written_at", col(Feedback.written_at)),
        ListColumn("organisation", Text("单位", "Organisation"), "Party.name", col(Party.name)),
        ListColumn("role", Text("角色", "Role"), "Account.role", titles=ROLES),
        ListColumn("writer", Text("谁写的", "Written by"), "Account.name", col(Account.name)),
        ListColumn("page", Text("页面", "Page"), "Feedback.page", col(Feedback.page)),
        ListColumn("request_id", Text("请求编号", "Request number"), "Feedback.request_id"),
        ListColumn("content", Text("意见", "Feedback"), "Feedback.content"),
        ListColumn("state", Text("状态", "State"), "Feedback.state", col(Feedback.state), STATES),
        ListColumn("answer", Text("答复", "Answer"), "Feedback.answer"),
    ),
)


@blueprint.get("")
@requires(*ROLES)
def index() -> ResponseReturnValue:
    """The form, about the page that led here, above the opinions that the reader may see."""
    about = asked_of_url(AboutSchema())
    return _index(Form({"page": about["about"], "request_id": about["request_id"]}))


def _index(form: Form, status: int = 200) -> ResponseReturnValue:
    asked = asked_of_url(FeedbackAskedSchema())
    query = service.feedback_query(caller(), state=asked["state"])
    return list_page(
        OPINIONS,
        asked,
        lambda part: page_of(database.current(), query, part),
        lambda page: (_render("feedback/index.html", form=form, page=page, state=asked["state"]), status),
    )


def _render(template: str, **values: Any) -> str:
    return render_template(template, states=STATES, may_answer=service.may_answer(caller()), **values)


@blueprint.post("")
@requires(*ROLES, unconfirmed=True)
def write() -> ResponseReturnValue:
    values, form = load_form(FeedbackSchema())
    if values is None:
        return _index(form, 422)
    service.write(database.current(), caller(), **values, at=clock().now())
    flash(_("意见收到了，答复会出现在这一页"), "ok")
    return redirect(url_for("feedback.index"))


@blueprint.get("/<int:feedback_id>")
@requires(*ROLES)
def show(feedback_id: int) -> ResponseReturnValue:
    return _show(feedback_id, Form())


def _show(feedback_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    return _render(
        "feedback/show.html", said=service.feedback_by_id(database.current(), caller(), feedback_id), form=form
    ), status


@blueprint.post("/<int:feedback_id>/answers")
@requires(*service.ANSWERERS)
def answer(feedback_id: int) -> ResponseReturnValue:
    values, form = load_form(FeedbackAnswerSchema())
    if values is None:
        return _show(feedback_id, form, 422)
    try:
        service.answer(database.current(), caller(), feedback_id, **values, at=clock().now())
    except Conflict as error:
        form.errors["answer"] = error.text
        return _show(feedback_id, form, 409)
    flash(_("答复了，写意见的人在同一页看得到"), "ok")
    return redirect(url_for("feedback.index"))
