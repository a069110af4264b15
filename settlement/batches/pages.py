"""Pages of batches: the list, one batch with its hands, the page before a signature, the public notice, objections, deputies."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import BUREAU_ROLES
from kernel.errors import Invalid
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import list_page
from kernel.web.paging import Page, page_of
from settlement.batches import bulk, deputies, moving, objections, reading, service
from settlement.batches.lists import BATCHES, deputies_on
from settlement.batches.notices import NOTICE_READERS, notice_view
from settlement.batches.places import desk
from settlement.batches.schemas import (
    BatchesAskedSchema,
    BatchMoveSchema,
    DeputiesAskedSchema,
    DeputySchema,
    ObjectionAnswerSchema,
    ObjectionSchema,
    OpenBatchSchema,
    SetAsideSchema,
)
from settlement.batches.views import batch_view
from settlement.batches.workflow import HAND_ROLES, MOVES, OPEN, STATES, STEPS
from settlement.statements import labels

blueprint = Blueprint("batches", __name__, url_prefix="/batches", template_folder="../templates")

MOVE_TITLES = {step.move: step.title for step in STEPS}
TONES = {"open": "", "submitted": "wait", "reviewed": "wait", "approved": "dai", "on_notice": "dai", "ordered": "ok"}


def _render(template: str, **values: Any) -> str:
    return render_template(
        template,
        tones=TONES,
        states=STATES,
        roles=BUREAU_ROLES,
        move_titles=MOVE_TITLES,
        labels_payer=labels.payer,
        labels_hold=labels.hold,
        **values,
    )


@blueprint.get("")
@requires(*service.READERS)
def index() -> ResponseReturnValue:
    given = {name: value for name, value in request.args.items() if value}
    asked = BatchesAskedSchema().load(given, unknown=EXCLUDE)
    query = reading.batches_query(quarter=asked["quarter"], state=asked["state"])
    return list_page(
        BATCHES,
        asked,
        lambda part: page_of(database.current(), query, part),
        lambda page: _render("batches/index.html", page=page, asked=asked),
    )


@blueprint.post("")
@requires("operator")
def open_batch() -> ResponseReturnValue:
    values, _form = load_form(OpenBatchSchema())
    if values is None:
        abort(400)
    batch = service.open_batch(database.current(), caller(), values["quarter"], desk=desk())
    flash(_("开了批次 %(number)s", number=batch.number), "ok")
    return redirect(url_for("batches.show", number=batch.number))


@blueprint.get("/<number>")
@requires(*service.READERS)
def show(number: str) -> ResponseReturnValue:
    db, here = database.current(), desk()
    view = batch_view(db, caller(), number, desk=here)
    offered = bulk.offered(db, caller(), view.batch, here)
    return _render("batches/show.html", view=view, offered=offered, bulk_titles=bulk.TITLES)


@blueprint.get("/<number>/moves/<move>")
@requires(*HAND_ROLES)
def confirm(number: str, move: str) -> ResponseReturnValue:
    """What a move will do, before it is made; the form carries the digest of exactly what this page shows."""
    return _confirm(number, move, Form())


def _confirm(number: str, move: str, form: Form, status: int = 200) -> ResponseReturnValue:
    view = batch_view(database.current(), caller(), number, desk=desk())
    step = next((one for one in STEPS if one.move == move and one.source == view.batch.state), None)
    if move not in MOVES or step is None:
        return redirect(url_for("batches.show", number=number))
    return _render("batches/confirm.html", view=view, step=step, form=form), status


@blueprint.post("/<number>/moves")
@requires(*HAND_ROLES)
def make_move(number: str) -> ResponseReturnValue:
    values, form = load_form(BatchMoveSchema())
    if values is None:
        return _confirm(number, form.values.get("move", ""), form, 422)
    db = database.current()
    signing = service.Signing(values["digest"], values["version"], values["reason"])
    try:
        batch = moving.move(db, caller(), reading.batch_by_number(db, number), values["move"], signing, desk=desk())
    except Invalid as error:
        return _confirm(number, values["move"], form.take(error), 422)
    flash(_("办好了：%(state)s", state=STATES[batch.state]), "ok")
    return redirect(url_for("batches.show", number=number))


@blueprint.post("/<number>/refills")
@requires("operator")
def refill(number: str) -> ResponseReturnValue:
    db = database.current()
    batch = reading.batch_by_number(db, number)
    changed = service.refresh(db, batch, at=desk().at, by=caller().actor)
    words = _("批次已按最新的结算单更新") if changed else _("没有变化")
    flash(words if batch.state == OPEN else _("批次已提交，不能再改；要改先退回"), "ok")
    return redirect(url_for("batches.show", number=number))


@blueprint.post("/<number>/items/<statement_number>/set-aside")
@requires(*HAND_ROLES)
def set_aside(number: str, statement_number: str) -> ResponseReturnValue:
    values, _form = load_form(SetAsideSchema())
    if values is None:
        flash(_("剔出要写明原因"), "stop")
        return redirect(url_for("batches.show", number=number))
    db = database.current()
    batch = reading.batch_by_number(db, number)
    service.set_aside(db, caller(), batch, statement_number, reason=values["reason"], desk=desk())
    flash(_("剔出了 %(number)s", number=statement_number), "ok")
    return redirect(url_for("batches.show", number=number))


@blueprint.get("/<number>/notice")
@requires(*NOTICE_READERS)
def notice(number: str) -> ResponseReturnValue:
    """The list for the public notice, to be printed, with the form for an objection while it runs."""
    return _notice(number, Form())


def _notice(number: str, form: Form, status: int = 200) -> ResponseReturnValue:
    view = notice_view(database.current(), caller(), number, today=desk().today)
    may_object = view.runs and caller().role in objections.OBJECTORS
    return _render("batches/notice.html", view=view, form=form, may_object=may_object), status


@blueprint.post("/<number>/objections")
@requires(*objections.OBJECTORS)
def object_to(number: str) -> ResponseReturnValue:
    values, form = load_form(ObjectionSchema())
    if values is None:
        return _notice(number, form, 422)
    db = database.current()
    try:
        objections.raise_objection(db, caller(), reading.batch_by_number(db, number), **values, desk=desk())
    except Invalid as error:
        return _notice(number, form.take(error), 422)
    flash(_("异议记下了；答复之前这一项不付款"), "ok")
    return redirect(url_for("batches.notice", number=number))


@blueprint.post("/objections/<int:objection_id>/answers")
@requires("reviewer", "approver")
def answer_objection(objection_id: int) -> ResponseReturnValue:
    db, (values, _form) = database.current(), load_form(ObjectionAnswerSchema())
    found = objections.objection_by_id(db, caller(), objection_id)
    number = reading.batch_by_id(db, found.batch_id).number
    if values is None:
        flash(_("答复要选成立或不成立，并写明理由"), "stop")
        return redirect(url_for("batches.show", number=number))
    objections.answer_objection(db, caller(), found, **values, at=desk().at)
    flash(_("答复了异议"), "ok")
    return redirect(url_for("batches.show", number=number))


@blueprint.get("/deputies")
@requires(*service.READERS)
def deputy_list() -> ResponseReturnValue:
    return _deputies(Form())


def _deputies(form: Form, status: int = 200) -> ResponseReturnValue:
    db, asked, today = database.current(), asked_of_url(DeputiesAskedSchema()), desk().today
    query = deputies.deputies_query(caller(), state=asked["state"], today=today)

    def show(page: Page[Any]) -> ResponseReturnValue:
        people = deputies.candidates(db, caller()) if caller().role in HAND_ROLES else []
        values = {"page": page, "asked": asked, "candidates": people, "form": form, "today": today}
        return _render("batches/deputies.html", deputy_states=deputies.DEPUTY_STATES, **values), status

    return list_page(deputies_on(today), asked, lambda part: page_of(db, query, part), show)


@blueprint.post("/deputies")
@requires(*HAND_ROLES)
def name_deputy() -> ResponseReturnValue:
    values, form = load_form(DeputySchema())
    if values is None:
        return _deputies(form, 422)
    here = desk()
    try:
        deputies.name_deputy(database.current(), caller(), deputies.Deputation(**values), at=here.at, today=here.today)
    except Invalid as error:
        return _deputies(form.take(error), 422)
    flash(_("代理人定好了"), "ok")
    return redirect(url_for("batches.deputy_list"))


@blueprint.post("/deputies/<int:deputy_id>/ends")
@requires(*HAND_ROLES)
def end_deputy(deputy_id: int) -> ResponseReturnValue:
    deputies.end_deputy(database.current(), caller(), deputy_id, at=desk().at)
    flash(_("代理结束了"), "ok")
    return redirect(url_for("batches.deputy_list"))
