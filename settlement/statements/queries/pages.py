"""Forms of the questions on a statement's page."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.edge import clock
from kernel.web.forms import load_form
from settlement.statements.queries import service
from settlement.statements.queries.schemas import QueryAskedSchema, QueryContentSchema
from settlement.statements.service import statement_by_number

blueprint = Blueprint("queries", __name__, url_prefix="/queries", template_folder="../../templates")


def _back(number: str) -> Response:
    return redirect(url_for("statements.show", number=number) + "#queries")


def _incomplete(number: str) -> Response:
    flash(_("写明内容再提交"), "stop")
    return _back(number)


@blueprint.post("/statements/<number>")
@requires(*service.WRITERS)
def ask(number: str) -> ResponseReturnValue:
    db, (values, _form) = database.current(), load_form(QueryAskedSchema())
    if values is None:
        return _incomplete(number)
    service.ask(db, caller(), statement_by_number(db, caller(), number), **values, at=clock().now())
    flash(_("提出了询问"), "ok")
    return _back(number)


@blueprint.post("/statements/<number>/explanation")
@requires(*service.WRITERS)
def explain(number: str) -> ResponseReturnValue:
    db, (values, _form) = database.current(), load_form(QueryContentSchema())
    if values is None:
        return _incomplete(number)
    statement = statement_by_number(db, caller(), number)
    service.explain_difference(db, caller(), statement, **values, at=clock().now())
    flash(_("说明交上去了，留在结算单上"), "ok")
    return _back(number)


@blueprint.post("/<int:query_id>/messages")
@requires(*service.WRITERS)
def answer(query_id: int) -> ResponseReturnValue:
    db, (values, _form) = database.current(), load_form(QueryContentSchema())
    thread = service.thread_by_id(db, caller(), query_id)
    if values is None:
        return _incomplete(thread.query.statement_number)
    service.answer(db, caller(), thread, **values, at=clock().now())
    flash(_("回复了"), "ok")
    return _back(thread.query.statement_number)


@blueprint.post("/<int:query_id>/closing")
@requires(*service.ASKING)
def close(query_id: int) -> ResponseReturnValue:
    db = database.current()
    thread = service.thread_by_id(db, caller(), query_id)
    service.close(db, caller(), thread, at=clock().now())
    flash(_("办结了"), "ok")
    return _back(thread.query.statement_number)
