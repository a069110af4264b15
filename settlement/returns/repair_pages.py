"""Mending a refused version on its page: one row at a time, taking back, and reading the mended file again."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.errors import Invalid
from kernel.web.edge import clock
from kernel.web.forms import load_form
from kernel.web.language import spoken
from kernel.works.asking import to_its_page
from kernel.works.models import Work
from settlement.returns import repairing
from settlement.returns.pages import version_page
from settlement.returns.reading_again import read_mended
from settlement.returns.schemas import MendFormSchema, RowSchema
from settlement.returns.views import TypedCell

blueprint = Blueprint("returns-repair", __name__, url_prefix="/returns", template_folder="../templates")


def _back(return_id: int) -> ResponseReturnValue:
    return redirect(url_for("returns.show", return_id=return_id))


@blueprint.post("/<int:return_id>/repairs")
@requires("maker")
def mend(return_id: int) -> ResponseReturnValue:
    """One row: a new value for its cell, or left out of this return."""
    values, form = load_form(MendFormSchema())
    if values is None:
        flash("；".join(spoken(text) for text in form.errors.values()), "stop")
        return _back(return_id)
    db, now, row = database.current(), clock().now(), values["row"]
    try:
        if values["act"] == "leave_out":
            repairing.leave_out(db, caller(), return_id, row=row, at=now)
        else:
            repairing.mend(db, caller(), return_id, row=row, column=values["column"], value=values["value"], at=now)
    except Invalid as error:
        typed = {(row, values["column"]): TypedCell(values["value"], error.errors[0].text)}
        return version_page(return_id, typed=typed, status=422)
    return _back(return_id)


@blueprint.post("/<int:return_id>/repairs/undo")
@requires("maker")
def undo(return_id: int) -> ResponseReturnValue:
    values, _form = load_form(RowSchema())
    if values is not None:
        repairing.undo(
            database.current(), caller(), return_id, row=values["row"], column=values["column"], at=clock().now()
        )
    return _back(return_id)


@blueprint.post("/<int:return_id>/repaired")
@requires("maker", transaction="own", rate="upload")
def read_again(return_id: int) -> ResponseReturnValue:
    """The mended file as the next version; a large one beside a page of its progress."""
    taken = read_mended(return_id)
    return to_its_page(taken) if isinstance(taken, Work) else _back(taken.id or return_id)
