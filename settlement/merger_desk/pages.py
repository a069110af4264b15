"""Pages of mergers: all of them with the form of the operator, and one with its effects and the reviewer's decision."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import Conflict, Invalid, NotFound
from kernel.parties.service import institutions
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.web.lists import list_page
from kernel.web.paging import page_of
from settlement.batches.places import desk
from settlement.merger_desk.effects import effects_of
from settlement.merger_desk.lists import mergers
from settlement.merger_desk.schemas import MergerCheckSchema, MergersAskedSchema, MergerSchema
from settlement.mergers import service
from settlement.mergers.workflow import PROPOSED, RECORDED, STATES
from settlement.officials import CHECKER, PROPOSER
from settlement.people import names_of
from settlement.returns.service import SEES_ALL
from settlement.statements import labels

blueprint = Blueprint("mergers", __name__, url_prefix="/mergers", template_folder="../templates")

TONES = {"proposed": "wait", "recorded": "ok", "refused": "out"}


@blueprint.get("")
@requires(*SEES_ALL)
def index() -> ResponseReturnValue:
    """Every merger that was entered, those that wait first."""
    return _page(Form())


def _page(form: Form, status: int = 200) -> ResponseReturnValue:
    db = database.current()
    asked = MergersAskedSchema().load({k: v for k, v in request.args.items() if v}, unknown=EXCLUDE)
    query = service.mergers_query(state=asked["state"])
    known = institutions(db)
    standing = [party for party, one in known if one.successor_id is None]
    parties = {party.id: party for party, _one in known}
    return list_page(
        mergers(parties),
        asked,
        lambda part: page_of(db, query, part),
        lambda page: _render(
            "mergers/index.html",
            status,
            page=page,
            asked=asked,
            form=form,
            parties=parties,
            choices=[(party.code, f"{party.name} {party.code}") for party in standing],
            names=names_of(db, [number for one in page.items for number in (one.proposed_by, one.checked_by)]),
        ),
    )


def _render(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    role = caller().role
    return render_template(
        template, states=STATES, tones=TONES, may_propose=role == PROPOSER, may_check=role == CHECKER, **values
    ), status


@blueprint.post("")
@requires(PROPOSER)
def propose() -> ResponseReturnValue:
    values, form = load_form(MergerSchema())
    if values is None:
        return _page(form, 422)
    now = clock()
    try:
        row = service.propose_merger(
            database.current(), caller(), service.Merger(**values), at=now.now(), today=now.today()
        )
    except Invalid as error:
        return _page(form.take(error), 422)
    except (NotFound, Conflict) as error:
        form.errors["absorbed_code"] = error.text
        return _page(form, 422)
    flash(_("登记了，等另一个人复核"), "ok")
    return redirect(url_for("mergers.show", number=row.id))


@blueprint.get("/<int:number>")
@requires(*SEES_ALL)
def show(number: int) -> ResponseReturnValue:
    """One merger, and what would follow from it while it waits."""
    return _one(number, Form())


def _one(number: int, form: Form, status: int = 200) -> ResponseReturnValue:
    db = database.current()
    row = service.merger_by_id(db, number)
    absorbed, into = service.parties_of(db, row)
    return _render(
        "mergers/show.html",
        status,
        one=row,
        absorbed=absorbed,
        into=into,
        form=form,
        waits=row.state == PROPOSED,
        effects=effects_of(db, row, desk=desk()),
        labels=labels,
        names=names_of(db, [row.proposed_by, row.checked_by]),
    )


@blueprint.post("/<int:number>/check")
@requires(CHECKER)
def check(number: int) -> ResponseReturnValue:
    values, form = load_form(MergerCheckSchema())
    if values is None:
        return _one(number, form, 422)
    db, now = database.current(), clock()
    try:
        row = service.check_merger(
            db, caller(), service.merger_by_id(db, number), at=now.now(), today=now.today(), **values
        )
    except Invalid as error:
        return _one(number, form.take(error), 422)
    if row.state == RECORDED:
        flash(_("合并登记了；签过字的结算单要在“更正与调整”里确认"), "ok")
    else:
        flash(_("退回了"), "ok")
    return redirect(url_for("mergers.index"))
