"""The quarter page of the finance side, the button that drafts, and the quarter's files."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.audit.remembering import remembering
from kernel.errors import NotFound
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.language import language
from kernel.works.asking import to_its_page
from kernel.works.ordering import ask_for_good
from settlement.batches.places import desk
from settlement.batches.reading import statement_ids_signed
from settlement.batches.service import waiting_for_a_batch
from settlement.calendar import quarter_in_path
from settlement.handed_over import policy_book, premises, work_calendar
from settlement.quarters import views
from settlement.quarters.progress import progress_of
from settlement.quarters.works import drafting_order, is_large
from settlement.returns.across_kept import SHOWN, across_lines, across_shown, as_csv
from settlement.returns.service import SEES_ALL
from settlement.statements import labels
from settlement.statements.drafting import draft_all
from settlement.statements.exports import FILES, export_quarter, file_name
from settlement.unfinished import NotFinished, time_limit, waiting

blueprint = Blueprint("quarters", __name__, url_prefix="/quarters", template_folder="../templates")


@blueprint.app_context_processor
def _progress() -> dict[str, object]:
    """For the pages of statements, which lie below batches and payments: how far one has come, and what blocks it."""
    return {"progress_of": lambda statement: progress_of(database.current(), statement, desk=desk())}


@blueprint.get("")
@requires(*SEES_ALL)
def index() -> ResponseReturnValue:
    """The quarter that is worked on."""
    return redirect(url_for("quarters.show", quarter=views.standing_quarter(policy_book(), clock().today())))


@blueprint.get("/<quarter>")
@requires(*SEES_ALL)
def show(quarter: str) -> ResponseReturnValue:
    view = views.quarter_view(
        database.current(),
        caller(),
        quarter_in_path(quarter),
        premises=premises(),
        calendar=work_calendar(),
        today=clock().today(),
        remembering=remembering(),
    )
    waiting = waiting_for_a_batch(database.current(), view.quarter, desk=desk()) if caller().role == "operator" else 0
    return render_template("quarters/show.html", view=view, labels=labels, waiting_for_a_batch=waiting)


@blueprint.post("/<quarter>/drafts")
@requires("operator", transaction="own")
def draft(quarter: str) -> ResponseReturnValue:
    """Draft what is missing or outdated; a large quarter beside a page of its progress."""
    db, period = database.current(), quarter_in_path(quarter)
    if is_large(db, period):
        order, who, at = drafting_order(period, language()), caller(), clock().now()
        return to_its_page(ask_for_good(db, who, order, at=at))
    drafted = draft_all(
        db,
        period,
        premises=premises(),
        at=clock().now(),
        by=caller().actor,
        signed=statement_ids_signed(database.current()),
    )
    if drafted.failed:
        flash(_("有 %(count)s 家没有算成，已经记录；其余不受影响", count=len(drafted.failed)), "stop")
    count = len(drafted.written)
    flash(ngettext("算好 %(num)s 张结算单", "算好 %(num)s 张结算单", count) if count else _("没有变化，不用重算"), "ok")
    return redirect(url_for("quarters.show", quarter=quarter))


@blueprint.errorhandler(NotFinished)
def _not_finished(error: NotFinished) -> ResponseReturnValue:
    """How far it has come to hold a quarter's new returns against each other."""
    quarter = url_for("quarters.show", **(request.view_args or {}))
    return waiting(error, _("跨机构核对"), [(_("季度"), quarter), (_("跨机构核对"), None)])


@blueprint.get("/<quarter>/across")
@requires(*SEES_ALL)
def across_institutions(quarter: str) -> ResponseReturnValue:
    """The quarter's certified returns held against each other; shown to the finance side alone."""
    period = quarter_in_path(quarter)
    digests, names = views.certified_digests(database.current(), period)
    found = across_shown(premises().keeping, digests, is_time_up=time_limit())
    return render_template(
        "quarters/across.html", quarter=period, found=found, names=names, count=len(digests), shown=SHOWN
    )


@blueprint.get("/<quarter>/across.csv")
@requires(*SEES_ALL)
def export_across(quarter: str) -> ResponseReturnValue:
    """All of it as a file."""
    period = quarter_in_path(quarter)
    digests, _names = views.certified_digests(database.current(), period)
    lines = across_lines(premises().keeping, digests, is_time_up=time_limit())
    return file_to_save(as_csv(lines), f"{period}_across.csv")


@blueprint.get("/<quarter>/<name>.csv")
@requires(*SEES_ALL)
def export_file(quarter: str, name: str) -> ResponseReturnValue:
    """One of the quarter's files, the same bytes as from file mode."""
    if name not in FILES:
        raise NotFound("file_not_found", "没有这个文件", "There is no such file")
    period = quarter_in_path(quarter)
    content = export_quarter(database.current(), caller(), name, quarter=period, premises=premises())
    return file_to_save(content, file_name(name, period))
