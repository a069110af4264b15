"""Pages of the books: all payers, one payer as of either date with its months, its payable book, and the demand letter."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.ledger import closing
from kernel.ledger.accounts import BY_CODE, CIRCLES
from kernel.ledger.balances import AsOf, journal_query, trial_balance
from kernel.ledger.workflow import STATES
from kernel.money import yuan
from kernel.tables.writing import csv_bytes
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.forms import asked_of_url
from kernel.web.lists import list_page
from kernel.web.paging import AskedSchema, page_of
from settlement.handed_over import work_calendar
from settlement.officials import CHECKER, PROPOSER
from settlement.payments import labels
from settlement.payments.books.checking import check_everything, findings_of, latest_check
from settlement.payments.books.lists import JOURNAL
from settlement.payments.books.months import month_in_path
from settlement.payments.handed_over import policies
from settlement.payments.invariants import INVARIANTS, standing_violations
from settlement.payments.payable_book import (
    READERS,
    demand_letter,
    payable_book,
    payable_totals,
    payers_seen_by,
    require_seen,
)
from settlement.payments.rules import payment_rules
from settlement.payments.schemas import AsOfSchema
from settlement.payments.whole_books import WHOLE
from settlement.returns.service import SEES_ALL

blueprint = Blueprint("books", __name__, url_prefix="/books", template_folder="../../templates")

FIGURES = ("due", "paid", "set_off", "in_transit", "payable", "carried", "cut", "recoverable")


def _as_of() -> AsOf:
    given = {name: value for name, value in request.args.items() if value}
    return AsOf(**AsOfSchema().load(given, unknown=EXCLUDE))


def _render(template: str, **values: Any) -> str:
    return render_template(template, labels=labels, book=policies(), is_finance=caller().role in SEES_ALL, **values)


@blueprint.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """Every set of books that the caller may read, with the state of the invariants for the finance side."""
    db = database.current()
    totals = payable_totals(db, _as_of())
    rows = [(code, totals[code]) for code in payers_seen_by(caller())]
    wrong = standing_violations(db) if caller().role in SEES_ALL else None
    check = latest_check(db) if caller().role in SEES_ALL else None
    return _render(
        "payments/books.html",
        rows=rows,
        wrong=wrong,
        invariants=INVARIANTS,
        whole=WHOLE,
        check=check,
        findings=findings_of(check),
        as_of=_as_of(),
    )


@blueprint.post("/checks")
@requires(*SEES_ALL, transaction="own")
def check_now() -> ResponseReturnValue:
    """Look at everything now, and keep what was found."""
    found = check_everything(database.current(), by=caller().actor, at=clock().now()).found
    if found:
        flash(_("核对完了，%(count)s 处不符", count=found), "stop")
    else:
        flash(_("核对完了，全部相符"), "ok")
    return redirect(url_for("books.index"))


@blueprint.get("/<payer>")
@requires(*READERS)
def show(payer: str) -> ResponseReturnValue:
    """One payer's payable book as of either date; the finance side also sees accounts, months and the journal."""
    db, as_of, who = database.current(), _as_of(), caller()
    found = payable_book(db, require_seen(who, payer), as_of)
    if who.role not in SEES_ALL:
        return _render("payments/payable.html", found=found, as_of=as_of)
    query = journal_query(payer, as_of)
    return list_page(
        JOURNAL,
        asked_of_url(AskedSchema()),
        lambda part: page_of(db, query, part),
        lambda page: _render(
            "payments/payable.html",
            found=found,
            as_of=as_of,
            trial=trial_balance(db, payer, as_of),
            page=page,
            periods=closing.periods_of(db, payer),
            period_states=STATES,
            accounts=BY_CODE,
            circles=CIRCLES,
            role=who.role,
            today=clock().today(),
        ),
    )


@blueprint.get("/<payer>/payable.csv")
@requires(*READERS)
def payable_file(payer: str) -> ResponseReturnValue:
    """The payable book as a file."""
    found = payable_book(database.current(), require_seen(caller(), payer), _as_of())
    header = ["payer", "beneficiary_code", "beneficiary_name", "scheme", "quarter", *FIGURES]
    rows = [
        [payer, one.code, one.name, one.key.scheme, one.key.quarter, *(yuan(getattr(one.figures, n)) for n in FIGURES)]
        for one in found.lines
    ]
    return file_to_save(csv_bytes(header, rows), f"payable_{payer}.csv")


@blueprint.get("/<payer>/demand-letter")
@requires(*READERS)
def letter(payer: str) -> ResponseReturnValue:
    """The letter that demands a place's open share, as of today, to be printed."""
    day = clock().today()
    require_seen(caller(), payer)
    rules = payment_rules(policies(), day)
    found = demand_letter(database.current(), payer, rules=rules, calendar=work_calendar(), day=day)
    return _render("payments/demand.html", found=found)


@blueprint.post("/<payer>/periods/<month>/propose")
@requires(PROPOSER)
def propose_closing(payer: str, month: str) -> ResponseReturnValue:
    now, who = clock(), caller()
    require_seen(who, payer)
    closing.propose_closing(
        database.current(), payer, month_in_path(month), by=who.actor, at=now.now(), today=now.today()
    )
    flash(_("提出结账，等另一个人复核"), "ok")
    return redirect(url_for("books.show", payer=payer))


@blueprint.post("/<payer>/periods/<month>/reopen")
@requires(PROPOSER, CHECKER)
def give_back_closing(payer: str, month: str) -> ResponseReturnValue:
    who = caller()
    require_seen(who, payer)
    closing.reopen_proposed(database.current(), payer, month_in_path(month), by=who.actor, at=clock().now())
    flash(_("结账的提议收回了，这个月还可以记账"), "ok")
    return redirect(url_for("books.show", payer=payer))


@blueprint.post("/<payer>/periods/<month>/close")
@requires(CHECKER)
def close(payer: str, month: str) -> ResponseReturnValue:
    who = caller()
    require_seen(who, payer)
    closing.close(database.current(), payer, month_in_path(month), by=who.actor, at=clock().now())
    flash(_("结账了；迟到的数据记在未结的月份"), "ok")
    return redirect(url_for("books.show", payer=payer))
