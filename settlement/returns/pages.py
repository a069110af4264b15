"""Pages of the bank: its returns by quarter, filing, sending, certification or sending back by the second person."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import FieldError, Invalid, Refused
from kernel.periods import Quarter
from kernel.tables.faults import Fault, FileRefused, errors_csv
from kernel.web.downloads import XLSX, file_to_save
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.web.lists import list_page
from kernel.web.paging import asked_from
from kernel.works.asking import to_its_page
from kernel.works.models import Work
from settlement.calendar import quarter_in_path, season_of
from settlement.handed_over import policy_book, premises, work_calendar
from settlement.returns import filing, sending, service, templates, views
from settlement.returns.comparing import difference_view
from settlement.returns.lists import VERSIONS, versions_of
from settlement.returns.mending import Place
from settlement.returns.schemas import CertifySchema, DifferenceAskedSchema, SendBackSchema, SheetAskedSchema
from settlement.returns.sheets import SHEETS
from settlement.returns.uploads import take_upload
from settlement.returns.warning_words import why_it_matters
from settlement.returns.workflow import STATES

blueprint = Blueprint("returns", __name__, url_prefix="/returns", template_folder="../templates")


@blueprint.get("")
@requires(*service.FILING_ROLES)
def index() -> ResponseReturnValue:
    db, today = database.current(), clock().today()
    kind = filing.kind_of(db, caller().organisation_id)
    lines = views.quarter_lines(db, caller(), policy_book(), work_calendar(), today, kind)
    return list_page(
        VERSIONS,
        {},
        lambda _part: versions_of(lines),
        lambda _page: render_template("returns/index.html", lines=lines, today=today, states=STATES, kind=kind),
    )


@blueprint.get("/template.<form>")
@requires(*service.READERS)
def template(form: str) -> ResponseReturnValue:
    """An empty sheet of a return as a workbook with instructions, or as a bare CSV."""
    sheet = SHEETS[SheetAskedSchema().load(request.args.to_dict(), unknown=EXCLUDE)["sheet"]]
    if form == "csv":
        return file_to_save(templates.csv_template(sheet), f"{sheet.name}.csv")
    return file_to_save(templates.workbook_template(sheet), f"{sheet.name}.xlsx", XLSX)


@blueprint.get("/<quarter>/file")
@requires("maker")
def choose(quarter: str) -> ResponseReturnValue:
    period = quarter_in_path(quarter)
    try:
        filing.check_may_file(database.current(), caller(), period, book=policy_book(), today=clock().today())
    except Refused as error:
        return _closed_page(period, error)
    return _upload_page(period, Form())


def _closed_page(quarter: Quarter, error: Refused) -> ResponseReturnValue:
    """A quarter for which nothing is filed, or not yet: why, and what to do."""
    season = season_of(policy_book(), quarter, work_calendar()) if error.code == filing.NOT_OVER else None
    page = render_template("returns/closed.html", quarter=quarter, error=error, season=season)
    return page, 422 if season else 404


def _upload_page(
    quarter: Quarter, form: Form, status: int = 200, faults: Sequence[Fault] = (), name: str = ""
) -> ResponseReturnValue:
    today, season = clock().today(), season_of(policy_book(), quarter, work_calendar())
    db = database.current()
    kind = filing.kind_of(db, caller().organisation_id)
    page = render_template(
        "returns/upload.html",
        form=form,
        faults=faults,
        file_name=name,
        quarter=quarter,
        kind=kind,
        purpose=views.purpose_of(policy_book(), quarter, kind),
        season=season,
        newest=service.newest(db, caller().organisation_id, quarter),
        today=today,
        left=views.days_left(season.filing_until, today, work_calendar()),
    )
    return page, status


@blueprint.post("/<quarter>/file")
@requires("maker", transaction="own", rate="upload")
def submit(quarter: str) -> ResponseReturnValue:
    period, db = quarter_in_path(quarter), database.current()
    before = service.newest(db, caller().organisation_id, period)
    try:
        filed = take_upload(period)
    except FileRefused as refused:
        return _upload_page(period, Form(), 422, refused.faults, refused.faults[0].file if refused.faults else "")
    except Refused as error:
        closed = error.code in (filing.NOT_REPORTED, filing.NOT_OVER)
        return _closed_page(period, error) if closed else _upload_page(period, Form(errors={"file": error.text}), 422)
    except Invalid as error:
        return _upload_page(period, Form().take(error), 422)
    if isinstance(filed, Work):
        return to_its_page(filed)
    if before is not None and before.id == filed.id:
        flash(_("这个文件和第 %(number)s 版一模一样，没有另存一版", number=filed.version))
    return redirect(url_for("returns.show", return_id=filed.id))


@blueprint.get("/<int:return_id>")
@requires(*service.READERS)
def show(return_id: int) -> ResponseReturnValue:
    """Where a version stands: rows to mend, to be sent, to be certified, or simply what it is."""
    return version_page(return_id)


def version_page(
    return_id: int, form: Form | None = None, typed: Mapping[Place, views.TypedCell] | None = None, status: int = 200
) -> ResponseReturnValue:
    """The page of a version; what was typed and not taken stands in it again."""
    db = database.current()
    view = views.version_view(db, caller(), return_id, policy_book(), work_calendar(), clock().today(), typed)
    shown = {"acts": views.ACTS, "form": form or Form(), "why_it_matters": why_it_matters}
    return render_template(f"returns/{view.stage}.html", view=view, **shown), status


@blueprint.post("/<int:return_id>/sent")
@requires("maker")
def send(return_id: int) -> ResponseReturnValue:
    sending.send_for_certification(database.current(), caller(), return_id, at=clock().now())
    flash(_("已送认证，等本行另一位人员认证"), "ok")
    return redirect(url_for("returns.show", return_id=return_id))


@blueprint.post("/<int:return_id>/sent-back")
@requires("checker")
def send_back(return_id: int) -> ResponseReturnValue:
    values, form = load_form(SendBackSchema())
    if values is None:
        return version_page(return_id, form, status=422)
    sending.send_back(database.current(), caller(), return_id, reason=values["reason"], at=clock().now())
    flash(_("已退回，原因记下了，录入人员会先看到"), "ok")
    return redirect(url_for("returns.show", return_id=return_id))


@blueprint.post("/<int:return_id>/certification")
@requires("checker")
def certify(return_id: int) -> ResponseReturnValue:
    values, form = load_form(CertifySchema())
    if values is None:
        raise Invalid(tuple(FieldError(name, "invalid_value", text) for name, text in form.errors.items()))
    service.certify(database.current(), caller(), return_id, digest=values["row_digest"], at=clock().now())
    flash(_("已认证，财政局可以计算了"), "ok")
    return redirect(url_for("returns.show", return_id=return_id))


@blueprint.get("/<int:return_id>/errors.csv")
@requires(*service.READERS)
def errors(return_id: int) -> ResponseReturnValue:
    """Every error and warning as the file mode writes them."""
    db = database.current()
    filed = service.return_by_id(db, caller(), return_id)
    content = errors_csv(service.report(db, filed).lines())
    return file_to_save(content, f"{filed.quarter}-v{filed.version}-errors.csv")


@blueprint.get("/<int:return_id>/file")
@requires(*service.READERS)
def filed_file(return_id: int) -> ResponseReturnValue:
    """The filed bytes, exactly as they came in."""
    filed = service.return_by_id(database.current(), caller(), return_id)
    return _as_filed(filed.bytes_digest, filed.file_name)


@blueprint.get("/<int:return_id>/events-file")
@requires(*service.READERS)
def events_file(return_id: int) -> ResponseReturnValue:
    """The bytes of the file beside a return; the same 404 where there is none."""
    filed = service.return_by_id(database.current(), caller(), return_id)
    if filed.events_digest is None:
        raise service.missing()
    return _as_filed(filed.events_digest, filed.events_name)


def _as_filed(digest: str, name: str) -> Response:
    content = premises().keeping.archive.path(digest).read_bytes()
    return file_to_save(content, name, "application/octet-stream")


@blueprint.get("/<int:return_id>/difference")
@requires(*service.READERS)
def difference(return_id: int) -> ResponseReturnValue:
    """What changed since the last certified version, or the one asked for, a page at a time."""
    values = DifferenceAskedSchema().load(request.args.to_dict(), unknown=EXCLUDE)
    page, keeping = asked_from(values).page, premises().keeping
    view = difference_view(database.current(), caller(), return_id, keeping, page, values["against"])
    return render_template("returns/difference.html", view=view)
