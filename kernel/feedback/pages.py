"""意见: the form that every page's foot leads to, the list, one opinion with its answer, and the list as a file."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.clock import SHANGHAI
from kernel.errors import Conflict
from kernel.feedback import service
from kernel.feedback.models import STATES
from kernel.feedback.schemas import AboutSchema, FeedbackAnswerSchema, FeedbackAskedSchema, FeedbackSchema
from kernel.tables.writing import csv_bytes
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.paging import asked_from, page_of

blueprint = Blueprint("feedback", __name__, url_prefix="/feedback")

HEADER = ("id", "written_at", "organisation", "role", "writer", "page", "request_id", "content", "state", "answer")


@blueprint.get("")
@requires(*ROLES)
def index() -> ResponseReturnValue:
    """The form, about the page that led here, above the opinions that the reader may see."""
    about = asked_of_url(AboutSchema())
    return _index(Form({"page": about["about"], "request_id": about["request_id"]}))


def _index(form: Form, status: int = 200) -> ResponseReturnValue:
    asked = asked_of_url(FeedbackAskedSchema())
    query = service.feedback_query(caller(), state=asked["state"])
    page = page_of(database.current(), query, asked_from(asked))
    return _render("feedback/index.html", form=form, page=page, state=asked["state"]), status


def _render(template: str, **values: Any) -> str:
    return render_template(template, states=STATES, may_answer=service.may_answer(caller()), **values)


@blueprint.post("")
@requires(*ROLES)
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


@blueprint.get("/feedback.csv")
@requires(*service.ANSWERERS)
def export() -> ResponseReturnValue:
    """What the list shows, all of it, as a file."""
    asked = asked_of_url(FeedbackAskedSchema())
    rows = database.current().execute(service.feedback_query(caller(), state=asked["state"]))
    content = csv_bytes(HEADER, [_cells(service.Opinion(*row)) for row in rows])
    return file_to_save(content, "feedback.csv", "text/csv; charset=utf-8")


def _cells(said: service.Opinion) -> list[str]:
    one = said.feedback
    moment = one.written_at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    who = (said.organisation.name, said.writer.role, said.writer.name)
    return [str(one.id), moment, *who, one.page, one.request_id, one.content, one.state, one.answer]
