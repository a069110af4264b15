"""Several listings at once: the page that lists every firm, and what became of each."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import Invalid
from kernel.regions import region
from kernel.web.forms import Form, load_form
from matchmaking.whitelist import bulk, service
from matchmaking.whitelist.api import frame_now
from matchmaking.whitelist.schemas import ListingsChosenSchema, ListingsMoveSchema, said_from
from matchmaking.whitelist.scope import DECIDERS, PREPARERS
from matchmaking.whitelist.workflow import STATES, WHITELIST_MOVES

MOVERS = tuple(dict.fromkeys((*PREPARERS, *DECIDERS)))
blueprint = Blueprint("whitelist_bulk", __name__, url_prefix="/whitelist", template_folder="../templates")


@blueprint.get("/several")
@requires(*MOVERS)
def confirm() -> ResponseReturnValue:
    """Every ticked firm, before anything is done."""
    return _confirm(*_ticked(request.args), Form())


def _ticked(given: MultiDict[str, str]) -> tuple[str, list[int]]:
    """What is to be done with which listings; NotFound where that is not said."""
    try:
        asked = ListingsChosenSchema().load({"verb": given.get("verb", ""), "entry": given.getlist("entry")})
    except ValidationError:
        abort(404)
    return asked["verb"], asked["entry"]


def _confirm(verb: str, ids: list[int], form: Form, status: int = 200) -> ResponseReturnValue:
    rows = bulk.chosen(database.current(), caller(), ids)
    if not any(verb in bulk.offered(caller(), row.entry.state) for row in rows):
        flash(_("先勾选你现在能办的企业"), "stop")
        return redirect(url_for("whitelist.entries"))
    needs_reason = verb in service.NEEDS_REASON
    return _render("whitelist/several.html", verb=verb, rows=rows, form=form, needs_reason=needs_reason), status


def _render(template: str, verb: str, **values: Any) -> str:
    label = WHITELIST_MOVES.by_verb[verb].label
    return render_template(
        template, verb=verb, label=label, states=STATES, region_name=lambda code: region(code).name, **values
    )


@blueprint.post("/several")
@requires(*MOVERS)
def move_all() -> ResponseReturnValue:
    values, form = load_form(ListingsMoveSchema())
    if values is None:
        return _confirm(*_ticked(request.form), form, 422)
    db, verb, ids = database.current(), values["verb"], values["entry"]
    try:
        outcomes = bulk.move_all(db, caller(), verb, ids, said_from(values), frame=frame_now())
    except Invalid as error:
        return _confirm(verb, ids, form.take(error), 422)
    if any(one.refused for one in outcomes):
        return _render("whitelist/several_done.html", verb, outcomes=outcomes)
    flash(ngettext("办好 %(num)s 家", "办好 %(num)s 家", len(outcomes)), "ok" if outcomes else "stop")
    return redirect(url_for("whitelist.entries"))
