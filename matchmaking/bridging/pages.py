"""Pages of the bridging fund: cases for firm, bank, county and finance side. Those of pools stand in `pool_pages.py`."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import NotFound
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import list_page
from matchmaking.bridging import moving, reading, running, service
from matchmaking.bridging.fees import overdue_days
from matchmaking.bridging.lists import CASES
from matchmaking.bridging.pools import balance_of, own_region, pool_name
from matchmaking.bridging.reading import FiledCase
from matchmaking.bridging.schemas import (
    BridgingAskedSchema,
    BridgingCasesAskedSchema,
    BridgingMoveFormSchema,
    asked_terms,
)
from matchmaking.bridging.terms import BORROWER_KINDS, bridging_terms
from matchmaking.bridging.workflow import (
    CASE_MOVES,
    CONTRIBUTION_STATES,
    HANDS,
    MONEY_OUT,
    MOVERS,
    NEEDS_REASON,
    OF_FIRMS,
    POOL_KEEPERS,
    POOL_READERS,
    READERS,
    REJECTIONS,
    STATES,
)
from matchmaking.handed_over import policy_book

blueprint = Blueprint("bridging", __name__, url_prefix="/bridging", template_folder="../templates")
TONES = {
    "applied": "wait",
    "committed": "wait",
    "approved": "dai",
    "funded": "dai",
    "old_loan_repaid": "dai",
    "new_loan_disbursed": "dai",
    "returned": "ok",
    "recovered": "ok",
    "overdue": "stop",
    "written_off": "stop",
    "rejected": "stop",
}
CONTRIBUTION_TONES = {"entered": "wait", "booked": "ok", "refused": "stop"}
SHOWN_STATES = ("applied", "committed", "approved", "funded", "overdue", "returned")
blueprint.context_processor(
    lambda: {
        "CASE_STATES": STATES,
        "CASE_TONES": TONES,
        "CASE_MOVES": CASE_MOVES.by_verb,
        "BORROWER_KINDS": BORROWER_KINDS,
        "REJECTIONS": REJECTIONS,
        "CONTRIBUTION_STATES": CONTRIBUTION_STATES,
        "CONTRIBUTION_TONES": CONTRIBUTION_TONES,
        "NEEDED": moving.NEEDED,
        "NEEDS_REASON": NEEDS_REASON,
        "pool_name": pool_name,
    }
)


@blueprint.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """The caller's cases, and for those who keep them the pools."""
    db, asked = database.current(), asked_of_url(BridgingCasesAskedSchema())
    held = [(pool, balance_of(db, pool)) for pool in reading.pools_for(db, caller())] if _reads_pools() else []
    return list_page(
        CASES,
        asked,
        lambda part: reading.cases_for(db, caller(), part, state=asked["state"]),
        lambda page: render_template(
            "bridging/index.html",
            page=page,
            asked_state=asked["state"],
            states=SHOWN_STATES,
            held=held,
            may_open=caller().role in POOL_KEEPERS and own_region(caller()) not in {pool.region for pool, _ in held},
            suspended=_suspended(),
            bridged=_listed_bridged(),
            form=Form(),
        ),
    )


def _reads_pools() -> bool:
    return caller().role in POOL_READERS


def _suspended() -> int:
    """How many banks stand aside; for a bank whether it does itself."""
    of_bank = [caller().organisation_id] if caller().organisation_kind == "institution" else None
    return len(reading.standing_suspensions(database.current(), of_bank))


def _listed_bridged() -> int | None:
    """How many listed firms repaid with bridge money this year; the figure is the bureaus'."""
    if not _reads_pools():
        return None
    today = clock().today()
    return reading.listed_firms_bridged(database.current(), caller(), today.replace(month=1, day=1), today)


@blueprint.get("/new")
@requires(*OF_FIRMS)
def new() -> ResponseReturnValue:
    wanted = ("bank_id", "old_loan", "old_due_on", "old_balance")
    return _form_page(Form({name: request.args[name] for name in wanted if name in request.args}))


def _form_page(form: Form, status: int = 200) -> ResponseReturnValue:
    banks = [(bank.id, bank.name) for bank in reading.lending_banks(database.current())]
    terms = bridging_terms(policy_book(), clock().today())
    return render_template("bridging/form.html", form=form, banks=banks, terms=terms), status


@blueprint.post("/new")
@requires(*OF_FIRMS)
def create() -> ResponseReturnValue:
    values, form = load_form(BridgingAskedSchema())
    if values is None:
        return _form_page(form, 422)
    made: list[FiledCase] = []
    db, terms = database.current(), asked_terms(values)
    status = form.refused_by(
        lambda: made.append(service.apply(db, caller(), terms, book=policy_book(), at=clock().now())),
        {"party_not_found": "bank_id", "": "old_loan"},
    )
    if status:
        return _form_page(form, status)
    flash(_("申请交上去了，等银行书面承诺"), "ok")
    return redirect(url_for("bridging.show", case_id=made[0].id))


@blueprint.get("/<int:case_id>")
@requires(*READERS)
def show(case_id: int) -> ResponseReturnValue:
    db, today = database.current(), clock().today()
    filed = reading.case_for(db, caller(), case_id)
    case = filed.case
    late = overdue_days(case.due_on, today) if case.due_on and case.state in MONEY_OUT else 0
    return render_template(
        "bridging/show.html",
        filed=filed,
        case=case,
        moves=filed.moves(caller()),
        steps=reading.steps_of(db, case),
        draws=reading.draws_of(db, case),
        fee_now=running.fee_until(db, case, today, policy_book()) if case.state in MONEY_OUT else None,
        terms=bridging_terms(policy_book(), case.paid_out_on or today),
        late=late,
        suspended=reading.standing_suspensions(db, [case.bank_id]),
    )


@blueprint.get("/<int:case_id>/<verb>")
@requires(*MOVERS)
def confirm(case_id: int, verb: str) -> ResponseReturnValue:
    """The page before a step: what will happen and what it needs."""
    filed = reading.case_for(database.current(), caller(), case_id)
    if verb not in filed.moves(caller()):
        raise NotFound("move_not_found", "现在没有这一步", "There is no such step now")
    return _confirm_page(filed, verb, Form({"day": clock().today().isoformat()}))


def _confirm_page(filed: FiledCase, verb: str, form: Form, status: int = 200) -> ResponseReturnValue:
    due = None
    if verb in ("return", "recover", "regain"):
        due = running.fee_until(database.current(), filed.case, clock().today(), policy_book())
    page = render_template("bridging/confirm.html", filed=filed, case=filed.case, verb=verb, form=form, fee_due=due)
    return page, status


@blueprint.post("/<int:case_id>/<verb>")
@requires(*MOVERS)
def move(case_id: int, verb: str) -> ResponseReturnValue:
    db = database.current()
    filed = reading.case_for(db, caller(), case_id)
    if verb not in HANDS:
        raise NotFound("move_not_found", "没有这一步", "There is no such step")
    values, form = load_form(BridgingMoveFormSchema())
    if values is None:
        return _confirm_page(filed, verb, form, 422)
    status = form.refused_by(
        lambda: moving.move(db, caller(), case_id, verb, values, book=policy_book(), at=clock().now()), "seen"
    )
    if status:
        return _confirm_page(filed, verb, form, status)
    flash(_("办好了"), "ok")
    return redirect(url_for("bridging.show", case_id=case_id))
