"""Returns as JSON: file, list, show, errors, repairs, send, certify, send back. A bank's system files with a token; people certify."""

from typing import Any

from flask import Response
from flask_smorest.fields import Upload

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.errors import FieldError, Invalid
from kernel.fields import Schema
from kernel.parties.models import Party
from kernel.parties.service import party_by_id
from kernel.tables.faults import Fault, FileRefused, errors_csv
from kernel.web.api_blueprint import Blueprint
from kernel.web.downloads import XLSX, file_to_save
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from, page_of
from kernel.works.asking import accepted
from kernel.works.models import Work
from kernel.works.schemas import WorkOut
from settlement.calendar import quarter_in_path
from settlement.people import names_of
from settlement.returns import repairing, sending, service, templates
from settlement.returns.kinds import KINDS
from settlement.returns.models import LoanReturn, LoanReturnRepair
from settlement.returns.reading_again import read_mended
from settlement.returns.schemas import (
    CertifySchema,
    KindAskedSchema,
    MendSchema,
    RepairOut,
    ReportOut,
    ReturnOut,
    ReturnsAskedSchema,
    ReturnsPageOut,
    RowSchema,
    SendBackSchema,
    SheetAskedSchema,
)
from settlement.returns.sheets import SHEETS
from settlement.returns.uploads import field_of, take_upload

blueprint = Blueprint(
    "returns-api",
    __name__,
    url_prefix="/api/v1/returns",
    description="Returns of loans and of guarantees, and their versions",
)


class FileSchema(Schema):
    """The return, and the events beside a guarantee return."""

    file = Upload(required=True)
    events = Upload()


def _told(filed: LoanReturn, party: Party, names: dict[int, str]) -> dict[str, Any]:
    """A version as it travels."""
    return {
        **{name: getattr(filed, name) for name in ("id", "kind", "quarter", "version", "state", "file_name", "format")},
        **{name: getattr(filed, name) for name in ("events_name", "events_digest", "events")},
        **{
            name: getattr(filed, name)
            for name in ("encoding", "size", "bytes_digest", "row_digest", "rows", "borrowers")
        },
        **{name: getattr(filed, name) for name in ("errors", "warnings", "filed_at", "certified_at")},
        "institution_code": party.code,
        "institution_name": party.name,
        "total_balance": filed.total,
        "eligible_balance": filed.eligible,
        "repaired_from": filed.repaired_from_id,
        "filed_by": names.get(filed.filed_by, ""),
        "sent_at": filed.confirmed_at,
        "sent_back_at": filed.sent_back_at,
        "sent_back_reason": filed.sent_back_reason,
        "certified_by": names.get(filed.certified_by) if filed.certified_by else None,
    }


def _one(filed: LoanReturn) -> dict[str, Any]:
    db = database.current()
    return _told(filed, party_by_id(db, filed.institution_id), names_of(db, (filed.filed_by, filed.certified_by)))


@blueprint.get("")
@blueprint.arguments(ReturnsAskedSchema, location="query")
@blueprint.response(200, ReturnsPageOut)
@requires(*service.READERS, scope="settlement:read")
def list_returns(asked: dict[str, Any]) -> Page[Any]:
    """The versions that the caller may see, the newest quarter first."""
    db = database.current()
    wanted = {name: asked[name] for name in ("quarter", "institution_code", "state", "kind")}
    query = service.returns_query(caller(), **wanted)
    page = page_of(db, query, asked_from(asked))
    names = names_of(db, (number for filed, _ in page.items for number in (filed.filed_by, filed.certified_by)))
    return page.map(lambda row: _told(row[0], row[1], names))


@blueprint.get("/template.<form>")
@blueprint.arguments(SheetAskedSchema, location="query")
@blueprint.response(200)
@requires(*service.READERS, scope="settlement:read")
def template(asked: dict[str, Any], form: str) -> Response:
    """An empty sheet: `template.xlsx` with instructions, or `template.csv`."""
    sheet = SHEETS[asked["sheet"]]
    if form == "csv":
        return file_to_save(templates.csv_template(sheet), f"{sheet.name}.csv")
    return file_to_save(templates.workbook_template(sheet), f"{sheet.name}.xlsx", XLSX)


@blueprint.post("/<quarter>")
@blueprint.arguments(FileSchema, location="files")
@blueprint.arguments(KindAskedSchema, location="query")
@blueprint.response(201, ReturnOut)
@blueprint.alt_response(202, schema=WorkOut, success=True)
@requires("maker", scope="settlement:file", transaction="own", rate="upload")
def file_return(_files: dict[str, Any], asked: dict[str, Any], quarter: str) -> dict[str, Any] | Response:
    """File a quarter's return as multipart field `file`, a guarantor's events as `events`; `state` tells whether it was accepted.

    The same bytes again change nothing; a file that is no table at all answers 422 with what is wrong and takes no version number.
    A large file is received and read afterwards: 202, and `Location` tells how far it is.
    """
    try:
        taken = take_upload(quarter_in_path(quarter), KINDS[asked["kind"]] if asked["kind"] else None)
    except FileRefused as refused:
        raise Invalid(tuple(_as_field_error(fault, field_of(fault.file)) for fault in refused.faults)) from None
    return accepted(taken) if isinstance(taken, Work) else _one(taken)


def _as_field_error(fault: Fault, field: str) -> FieldError:
    """A fault of a file that is no table at all, with its row and column in the words."""
    where = (
        Text(f"行 {fault.row}，{fault.column}：", f"Row {fault.row}, {fault.column}: ") if fault.row else Text("", "")
    )
    return FieldError(field, fault.rule, Text(where.zh + fault.text.zh, where.en + fault.text.en))


@blueprint.get("/<int:return_id>")
@blueprint.response(200, ReturnOut)
@requires(*service.READERS, scope="settlement:read")
def show_return(return_id: int) -> dict[str, Any]:
    """One version."""
    return _one(service.return_by_id(database.current(), caller(), return_id))


@blueprint.get("/<int:return_id>/errors")
@blueprint.response(200, ReportOut)
@requires(*service.READERS, scope="settlement:read")
def errors(return_id: int) -> dict[str, Any]:
    """Every error and warning: row, column, value and rule, in both languages."""
    db = database.current()
    found = service.report(db, service.return_by_id(db, caller(), return_id))
    return {"counts": [*found.errors.counts, *found.warnings.counts], "findings": found.lines()}


@blueprint.get("/<int:return_id>/errors.csv")
@blueprint.response(200)
@requires(*service.READERS, scope="settlement:read")
def errors_file(return_id: int) -> Response:
    """The same as the file that file mode writes."""
    db = database.current()
    filed = service.return_by_id(db, caller(), return_id)
    return file_to_save(errors_csv(service.report(db, filed).lines()), f"{filed.quarter}-v{filed.version}-errors.csv")


@blueprint.post("/<int:return_id>/sent")
@blueprint.response(200, ReturnOut)
@requires("maker", scope="settlement:file")
def send(return_id: int) -> dict[str, Any]:
    """Send an accepted version to be certified: whoever sends says that its warnings were checked."""
    return _one(sending.send_for_certification(database.current(), caller(), return_id, at=clock().now()))


@blueprint.post("/<int:return_id>/sent-back")
@blueprint.arguments(SendBackSchema)
@blueprint.response(200, ReturnOut)
@requires("checker")
def send_back(values: dict[str, Any], return_id: int) -> dict[str, Any]:
    """Send a version back to its maker, with the reason; not for tokens."""
    now = clock().now()
    return _one(sending.send_back(database.current(), caller(), return_id, reason=values["reason"], at=now))


@blueprint.post("/<int:return_id>/certification")
@blueprint.arguments(CertifySchema)
@blueprint.response(200, ReturnOut)
@requires("checker")
def certify(values: dict[str, Any], return_id: int) -> dict[str, Any]:
    """Certify exactly the rows of `row_digest`, as a second person of the bank; not for tokens."""
    now = clock().now()
    return _one(service.certify(database.current(), caller(), return_id, digest=values["row_digest"], at=now))


@blueprint.get("/<int:return_id>/repairs")
@blueprint.response(200, RepairOut(many=True))
@requires("maker", "checker", scope="settlement:read")
def list_repairs(return_id: int) -> list[LoanReturnRepair]:
    """What was mended so far."""
    db = database.current()
    return repairing.repairs_of(db, service.return_by_id(db, caller(), return_id))


@blueprint.put("/<int:return_id>/repairs")
@blueprint.arguments(MendSchema)
@blueprint.response(200, RepairOut)
@requires("maker", scope="settlement:file")
def mend(values: dict[str, Any], return_id: int) -> LoanReturnRepair:
    """A new text for one cell."""
    return repairing.mend(database.current(), caller(), return_id, **values, at=clock().now())


@blueprint.post("/<int:return_id>/left-out")
@blueprint.arguments(RowSchema(only=("row",)))
@blueprint.response(200, RepairOut)
@requires("maker", scope="settlement:file")
def leave_out(values: dict[str, Any], return_id: int) -> LoanReturnRepair:
    """Leave one row out of this return."""
    return repairing.leave_out(database.current(), caller(), return_id, row=values["row"], at=clock().now())


@blueprint.delete("/<int:return_id>/repairs")
@blueprint.arguments(RowSchema, location="query")
@blueprint.response(204)
@requires("maker", scope="settlement:file")
def undo(values: dict[str, Any], return_id: int) -> None:
    """Take one repair back."""
    repairing.undo(database.current(), caller(), return_id, **values, at=clock().now())


@blueprint.post("/<int:return_id>/repaired")
@blueprint.response(201, ReturnOut)
@blueprint.alt_response(202, schema=WorkOut, success=True)
@requires("maker", scope="settlement:file", transaction="own", rate="upload")
def read_again(return_id: int) -> dict[str, Any] | Response:
    """File the mended version as the next one. A large file is read afterwards: 202, and `Location` tells how far it is."""
    taken = read_mended(return_id)
    return accepted(taken) if isinstance(taken, Work) else _one(taken)
