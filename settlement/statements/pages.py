"""Pages of statements: the list, one statement with its trace, and the loans behind each reason."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.fields import Line, QuarterField, WholeNumber
from kernel.web.paging import AskedSchema, asked_from, page_of
from settlement.engine.moves import MOVE_TITLES
from settlement.handed_over import premises
from settlement.statements import labels, service, views
from settlement.statements.fees.views import with_fees
from settlement.statements.growth import tracing
from settlement.statements.growth.views import GrowthView, growth_view, with_growth
from settlement.statements.schemes import FEES, GROWTH

blueprint = Blueprint("statements", __name__, url_prefix="/statements", template_folder="../templates")


class ListSchema(AskedSchema):
    quarter = QuarterField(load_default=None)


class ShowSchema(AskedSchema):
    revision = WholeNumber(lowest=1, highest=1_000_000, load_default=None)
    why = Line(longest=40, shortest=0, load_default="")
    reason = Line(longest=40, load_default="eligible")
    detail = Line(longest=40, shortest=0, load_default=None)
    left_out = WholeNumber(lowest=0, highest=1, load_default=0)
    wanted = Line(longest=64, shortest=0, load_default="")


def _asked(schema: AskedSchema) -> dict[str, Any]:
    """The query arguments; those of the shell, such as the language, pass by."""
    given = {name: value for name, value in request.args.items() if value}
    asked: dict[str, Any] = schema.load(given, unknown=EXCLUDE)
    return asked


@blueprint.get("")
@requires(*service.READERS)
def index() -> ResponseReturnValue:
    asked = _asked(ListSchema())
    db, query = database.current(), service.statements_query(caller(), quarter=asked["quarter"])
    page = page_of(db, query, asked_from(asked))
    page = replace(page, items=service.rows_of(db, page.items))
    return render_template("statements/index.html", page=page, asked_quarter=asked["quarter"], labels=labels)


@blueprint.get("/<number>")
@requires(*service.READERS)
def show(number: str) -> ResponseReturnValue:
    """One statement; `?why=` opens the trace of one of its readings, `?wanted=` looks for a contract."""
    asked = _asked(ShowSchema())
    view = views.statement_view(database.current(), caller(), number, asked["revision"])
    if view.statement.scheme == FEES:
        return _fee_page(view, asked)
    if view.statement.scheme != GROWTH:
        return render_template("statements/award.html", view=view, labels=labels)
    return _growth_page(with_growth(database.current(), view), asked["why"])


def _fee_page(view: views.StatementView, asked: dict[str, Any]) -> str:
    fees = with_fees(
        database.current(), view, asked_from(asked), left_out=bool(asked["left_out"]), wanted=asked["wanted"]
    )
    return render_template("statements/fee.html", view=fees, asked=asked, labels=labels)


def _growth_page(view: GrowthView, why: str) -> str:
    traced = view.reading(why) if why else None
    near = None
    if traced is not None and view.figures.return_digest:
        near = tracing.nearest(view.figures, view.explanation, premises())
    return render_template("statements/show.html", view=view, traced=traced, near=near, labels=labels)


@blueprint.get("/<number>/loans")
@requires(*service.READERS)
def loans(number: str) -> ResponseReturnValue:
    """The rows that went one way, a page at a time."""
    asked = _asked(ShowSchema())
    view = growth_view(database.current(), caller(), number, asked["revision"])
    reason, detail = tracing.reason_of(asked["reason"]), asked["detail"] or None
    page, balance = tracing.loans(
        view.figures, view.explanation, premises(), reason=reason, detail=detail, asked=asked_from(asked)
    )
    title = labels.reason(reason, detail or "", view.explanation["definition"])
    return render_template(
        "statements/loans.html",
        view=view,
        page=page,
        balance=balance,
        reason_title=title,
        labels=labels,
        words=labels.CODES,
    )


@blueprint.get("/<number>/moves")
@requires(*service.READERS)
def moves(number: str) -> ResponseReturnValue:
    """口径迁移: how the eligible balance moved since the reference, growth and crossings of the definition told apart."""
    asked = _asked(ShowSchema())
    view = growth_view(database.current(), caller(), number, asked["revision"])
    moved = tracing.moves(view.explanation, premises())
    return render_template("statements/moves.html", view=view, moved=moved, titles=MOVE_TITLES, labels=labels)
