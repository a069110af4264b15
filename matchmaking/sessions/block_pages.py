"""不见的企业: whom a bank keeps off, with the reason on record, and how it finds them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import INSTITUTION_ROLES
from kernel.errors import Conflict, NotFound
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from matchmaking.sessions import blocks
from matchmaking.sessions.form_schemas import BlockFormSchema
from matchmaking.sessions.pages import blueprint


@blueprint.get("/blocks")
@requires(*INSTITUTION_ROLES)
def list_blocks() -> ResponseReturnValue:
    return _blocks_page(Form({"enterprise_code": request.args.get("enterprise", "")}))


def _blocks_page(form: Form, status: int = 200) -> ResponseReturnValue:
    db, sought = database.current(), request.args.get("name", "").strip()
    found = blocks.enterprises_named(db, sought) if sought else []
    chosen = blocks.enterprise_of(db, form.values.get("enterprise_code") or "")
    rows = blocks.blocks_of(db, caller())
    page = render_template("sessions/blocks.html", rows=rows, form=form, sought=sought, found=found, chosen=chosen)
    return page, status


@blueprint.post("/blocks")
@requires("product_manager")
def record_block() -> ResponseReturnValue:
    values, form = load_form(BlockFormSchema())
    if values is None:
        return _blocks_page(form, 422)
    try:
        blocks.block(database.current(), caller(), **values, at=clock().now())
    except (NotFound, Conflict) as error:
        form.errors["enterprise_code"] = error.text
        return _blocks_page(form, 422)
    flash(_("登记好了，下一场起不再约这家企业"), "ok")
    return redirect(url_for("sessions.list_blocks"))


@blueprint.post("/blocks/<int:block_id>/lift")
@requires("product_manager")
def lift_block(block_id: int) -> ResponseReturnValue:
    blocks.lift(database.current(), caller(), block_id, at=clock().now())
    flash(_("解除了"), "ok")
    return redirect(url_for("sessions.list_blocks"))
