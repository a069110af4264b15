"""Pages of receipts: what came of every line, taking a file in, and resolving a line that met no payment."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import Invalid
from kernel.tables.faults import FileRefused
from kernel.tables.writing import csv_bytes
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import list_page
from kernel.web.paging import Asked, Page, page_of
from settlement.officials import CASHIER
from settlement.payments.api import uploaded_receipt
from settlement.payments.receipts import listing, service
from settlement.payments.receipts.reading import COLUMNS, read_receipt
from settlement.payments.schemas import ReceiptLinesAskedSchema, ReceiptsAskedSchema, ResolveSchema
from settlement.payments.workflow import LINE_STATES, MISMATCHES, OPEN, RESOLUTIONS
from settlement.returns.service import SEES_ALL

ANY = "any"
NEWEST = 5  # files beside the lines; the others stand on their own page
TONES = {"matched": "ok", "open": "stop", "resolved": "dai"}

blueprint = Blueprint("receipts", __name__, url_prefix="/payments/receipts", template_folder="../../templates")


@blueprint.get("")
@requires(*SEES_ALL)
def index() -> ResponseReturnValue:
    """The lines of all files or of one, those that wait for an official first to be seen."""
    return _index_page(Form())


def _index_page(form: Form, faults: tuple[Any, ...] = (), status: int = 200) -> ResponseReturnValue:
    db = database.current()
    typed = {name: value for name, value in request.args.items() if value}
    asked = ReceiptLinesAskedSchema().load(typed, unknown=EXCLUDE)
    receipt = asked["receipt"] and listing.receipt_by_id(db, asked["receipt"])
    state = asked["state"] or (ANY if receipt else OPEN)
    wanted = {"receipt": asked["receipt"], "state": None if state == ANY else state}

    def show(page: Page[Any]) -> ResponseReturnValue:
        html = render_template(
            "receipts/index.html",
            page=page,
            state=state,
            receipt=receipt,
            files=page_of(db, listing.receipts_query(), Asked(per_page=NEWEST)),
            states={OPEN: LINE_STATES[OPEN], **LINE_STATES},
            tones=TONES,
            mismatches=MISMATCHES,
            resolutions=RESOLUTIONS,
            may_pay=caller().role == CASHIER,
            form=form,
            faults=faults,
        )
        return html, status

    return list_page(listing.LINES, asked, lambda part: listing.kept_lines(db, part, **wanted), show)


@blueprint.get("/files")
@requires(*SEES_ALL)
def files() -> ResponseReturnValue:
    """Every file that was taken in, the newest first."""
    asked = asked_of_url(ReceiptsAskedSchema())
    query = listing.receipts_query(since=asked["since"], until=asked["until"])
    return list_page(
        listing.FILES,
        asked,
        lambda part: page_of(database.current(), query, part),
        lambda page: render_template("receipts/files.html", page=page, asked=asked),
    )


@blueprint.post("")
@requires(CASHIER, transaction="own", rate="upload")
def take() -> ResponseReturnValue:
    """Take a whole file in, or nothing."""
    now, db, who = clock(), database.current(), caller()
    try:
        name, content = uploaded_receipt()
        read = read_receipt(name, content, now.today())
    except Invalid as error:
        return _index_page(Form().take(error), status=422)
    except FileRefused as refused:
        return _index_page(Form(), refused.faults, 422)
    kept = database.write(db, lambda db: service.take_receipt(db, who, read, at=now.now(), today=now.today()))
    waiting = sum(line.mismatch is not None for line in service.lines_of(db, kept))
    matched = kept.lines - waiting
    flash(ngettext("对上 %(num)s 笔", "对上 %(num)s 笔", matched), "ok")
    if waiting:
        flash(ngettext("%(num)s 笔对不上，等你处理", "%(num)s 笔对不上，等你处理", waiting), "stop")
    return redirect(url_for("receipts.index", receipt=kept.id))


@blueprint.get("/template.csv")
@requires(*SEES_ALL)
def template() -> ResponseReturnValue:
    """The empty receipt file, with its Chinese headings."""
    return file_to_save(csv_bytes([column.heading for column in COLUMNS], []), "receipt.csv")


@blueprint.post("/lines/<int:number>")
@requires(CASHIER)
def resolve(number: int) -> ResponseReturnValue:
    """Assign a line to the payment it was meant for, or dismiss it, with the reason."""
    values, form = load_form(ResolveSchema())
    db, now = database.current(), clock()
    line = service.mismatch_by_id(db, number)
    if values is None:
        return _index_page(form, status=422)
    try:
        service.resolve(db, caller(), line, at=now.now(), today=now.today(), **values)
    except Invalid as error:
        return _index_page(form.take(error), status=422)
    flash(_("处理了"), "ok")
    return redirect(url_for("receipts.index"))
