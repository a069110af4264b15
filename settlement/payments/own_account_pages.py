"""The page on which an institution keeps the account to which it is paid."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import Conflict, Invalid
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from settlement.payments import own_accounts
from settlement.payments.handed_over import policies
from settlement.payments.payees import AccountDetails
from settlement.payments.rules import payment_rules
from settlement.payments.schemas import OwnAccountSchema, SecondHandSchema
from settlement.payments.workflow import ACCOUNT_STATES, ENTERED, PROPOSED
from settlement.people import names_of

blueprint = Blueprint("own_account", __name__, url_prefix="/own-account", template_folder="../templates")

TONES = {"entered": "wait", "proposed": "wait", "checked": "ok", "refused": "out"}


@blueprint.get("")
@requires(*own_accounts.HOLDERS)
def index() -> ResponseReturnValue:
    """The account in force, every version, and the next hand's form."""
    return _page(Form())


def _page(form: Form, status: int = 200) -> ResponseReturnValue:
    db, who, today = database.current(), caller(), clock().today()
    versions = own_accounts.own_versions(db, who)
    people = [number for one in versions for number in (one.proposed_by, one.confirmed_by)]
    page = render_template(
        "payments/own_account.html",
        versions=versions,
        in_force=own_accounts.own_in_force(db, who, today),
        waiting=next((one for one in versions if one.state in (ENTERED, PROPOSED)), None),
        names=names_of(db, people),
        rules=payment_rules(policies(), today),
        states=ACCOUNT_STATES,
        tones=TONES,
        form=form,
        may_enter=who.role == own_accounts.MAKER,
        may_confirm=who.role == own_accounts.CHECKER,
    )
    return page, status


@blueprint.post("")
@requires(own_accounts.MAKER)
def enter() -> ResponseReturnValue:
    values, form = load_form(OwnAccountSchema())
    if values is None:
        return _page(form, 422)
    try:
        own_accounts.enter_own(database.current(), caller(), AccountDetails(**values), at=clock().now())
    except Invalid as error:
        return _page(form.take(error), 422)
    except Conflict as error:
        form.errors["account_number"] = error.text
        return _page(form, 409)
    flash(_("登记了，等本机构复核人确认"), "ok")
    return redirect(url_for("own_account.index"))


@blueprint.post("/<int:number>/confirm")
@requires(own_accounts.CHECKER)
def confirm(number: int) -> ResponseReturnValue:
    values, form = load_form(SecondHandSchema())
    if values is None:
        return _page(form, 422)
    try:
        row = own_accounts.confirm_own(database.current(), caller(), number, at=clock().now(), **values)
    except Invalid as error:
        return _page(form.take(error), 422)
    flash(_("确认了，等财政局复核") if row.state == PROPOSED else _("退回了"), "ok")
    return redirect(url_for("own_account.index"))
