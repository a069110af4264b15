"""Page of the central bank officer: the quarter ends, one figure at a time or a whole file with its row errors."""

from collections.abc import Container, Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import Session

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.errors import Invalid
from kernel.parties.models import Party
from kernel.periods import Quarter
from kernel.tables.faults import Fault, FileRefused
from kernel.tables.writing import csv_bytes
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from settlement.calendar import quarter_in_path, reported_quarters
from settlement.certified_balances import service
from settlement.certified_balances.confirming import beside
from settlement.certified_balances.schemas import BalanceSchema
from settlement.filed.certified import COLUMNS
from settlement.handed_over import policy_book
from settlement.returns.service import SEES_ALL

blueprint = Blueprint("certified_balances", __name__, url_prefix="/certified-balances", template_folder="../templates")

LARGEST_FILE = 5 * 1024 * 1024
READERS = (service.RECORDER, *SEES_ALL)


def _quarters(today: date) -> list[Quarter]:
    return [quarter for quarter in reversed(reported_quarters(policy_book())) if quarter.last_day < today]


@blueprint.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """The quarter ends; a figure that was typed and not recorded stands in the form again."""
    typed = {name: request.args[name] for name in BalanceSchema().fields if name in request.args}
    return _page(Form(typed))


def _page(form: Form, faults: Sequence[Fault] = (), status: int = 200) -> ResponseReturnValue:
    db, quarters = database.current(), _quarters(clock().today())
    asked = request.args.get("quarter") or form.values.get("quarter")
    chosen = quarter_in_path(asked) if asked else (quarters[0] if quarters else None)
    newest: dict[str, list[service.BalanceRow]] = {}
    for row in service.balances_of(db, caller(), quarter=chosen):
        newest.setdefault(row.party.code, []).append(row)
    page = render_template(
        "certified_balances/index.html",
        quarters=quarters,
        chosen=chosen,
        parties=_listed(db, chosen, newest),
        choices=service.certifiable_institutions(db),
        recorded=newest,
        form=form,
        faults=faults,
        may_record=caller().role == service.RECORDER,
    )
    return page, status


def _listed(db: Session, quarter: Quarter | None, recorded: Container[str]) -> list[Party]:
    """The institutions expected for a quarter end, and those with a figure all the same."""
    if quarter is None:
        return []
    expected = {party.code for party in service.expected_on(db, quarter)}
    return [one for one in service.certifiable_institutions(db) if one.code in expected or one.code in recorded]


@blueprint.post("/confirm")
@requires(service.RECORDER, transaction="own")
def confirm() -> ResponseReturnValue:
    """The typed figure beside what is known, before it is recorded; nothing is written."""
    values, form = load_form(BalanceSchema())
    if values is None:
        return _page(form, status=422)
    figure, today = service.Figure(**values), clock().today()
    try:
        found = beside(database.current(), caller(), figure, book=policy_book(), today=today)
    except Invalid as error:
        return _page(form.take(error), status=422)
    return render_template("certified_balances/confirm.html", beside=found)


@blueprint.post("")
@requires(service.RECORDER)
def record() -> ResponseReturnValue:
    values, form = load_form(BalanceSchema())
    if values is None:
        return _page(form, status=422)
    now = clock()
    try:
        kept = service.record_balance(
            database.current(),
            caller(),
            service.Figure(**values),
            book=policy_book(),
            at=now.now(),
            today=now.today(),
        )
    except Invalid as error:
        return _page(form.take(error), status=422)
    flash(_("登记好了，第 %(number)s 版", number=kept.version), "ok")
    return redirect(url_for("certified_balances.index", quarter=kept.quarter))


@blueprint.post("/import")
@requires(service.RECORDER, transaction="own", rate="upload")
def import_file() -> ResponseReturnValue:
    """A whole file or nothing; every error by row and column."""
    sent, now, db = request.files.get("file"), clock(), database.current()
    content = sent.read(LARGEST_FILE + 1) if sent is not None else b""
    if sent is None or not sent.filename or len(content) > LARGEST_FILE:
        return _page(Form(errors={"file": Text("选一个文件，最大 5 MB", "Choose a file of at most 5 MB")}), status=422)
    try:
        figures, _remarks = service.read_import(db, sent.filename, content, book=policy_book(), today=now.today())
    except FileRefused as refused:
        return _page(Form(), refused.faults, 422)
    at, today, book, who = now.now(), now.today(), policy_book(), caller()
    kept = database.write(db, lambda db: service.record_figures(db, who, figures, book=book, at=at, today=today))
    flash(ngettext("记下 %(num)s 个核定余额", "记下 %(num)s 个核定余额", len(kept)), "ok")
    return redirect(url_for("certified_balances.index", quarter=kept[0].quarter if kept else None))


@blueprint.get("/template.csv")
@requires(*READERS)
def template() -> ResponseReturnValue:
    """The empty file, with its Chinese headings."""
    return file_to_save(csv_bytes([column.heading for column in COLUMNS], []), "certified.csv")
