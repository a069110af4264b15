"""Pages of deferral: applications and a firm's limits by maturity date, applying, deciding, and the limits of any loan."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE, ValidationError

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.errors import NotFound
from kernel.money import yuan
from kernel.parties.service import enterprise_by_id
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import list_page
from kernel.web.paging import Asked
from kernel.web.problems import field_errors
from matchmaking.deferrals import reading, service
from matchmaking.deferrals.lists import DEFERRALS
from matchmaking.deferrals.reading import FiledDeferral
from matchmaking.deferrals.rules import RULES, DeferralFacts, deferral_answers
from matchmaking.deferrals.schemas import (
    DeferralAskedSchema,
    DeferralLimitsAskedSchema,
    DeferralMoveFormSchema,
    DeferralsAskedSchema,
    asked_deferral,
)
from matchmaking.deferrals.workflow import (
    DEFERRAL_MOVES,
    HANDS,
    MOVERS,
    NEEDED,
    OF_FIRMS,
    READERS,
    REFUSALS,
    STATES,
)
from matchmaking.handed_over import policy_book
from matchmaking.renewals.reading import lending_banks, maturity_for
from matchmaking.renewals.rules import KINDS

blueprint = Blueprint("deferrals", __name__, url_prefix="/deferrals", template_folder="../templates")
TONES = {"applied": "wait", "granted": "ok", "refused": "stop"}
MOST_LOANS = 50
blueprint.context_processor(
    lambda: {
        "DEFERRAL_STATES": STATES,
        "DEFERRAL_TONES": TONES,
        "DEFERRAL_MOVES": DEFERRAL_MOVES.by_verb,
        "REFUSALS": REFUSALS,
        "RULES": RULES,
        "KINDS": KINDS,
        "NEEDED": NEEDED,
    }
)


@blueprint.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """The caller's applications; a firm sees the limits of its own loans, too."""
    db, asked, who = database.current(), asked_of_url(DeferralsAskedSchema()), caller()
    return list_page(
        DEFERRALS,
        asked,
        lambda part: reading.deferrals_for(db, who, part, state=asked["state"]),
        lambda page: render_template("deferrals/index.html", page=page, asked_state=asked["state"], limits=_limits()),
    )


def _limits() -> list[reading.LoanLimits]:
    if caller().role not in OF_FIRMS:
        return []
    asked, today = Asked(per_page=MOST_LOANS), clock().today()
    found = reading.limits_of(database.current(), caller(), asked, book=policy_book(), today=today)
    return [one for one in found.items if one.applying]


@blueprint.get("/new")
@requires(*OF_FIRMS)
def new() -> ResponseReturnValue:
    """The application, filled in from a loan on the radar when the URL names one."""
    db, named = database.current(), request.args.get("loan", "")
    values = {"borrower_kind": enterprise_by_id(db, caller().organisation_id)[1].size_class}
    if named.isascii() and named.isdigit() and len(named) < 10:
        loan = maturity_for(db, caller(), int(named))
        values |= {
            "bank_id": str(loan.bank_id),
            "loan": loan.loan,
            "balance": yuan(loan.balance),
            "due_on": loan.due_on.isoformat(),
            "borrower_kind": loan.borrower_kind,
        }
    return _form_page(Form(dict(values)))


def _form_page(form: Form, status: int = 200) -> ResponseReturnValue:
    banks = [(bank.id, bank.name) for bank in lending_banks(database.current())]
    return render_template("deferrals/form.html", form=form, banks=banks), status


@blueprint.post("/new")
@requires(*OF_FIRMS)
def create() -> ResponseReturnValue:
    values, form = load_form(DeferralAskedSchema())
    if values is None:
        return _form_page(form, 422)
    made: list[FiledDeferral] = []
    db, asked = database.current(), asked_deferral(values)
    status = form.refused_by(
        lambda: made.append(service.apply(db, caller(), asked, book=policy_book(), at=clock().now())),
        {"party_not_found": "bank_id", "not_deferrable": "until", "": "loan"},
    )
    if status:
        return _form_page(form, status)
    flash(_("交给银行了，等银行答复"), "ok")
    return redirect(url_for("deferrals.show", deferral_id=made[0].id))


@blueprint.get("/<int:deferral_id>")
@requires(*READERS)
def show(deferral_id: int) -> ResponseReturnValue:
    filed = reading.deferral_for(database.current(), caller(), deferral_id)
    return render_template("deferrals/show.html", filed=filed, row=filed.deferral, moves=filed.moves(caller()))


@blueprint.get("/<int:deferral_id>/<verb>")
@requires(*MOVERS)
def confirm(deferral_id: int, verb: str) -> ResponseReturnValue:
    """The page before a step: what it needs."""
    filed = reading.deferral_for(database.current(), caller(), deferral_id)
    if verb not in filed.moves(caller()):
        raise NotFound("move_not_found", "现在没有这一步", "There is no such step now")
    return _confirm_page(filed, verb, Form({"until": filed.deferral.until.isoformat()}))


def _confirm_page(filed: FiledDeferral, verb: str, form: Form, status: int = 200) -> ResponseReturnValue:
    return render_template("deferrals/confirm.html", filed=filed, row=filed.deferral, verb=verb, form=form), status


@blueprint.post("/<int:deferral_id>/<verb>")
@requires(*MOVERS)
def move(deferral_id: int, verb: str) -> ResponseReturnValue:
    db = database.current()
    filed = reading.deferral_for(db, caller(), deferral_id)
    if verb not in HANDS:
        raise NotFound("move_not_found", "没有这一步", "There is no such step")
    values, form = load_form(DeferralMoveFormSchema())
    if values is None:
        return _confirm_page(filed, verb, form, 422)
    if status := form.refused_by(
        lambda: service.move(db, caller(), deferral_id, verb, values, at=clock().now()), "seen"
    ):
        return _confirm_page(filed, verb, form, status)
    flash(_("办好了"), "ok")
    return redirect(url_for("deferrals.show", deferral_id=deferral_id))


@blueprint.get("/limits")
@requires(*ROLES)
def limits() -> ResponseReturnValue:
    """How long any loan may be deferred, by each rule of the day of asking."""
    typed = {name: value for name, value in request.args.items() if value and name != "lang"}
    form, found = Form({"asked_on": clock().today().isoformat()} | typed), None
    if typed:
        try:
            values = DeferralLimitsAskedSchema().load(form.values, unknown=EXCLUDE)
            found = deferral_answers(DeferralFacts(**values), policy_book())
        except ValidationError as error:
            form.errors.update({one.field: one.text for one in field_errors(error.messages)})
    return render_template("deferrals/limits.html", form=form, found=found)
