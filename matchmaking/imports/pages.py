"""按文件带进来: choose a file, look at what it would do, take it whole or drop it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import col

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.errors import Conflict, Invalid
from kernel.tables.faults import FileRefused, errors_csv
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.language import spoken
from kernel.web.lists import ListColumn, ListLayout, list_page
from matchmaking.imports import service
from matchmaking.imports.api import shown, take, take_in, template_file
from matchmaking.imports.columns import COLUMNS
from matchmaking.imports.models import MarketImport
from matchmaking.imports.schemas import ImportsAskedSchema, taken_schema
from matchmaking.imports.workflow import ACTIONS, BRINGERS, CLIENTS, KINDS, MOST_ROWS, PRODUCTS, REQUESTS, STATES
from matchmaking.page_words import page_values
from matchmaking.requests.workflow import AUDIENCES
from matchmaking.sent_files import CSV

blueprint = Blueprint("imports", __name__, url_prefix="/imports", template_folder="../templates")
blueprint.context_processor(
    lambda: page_values() | {"KINDS": KINDS, "IMPORT_STATES": STATES, "ACTIONS": ACTIONS, "AUDIENCES": AUDIENCES}
)
BACK = {PRODUCTS: "products.mine", REQUESTS: "requests.index", CLIENTS: "clients.index"}
SHOWN_LINES = 200
FILES = ListLayout(
    "imports",
    Text("带过的文件", "Files brought"),
    (
        ListColumn("file", Text("文件", "File"), "file", col(MarketImport.file)),
        ListColumn("made_at", Text("什么时候", "When"), "made_at", col(MarketImport.made_at)),
        ListColumn("state", Text("结果", "Outcome"), "state", col(MarketImport.state), STATES),
        ListColumn("digest", Text("指纹", "Digest"), "digest"),
    ),
)


def _choose_page(kind: str, form: Form, status: int = 200) -> ResponseReturnValue:
    asked, back = asked_of_url(ImportsAskedSchema()), url_for(BACK[kind])
    return list_page(
        FILES,
        asked,
        lambda part: service.imports_of(database.current(), caller(), kind, part, state=asked["state"]),
        lambda page: (
            render_template(
                "imports/index.html", kind=kind, page=page, asked=asked, form=form, back=back, most_rows=MOST_ROWS
            ),
            status,
        ),
    )


@blueprint.get("/<kind>")
@requires(*BRINGERS)
def index(kind: str) -> ResponseReturnValue:
    """Choose a file of a kind; what was brought before."""
    service.check_may(caller(), kind)
    return _choose_page(kind, Form())


@blueprint.post("/<kind>")
@requires(*BRINGERS, transaction="own", rate="upload")
def bring(kind: str) -> ResponseReturnValue:
    try:
        row = take_in(kind)
    except Invalid as error:
        return _choose_page(kind, Form().take(error), 422)
    return redirect(url_for("imports.show", import_id=row.id))


@blueprint.get("/<kind>/template.<form>")
@requires(*BRINGERS)
def template(kind: str, form: str) -> ResponseReturnValue:
    """An empty file to fill in."""
    return template_file(kind, form)


def _show_page(import_id: int, form: Form, status: int = 200) -> ResponseReturnValue:
    one = shown(import_id)
    on_behalf = one.row.kind == REQUESTS and caller().organisation_kind == "bureau"
    html = render_template(
        "imports/show.html",
        row=one.row,
        seen=one.preview,
        lines=one.preview.lines[:SHOWN_LINES] if one.preview else (),
        form=form,
        headings={column.name: column.heading for column in COLUMNS[one.row.kind]},
        on_behalf=on_behalf,
        back=url_for(BACK[one.row.kind]),
    )
    return html, status


@blueprint.get("/<int:import_id>")
@requires(*BRINGERS)
def show(import_id: int) -> ResponseReturnValue:
    """What a file would do, or what is wrong with it."""
    return _show_page(import_id, Form())


@blueprint.get("/<int:import_id>/errors.csv")
@requires(*BRINGERS)
def faults(import_id: int) -> ResponseReturnValue:
    """Everything found in a file, by row and column."""
    one = shown(import_id)
    return file_to_save(errors_csv(one.preview.faults if one.preview else ()), "errors.csv", CSV)


@blueprint.post("/<int:import_id>/accept")
@requires(*BRINGERS, transaction="own")
def accept(import_id: int) -> ResponseReturnValue:
    kind = service.own_import(database.current(), caller(), import_id).kind
    values, form = load_form(taken_schema(caller(), kind))
    if values is None:
        return _show_page(import_id, form, 422)
    try:
        seen = take(import_id, values)
    except Invalid as error:
        return _show_page(import_id, form.take(error), 422)
    except (Conflict, FileRefused) as refused:
        flash(spoken(refused.text), "stop")
        return redirect(url_for("imports.show", import_id=import_id))
    flash(ngettext("收下了 %(num)s 行", "收下了 %(num)s 行", len(seen.lines)), "ok")
    return redirect(url_for(BACK[kind]))


@blueprint.post("/<int:import_id>/drop")
@requires(*BRINGERS)
def drop(import_id: int) -> ResponseReturnValue:
    kind = service.own_import(database.current(), caller(), import_id).kind
    service.drop(database.current(), caller(), import_id, at=clock().now())
    flash(_("放下了，什么都没有记"), "ok")
    return redirect(url_for("imports.index", kind=kind))
