"""Pages of statements: the list, one statement with its trace, and the loans behind each reason."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.audit.remembering import remembering
from kernel.fields import Line, WholeNumber
from kernel.web.downloads import file_to_save
from kernel.web.forms import asked_of_url
from kernel.web.lists import list_page
from kernel.web.paging import Asked, AskedSchema, Page, asked_from, page_of
from settlement.engine.moves import MOVE_TITLES
from settlement.handed_over import premises
from settlement.people import names_of
from settlement.statements import labels, listing, service, views
from settlement.statements.fees.lists import CONTRACTS
from settlement.statements.fees.views import FeeView, contracts_of
from settlement.statements.growth import tracing
from settlement.statements.growth.views import GrowthView, growth_view, with_growth
from settlement.statements.phase import statement_phases
from settlement.statements.queries.service import WRITERS, threads_of
from settlement.statements.schemes import DRAFTERS, FEES, GROWTH
from settlement.statements.standing import outdated_shown

blueprint = Blueprint("statements", __name__, url_prefix="/statements", template_folder="../templates")


class ShowSchema(AskedSchema):
    revision = WholeNumber(lowest=1, highest=1_000_000, load_default=None)
    why = Line(longest=40, shortest=0, load_default="")
    reason = Line(longest=40, load_default="eligible")
    detail = Line(longest=40, shortest=0, load_default=None)
    left_out = WholeNumber(lowest=0, highest=1, load_default=0)
    wanted = Line(longest=64, shortest=0, load_default="")
    sort = Line(longest=20, load_default="borrower_code")


def _asked(schema: AskedSchema) -> dict[str, Any]:
    """The query arguments; those of the shell, such as the language, pass by."""
    given = {name: value for name, value in request.args.items() if value}
    asked: dict[str, Any] = schema.load(given, unknown=EXCLUDE)
    return asked


@blueprint.get("")
@requires(*service.READERS)
def index() -> ResponseReturnValue:
    asked = asked_of_url(listing.StatementListSchema())
    db = database.current()

    def read(part: Asked) -> Page[Any]:
        page = page_of(db, listing.listed(caller(), asked), part)
        moved_on = outdated_shown(db, page.items, premises(), remembering())
        return replace(page, items=service.rows_of(db, page.items, moved_on, statement_phases(db, page.items)))

    return list_page(
        listing.STATEMENTS,
        asked,
        read,
        lambda page: render_template(
            "statements/index.html", page=page, asked=asked, schemes=list(DRAFTERS), labels=labels
        ),
    )


@blueprint.get("/<number>")
@requires(*service.READERS)
def show(number: str) -> ResponseReturnValue:
    """One statement; `?why=` opens the trace of one of its readings, `?wanted=` looks for a contract."""
    asked = _asked(ShowSchema())
    view = views.statement_view(database.current(), caller(), number, asked["revision"])
    if view.statement.scheme == FEES:
        return _fee_page(view, asked)
    if view.statement.scheme != GROWTH:
        return _render("statements/award.html", view)
    return _growth_page(with_growth(database.current(), view), asked["why"])


def _fee_page(view: views.StatementView, asked: dict[str, Any]) -> ResponseReturnValue:
    db, left_out, wanted = database.current(), bool(asked["left_out"]), asked["wanted"]
    return list_page(
        CONTRACTS,
        asked,
        lambda part: contracts_of(db, view.statement, part, left_out=left_out, wanted=wanted),
        lambda page: _render("statements/fee.html", FeeView(**view.__dict__, contracts=page), asked=asked),
    )


def _render(template: str, view: views.StatementView, **values: Any) -> str:
    """A statement's page, with what is the same for every scheme: whether it is out of date, and its questions."""
    db, statement = database.current(), view.statement
    threads = threads_of(db, statement)
    writers = [one.query.opened_by for one in threads] + [note.written_by for one in threads for note in one.messages]
    return render_template(
        template,
        view=view,
        phase=statement_phases(db, [statement])[statement.id or 0],
        is_outdated=bool(outdated_shown(db, [statement], premises(), remembering())),
        threads=threads,
        writers=names_of(db, writers),
        may_write=caller().role in WRITERS and caller().token_scopes is None,
        labels=labels,
        **values,
    )


def _growth_page(view: GrowthView, why: str) -> str:
    traced = view.reading(why) if why else None
    near = None
    if traced is not None and view.figures.return_digest:
        near = tracing.nearest(view.figures, view.explanation, premises())
    return _render("statements/show.html", view, traced=traced, near=near)


@blueprint.get("/<number>/loans")
@requires(*service.READERS)
def loans(number: str) -> ResponseReturnValue:
    """The rows that went one way, a page at a time."""
    asked = _asked(ShowSchema())
    view = growth_view(database.current(), caller(), number, asked["revision"])
    reason, detail = tracing.reason_of(asked["reason"]), asked["detail"] or None
    page, balance = tracing.loans(
        view.figures,
        view.explanation,
        premises(),
        reason=reason,
        detail=detail,
        asked=asked_from(asked),
        sort=asked["sort"],
        wanted=asked["wanted"],
    )
    title = labels.reason(reason, detail or "", view.explanation["definition"])
    return render_template(
        "statements/loans.html",
        view=view,
        page=page,
        balance=balance,
        reason_title=title,
        asked=asked,
        labels=labels,
        words=labels.CODES,
    )


@blueprint.get("/<number>/loans.csv")
@requires(*service.READERS)
def loans_file(number: str) -> ResponseReturnValue:
    """The same rows, all of them, as a file."""
    asked = _asked(ShowSchema())
    view = growth_view(database.current(), caller(), number, asked["revision"])
    rows = tracing.all_loans(
        view.figures,
        view.explanation,
        premises(),
        reason=tracing.reason_of(asked["reason"]),
        detail=asked["detail"] or None,
        sort=asked["sort"],
        wanted=asked["wanted"],
    )
    return file_to_save(tracing.loans_csv(rows), f"{number}-{asked['reason']}.csv")


@blueprint.get("/<number>/moves")
@requires(*service.READERS)
def moves(number: str) -> ResponseReturnValue:
    """口径迁移: how the eligible balance moved since the reference, growth and crossings of the definition told apart."""
    asked = _asked(ShowSchema())
    view = growth_view(database.current(), caller(), number, asked["revision"])
    moved = tracing.moves(view.explanation, premises())
    return render_template("statements/moves.html", view=view, moved=moved, titles=MOVE_TITLES, labels=labels)
