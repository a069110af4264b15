"""Pages of what is entered by one official and checked by another: payee accounts and budgets; and of recoveries."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import DomainError, Invalid, NotFound
from kernel.parties.service import party_by_code
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.web.lists import list_page
from kernel.web.paging import Asked, AskedSchema, Page, page_of
from settlement.handed_over import work_calendar
from settlement.officials import CASHIER, CHECKER, PROPOSER
from settlement.payments import appropriations, labels, payees
from settlement.payments.handed_over import policies
from settlement.payments.lists import BUDGETS, PAYEES, RECOVERIES, HeldAccount
from settlement.payments.models import Appropriation, PayeeAccount
from settlement.payments.recoveries import service as recoveries
from settlement.payments.recoveries.set_offs import settling_orders
from settlement.payments.rules import payment_rules
from settlement.payments.schemas import (
    AppropriationsAskedSchema,
    AppropriationSchema,
    PayeesAskedSchema,
    PayeeSchema,
    RecoveredSchema,
    RecoveriesAskedSchema,
    RecoverySchema,
    SecondHandSchema,
)
from settlement.payments.workflow import CHECK_STATES
from settlement.people import names_of
from settlement.returns.service import SEES_ALL

blueprint = Blueprint("payment_masters", __name__, url_prefix="/payments", template_folder="../templates")

TONES = {"proposed": "wait", "checked": "ok", "refused": "out"}


def _render(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    role = caller().role
    page = render_template(
        template,
        labels=labels,
        states=CHECK_STATES,
        tones=TONES,
        may_propose=role == PROPOSER,
        may_check=role == CHECKER,
        may_pay=role == CASHIER,
        me=caller().account_id,
        today=clock().today(),
        **values,
    )
    return page, status


def _asked(schema: type[AskedSchema] = AskedSchema) -> dict[str, Any]:
    asked: dict[str, Any] = schema().load({k: v for k, v in request.args.items() if v}, unknown=EXCLUDE)
    return asked


@blueprint.get("/payees")
@requires(*SEES_ALL)
def payees_index() -> ResponseReturnValue:
    """Every account with its version, and what waits to be checked."""
    return _payees_page(Form())


def _payees_page(form: Form, status: int = 200) -> ResponseReturnValue:
    rules, asked = payment_rules(policies(), clock().today()), _asked(PayeesAskedSchema)
    return list_page(
        PAYEES,
        asked,
        lambda part: _held_accounts(part, asked["state"]),
        lambda page: _render(
            "payments/payees.html",
            status,
            asked=asked,
            page=page,
            form=form,
            names=_hands([one.account for one in page.items]),
            rules=rules,
        ),
    )


def _held_accounts(part: Asked, state: str | None) -> Page[HeldAccount]:
    db = database.current()
    page = page_of(db, payees.payees_query(state=state), part)
    names = payees.holder_names(db, {one.holder for one in page.items})
    return page.map(lambda one: HeldAccount(one, names.get(one.holder) or labels.payer(one.holder)))


def _hands(rows: Iterable[PayeeAccount | Appropriation]) -> dict[int, str]:
    """The names of who proposed and who checked."""
    return names_of(database.current(), [number for one in rows for number in (one.proposed_by, one.checked_by)])


@blueprint.post("/payees")
@requires(PROPOSER)
def propose_payee() -> ResponseReturnValue:
    values, form = load_form(PayeeSchema())
    if values is None:
        return _payees_page(form, 422)
    holder = values.pop("holder")
    details = payees.AccountDetails(**values)
    try:
        payees.propose_payee(database.current(), caller(), holder, details, at=clock().now())
    except Invalid as error:
        return _payees_page(form.take(error), 422)
    except NotFound as error:
        form.errors["holder"] = error.text
        return _payees_page(form, 422)
    flash(_("登记了，等另一个人复核"), "ok")
    return redirect(url_for("payment_masters.payees_index"))


@blueprint.post("/payees/<int:number>/check")
@requires(CHECKER)
def check_payee(number: int) -> ResponseReturnValue:
    values, form = load_form(SecondHandSchema())
    if values is None:
        return _payees_page(form, 422)
    db, now = database.current(), clock()
    try:
        row = payees.check_payee(
            db,
            caller(),
            payees.payee_by_id(db, number),
            rules=payment_rules(policies(), now.today()),
            calendar=work_calendar(),
            at=now.now(),
            today=now.today(),
            **values,
        )
    except Invalid as error:
        return _payees_page(form.take(error), 422)
    if row.effective_from:
        flash(_("复核了，%(day)s 起用", day=row.effective_from), "ok")
    else:
        flash(_("退回了"), "ok")
    return redirect(url_for("payment_masters.payees_index"))


@blueprint.get("/budgets")
@requires(*SEES_ALL)
def budgets_index() -> ResponseReturnValue:
    """Budget decisions by payer and year."""
    return _budgets_page(Form())


def _budgets_page(form: Form, status: int = 200) -> ResponseReturnValue:
    asked = _asked(AppropriationsAskedSchema)
    query = appropriations.appropriations_query(payer=asked["payer"], budget_year=asked["budget_year"])
    return list_page(
        BUDGETS,
        asked,
        lambda part: page_of(database.current(), query, part),
        lambda page: _render(
            "payments/budgets.html",
            status,
            asked=asked,
            payers=appropriations.payers_granted(database.current()),
            page=page,
            form=form,
            names=_hands(page.items),
        ),
    )


@blueprint.post("/budgets")
@requires(PROPOSER)
def propose_budget() -> ResponseReturnValue:
    values, form = load_form(AppropriationSchema())
    if values is None:
        return _budgets_page(form, 422)
    try:
        appropriations.propose_appropriation(database.current(), caller(), at=clock().now(), **values)
    except Invalid as error:
        return _budgets_page(form.take(error), 422)
    flash(_("登记了，等另一个人复核"), "ok")
    return redirect(url_for("payment_masters.budgets_index"))


@blueprint.post("/budgets/<int:number>/check")
@requires(CHECKER)
def check_budget(number: int) -> ResponseReturnValue:
    values, form = load_form(SecondHandSchema())
    if values is None:
        return _budgets_page(form, 422)
    db, now = database.current(), clock()
    row = appropriations.appropriation_by_id(db, number)
    try:
        appropriations.check_appropriation(db, caller(), row, at=now.now(), today=now.today(), **values)
    except Invalid as error:
        return _budgets_page(form.take(error), 422)
    flash(_("复核了，记到账上") if values["accept"] else _("退回了"), "ok")
    return redirect(url_for("payment_masters.budgets_index"))


@blueprint.get("/recoveries")
@requires(*SEES_ALL)
def recoveries_index() -> ResponseReturnValue:
    """Recovery notices and what came back."""
    return _recoveries_page(Form())


def _recoveries_page(form: Form, status: int = 200) -> ResponseReturnValue:
    db, asked = database.current(), _asked(RecoveriesAskedSchema)
    is_open = None if asked["state"] is None else asked["state"] == "open"
    query = recoveries.notices_query(payer=asked["payer"], is_open=is_open)
    return list_page(
        RECOVERIES,
        asked,
        lambda part: page_of(db, query, part),
        lambda page: _render(
            "payments/recoveries.html",
            status,
            asked=asked,
            payers=recoveries.payers_that_asked(db),
            page=page,
            form=form,
            owing=recoveries.owing(db),
            settled=settling_orders(db, page.items),
        ),
    )


@blueprint.post("/recoveries")
@requires(PROPOSER)
def issue_recovery() -> ResponseReturnValue:
    values, form = load_form(RecoverySchema())
    if values is None:
        return _recoveries_page(form, 422)
    db, now = database.current(), clock()
    try:
        notice = recoveries.issue_notice(
            db,
            caller(),
            payer=values["payer"],
            beneficiary_id=party_by_code(db, values["beneficiary_code"]).id or 0,
            reason=values["reason"],
            rules=payment_rules(policies(), now.today()),
            calendar=work_calendar(),
            at=now.now(),
            today=now.today(),
        )
    except DomainError as error:
        form.errors["beneficiary_code"] = error.text
        return _recoveries_page(form, 422)
    flash(_("发出了 %(number)s", number=notice.number), "ok")
    return redirect(url_for("payment_masters.recoveries_index"))


@blueprint.post("/recoveries/<number>/money")
@requires(CASHIER)
def record_recovered(number: str) -> ResponseReturnValue:
    values, form = load_form(RecoveredSchema())
    db, now = database.current(), clock()
    notice = recoveries.notice_by_number(db, number)
    if values is None:
        return _recoveries_page(form, 422)
    try:
        recoveries.record_recovered(db, caller(), notice, at=now.now(), today=now.today(), **values)
    except Invalid as error:
        return _recoveries_page(form.take(error), 422)
    flash(_("记下了缴回的钱"), "ok")
    return redirect(url_for("payment_masters.recoveries_index"))
