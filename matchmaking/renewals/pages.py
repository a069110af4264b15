"""Pages of renewals: the radar of loans that come due, applying, deciding, the contract."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import NotFound
from kernel.money import yuan
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import list_page
from kernel.web.paging import Asked
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.renewals import maturities, moving, reading, service
from matchmaking.renewals.lists import LOAN_SOURCES, loans_due, renewals
from matchmaking.renewals.reading import RADAR_DAYS, FiledRenewal
from matchmaking.renewals.rules import ANSWERS, CLASSES, KINDS, PURPOSES, is_eligible, window_of
from matchmaking.renewals.schemas import (
    APPLYING_KINDS,
    MaturitySchema,
    RadarAskedSchema,
    RenewalAskedSchema,
    RenewalMoveFormSchema,
    RenewalsAskedSchema,
    asked_terms,
)
from matchmaking.renewals.workflow import HANDS, MOVERS, OF_FIRMS, READERS, REFUSALS, RENEWAL_MOVES, STATES

blueprint = Blueprint("renewals", __name__, url_prefix="/renewals", template_folder="../templates")
TONES = {
    "applied": "wait",
    "approved": "dai",
    "signed": "dai",
    "settled": "ok",
    "refused": "stop",
    "lapsed": "stop",
}
ANSWER_TONES = {"yes": "ok", "no": "stop", "unknown": "wait"}
SHOWN_LOANS = 20  # of those soon due above the renewals; all of them have a page of their own
blueprint.context_processor(
    lambda: {
        "RENEWAL_STATES": STATES,
        "RENEWAL_TONES": TONES,
        "RENEWAL_MOVES": RENEWAL_MOVES.by_verb,
        "REFUSALS": REFUSALS,
        "KINDS": KINDS,
        "PURPOSES": PURPOSES,
        "CLASSES": CLASSES,
        "ANSWERS": ANSWERS,
        "ANSWER_TONES": ANSWER_TONES,
        "NEEDED": moving.NEEDED,
        "LOAN_SOURCES": LOAN_SOURCES,
    }
)


@blueprint.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """The caller's renewals and what comes due within 90 days."""
    db, today = database.current(), clock().today()
    asked, near = asked_of_url(RenewalsAskedSchema()), asked_of_url(RadarAskedSchema())
    return list_page(
        renewals(today),
        asked,
        lambda part: reading.renewals_for(db, caller(), part, state=asked["state"]),
        lambda page: render_template(
            "renewals/index.html",
            page=page,
            radar=reading.radar(db, caller(), Asked(per_page=SHOWN_LOANS), today=today, days=near["days"]),
            asked_state=asked["state"],
            asked_days=near["days"],
            bands=RADAR_DAYS,
            today=today,
            refused=reading.refused_loans(db, caller().organisation_id) if caller().role in OF_FIRMS else [],
        ),
    )


@blueprint.get("/loans")
@requires(*READERS)
def loans() -> ResponseReturnValue:
    """All of the caller's loans that come due within so many days."""
    db, today, asked = database.current(), clock().today(), asked_of_url(RadarAskedSchema())
    return list_page(
        loans_due(today),
        asked,
        lambda part: reading.radar(db, caller(), part, today=today, days=asked["days"]),
        lambda page: render_template(
            "renewals/loans.html", page=page, asked_days=asked["days"], bands=RADAR_DAYS, today=today
        ),
    )


@blueprint.get("/loans/new")
@requires(*OF_FIRMS)
def new_loan() -> ResponseReturnValue:
    return _loan_page(Form())


def _banks() -> list[tuple[int | None, str]]:
    return [(bank.id, bank.name) for bank in reading.lending_banks(database.current())]


def _loan_page(form: Form, status: int = 200) -> ResponseReturnValue:
    return render_template("renewals/loan.html", form=form, banks=_banks()), status


@blueprint.post("/loans/new")
@requires(*OF_FIRMS)
def declare() -> ResponseReturnValue:
    """Put a loan on the radar that no return holds."""
    values, form = load_form(MaturitySchema())
    if values is None:
        return _loan_page(form, 422)
    db, at = database.current(), clock().now()
    if status := form.refused_by(lambda: maturities.declare(db, caller(), **values, at=at), "bank_id"):
        return _loan_page(form, status)
    flash(_("记下了，快到期时会提醒"), "ok")
    return redirect(url_for("renewals.index"))


@blueprint.get("/new")
@requires(*OF_FIRMS)
def new() -> ResponseReturnValue:
    """The application, filled in from a loan on the radar when the URL names one."""
    db, named = database.current(), request.args.get("loan", "")
    values: dict[str, Any] = {"purpose": "working_capital"}
    if named.isascii() and named.isdigit() and len(named) < 10:
        loan = reading.maturity_for(db, caller(), int(named))
        values |= {
            "bank_id": loan.bank_id,
            "old_loan": loan.loan,
            "old_balance": yuan(loan.balance),
            "old_starts_on": loan.starts_on.isoformat(),
            "old_due_on": loan.due_on.isoformat(),
            "borrower_kind": loan.borrower_kind,
        }
    return _form_page(Form(values))


def _form_page(form: Form, status: int = 200) -> ResponseReturnValue:
    kinds = [(kind, KINDS[kind]) for kind in APPLYING_KINDS]
    return render_template("renewals/form.html", form=form, banks=_banks(), kinds=kinds), status


@blueprint.post("/new")
@requires(*OF_FIRMS)
def create() -> ResponseReturnValue:
    values, form = load_form(RenewalAskedSchema())
    if values is None:
        return _form_page(form, 422)
    book, calendar = policy_book(), work_calendar()
    db, at, terms = database.current(), clock().now(), asked_terms(values)
    made: list[FiledRenewal] = []
    status = form.refused_by(
        lambda: made.append(service.apply(db, caller(), terms, book=book, calendar=calendar, at=at)),
        {"party_not_found": "bank_id", "": "old_loan"},
    )
    if status:
        return _form_page(form, status)
    flash(_("交给银行了，最晚 %(day)s 答复", day=made[0].renewal.answer_by), "ok")
    return redirect(url_for("renewals.show", renewal_id=made[0].id))


@blueprint.get("/<int:renewal_id>")
@requires(*READERS)
def show(renewal_id: int) -> ResponseReturnValue:
    book = policy_book()
    filed = reading.renewal_for(database.current(), caller(), renewal_id)
    row, found = filed.renewal, filed.answers(book)
    return render_template(
        "renewals/show.html",
        filed=filed,
        row=row,
        moves=filed.moves(caller()),
        found=found,
        eligible=is_eligible(found),
        window=window_of(book.scheme("renewal"), row.old_due_on, row.applied_on),
        late=filed.is_late(clock().today()),
        may_bridge=row.state in ("refused", "lapsed") and caller().role in OF_FIRMS,
    )


@blueprint.get("/<int:renewal_id>/<verb>")
@requires(*MOVERS)
def confirm(renewal_id: int, verb: str) -> ResponseReturnValue:
    """The page before a step: what it needs, and what cannot be undone."""
    filed = reading.renewal_for(database.current(), caller(), renewal_id)
    if verb not in filed.moves(caller()):
        raise NotFound("move_not_found", "现在没有这一步", "There is no such step now")
    row, today = filed.renewal, clock().today().isoformat()
    values = {"day": today, "signed_on": today, "principal": yuan(row.old_balance)}
    return _confirm_page(filed, verb, Form(values))


def _confirm_page(filed: FiledRenewal, verb: str, form: Form, status: int = 200) -> ResponseReturnValue:
    return render_template("renewals/confirm.html", filed=filed, row=filed.renewal, verb=verb, form=form), status


@blueprint.post("/<int:renewal_id>/<verb>")
@requires(*MOVERS)
def move(renewal_id: int, verb: str) -> ResponseReturnValue:
    db = database.current()
    filed = reading.renewal_for(db, caller(), renewal_id)
    if verb not in HANDS:
        raise NotFound("move_not_found", "没有这一步", "There is no such step")
    values, form = load_form(RenewalMoveFormSchema())
    if values is None:
        return _confirm_page(filed, verb, form, 422)
    status = form.refused_by(
        lambda: moving.move(db, caller(), renewal_id, verb, values, book=policy_book(), at=clock().now()), "seen"
    )
    if status:
        return _confirm_page(filed, verb, form, status)
    flash(_("办好了"), "ok")
    return redirect(url_for("renewals.show", renewal_id=renewal_id))
