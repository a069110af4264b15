"""Files that are brought, as JSON."""

from functools import partial
from typing import Any

from flask import Response

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import NotFound
from kernel.web.api_blueprint import Blueprint
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from
from matchmaking.imports import service, templates
from matchmaking.imports.models import MarketImport
from matchmaking.imports.preview import ImportPreview
from matchmaking.imports.schemas import (
    AnyTakenSchema,
    ImportOut,
    ImportPageOut,
    ImportsAskedSchema,
    MarketFileSchema,
    NothingToSaySchema,
    ShownImport,
    taken_schema,
)
from matchmaking.imports.workflow import BRINGERS, KINDS
from matchmaking.market_files.reading import MarketFile
from matchmaking.sent_files import CSV, XLSX, sent_file

READ, WRITE = "matchmaking:read", "matchmaking:write"

blueprint = Blueprint(
    "imports-api", __name__, url_prefix="/api/v1/imports", description="Products, requests and prior clients by file"
)


def shown(import_id: int) -> ShownImport:
    """A file of the caller's with what it would do now, if it still waits."""
    db = database.current()
    row = service.own_import(db, caller(), import_id)
    waits = row.state == "read"
    return ShownImport(row, service.preview_of(db, caller(), row, today=clock().today()) if waits else None)


def take_in(kind: str) -> MarketImport:
    """Keep the uploaded file of the present request; the same for page and API."""
    service.check_may(caller(), kind)
    work = partial(service.bring, caller=caller(), kind=kind, filed=MarketFile(*sent_file()), at=clock().now())
    return database.write(database.current(), work)


def take(import_id: int, options: dict[str, Any]) -> ImportPreview:
    """Take a kept file of the caller's whole, read before the write begins; the same for page and API."""
    db, who = database.current(), caller()
    rows = service.read_again(db, who, import_id)
    work = partial(service.accept, caller=who, import_id=import_id, rows=rows, options=options, at=clock().now())
    return database.write(db, work)


def template_file(kind: str, form: str) -> Response:
    """An empty file to fill in, as CSV or XLSX."""
    service.check_may(caller(), kind)
    if form == "csv":
        return file_to_save(templates.csv_template(kind), f"{KINDS[kind].zh}.csv", CSV)
    if form == "xlsx":
        return file_to_save(templates.workbook_template(kind), f"{KINDS[kind].zh}.xlsx", XLSX)
    raise NotFound("template_not_found", "没有这个模板", "There is no such template")


@blueprint.get("/<string:kind>")
@blueprint.arguments(ImportsAskedSchema, location="query")
@blueprint.response(200, ImportPageOut)
@requires(*BRINGERS, scope=READ)
def list_imports(asked: dict[str, Any], kind: str) -> Page[ShownImport]:
    """The files of a kind (`products`, `requests`, `clients`) that the caller's organisation brought."""
    return service.imports_of(database.current(), caller(), kind, asked_from(asked), state=asked["state"]).map(
        ShownImport
    )


@blueprint.post("/<string:kind>")
@blueprint.arguments(MarketFileSchema, location="files")
@blueprint.response(201, ImportOut)
@requires(*BRINGERS, scope=WRITE, transaction="own", rate="upload")
def bring(_files: dict[str, Any], kind: str) -> ShownImport:
    """Bring a file to look at. It changes nothing until it is accepted; `faults` say by row and column what to mend."""
    return shown(take_in(kind).id or 0)


@blueprint.get("/<string:kind>/template.<string:form>")
@blueprint.response(200, content_type="application/octet-stream", description="The empty file")
@requires(*BRINGERS, scope=READ)
def show_template(kind: str, form: str) -> Response:
    """An empty file, `csv` or `xlsx`."""
    return template_file(kind, form)


@blueprint.get("/<int:import_id>")
@blueprint.response(200, ImportOut)
@requires(*BRINGERS, scope=READ)
def show_import(import_id: int) -> ShownImport:
    """One file with its rows and faults as of now."""
    return shown(import_id)


@blueprint.post("/<int:import_id>/acceptance")
@blueprint.arguments(AnyTakenSchema)
@blueprint.response(200, ImportOut)
@requires(*BRINGERS, scope=WRITE, transaction="own")
def accept(said: dict[str, Any], import_id: int) -> ShownImport:
    """Take every row, or none: `publish` for products; `audience`, `until`, `document` for requests on behalf of firms."""
    db = database.current()
    row = service.own_import(db, caller(), import_id)
    take(import_id, taken_schema(caller(), row.kind).load(said))
    return shown(import_id)


@blueprint.post("/<int:import_id>/drop")
@blueprint.arguments(NothingToSaySchema)
@blueprint.response(200, ImportOut)
@requires(*BRINGERS, scope=WRITE)
def drop(_nothing: dict[str, Any], import_id: int) -> ShownImport:
    """Put the file aside."""
    service.drop(database.current(), caller(), import_id, at=clock().now())
    return shown(import_id)
