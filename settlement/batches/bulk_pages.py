"""Several statements of a batch at once: the page that lists every line and amount, and what became of each."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import Invalid
from kernel.web.forms import Form, load_form
from settlement.batches import bulk, reading
from settlement.batches.items import statements_by_item
from settlement.batches.places import desk
from settlement.batches.schemas import BulkSchema
from settlement.batches.workflow import HAND_ROLES
from settlement.statements import labels

blueprint = Blueprint("batch_bulk", __name__, url_prefix="/batches", template_folder="../templates")


@blueprint.get("/<number>/several")
@requires(*HAND_ROLES)
def confirm(number: str) -> ResponseReturnValue:
    """Every ticked line with its amount, before anything is done."""
    act = request.args.get("act", "")
    if act not in bulk.ACTS:
        abort(404)
    return _confirm(number, act, request.args.getlist("statement"), Form())


def _confirm(number: str, act: str, numbers: list[str], form: Form, status: int = 200) -> ResponseReturnValue:
    db = database.current()
    batch = reading.batch_by_number(db, number)
    items = bulk.chosen(db, batch, numbers)
    if not items:
        flash(_("先勾选批次里的项目"), "stop")
        return redirect(url_for("batches.show", number=number))
    names = {number: whole.statement.beneficiary_name for number, whole in statements_by_item(db, items).items()}
    return _render("batches/several.html", batch=batch, act=act, items=items, names=names, form=form), status


def _render(template: str, **values: Any) -> str:
    return render_template(template, titles=bulk.TITLES, labels=labels, **values)


@blueprint.post("/<number>/several")
@requires(*HAND_ROLES)
def act_on_all(number: str) -> ResponseReturnValue:
    values, form = load_form(BulkSchema())
    if values is None:
        act = form.values.get("act", "")
        if act not in bulk.ACTS:
            abort(400)
        return _confirm(number, act, form.values.get("statement", []), form, 422)
    db = database.current()
    batch = reading.batch_by_number(db, number)
    try:
        outcomes = bulk.act_on_all(
            db, caller(), batch, values["act"], values["statement"], reason=values["reason"], desk=desk()
        )
    except Invalid as error:
        return _confirm(number, values["act"], values["statement"], form.take(error), 422)
    return _render("batches/several_done.html", batch=batch, act=values["act"], outcomes=outcomes)
