"""The strip above a list: the reader's filters of it, the form that keeps the present one, the button that gives one up."""

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.errors import Conflict, Refused
from kernel.saved_filters import service
from kernel.saved_filters.models import SavedFilter
from kernel.saved_filters.schemas import SavedFilterSchema
from kernel.web.edge import clock
from kernel.web.forms import load_form
from kernel.web.language import spoken

blueprint = Blueprint("saved_filters", __name__, url_prefix="/saved-filters")

OF_THE_SHELL = ("lang", "page", "per_page", "format")


@blueprint.app_context_processor
def _strip() -> dict[str, object]:
    return {"filters_here": _filters_here, "query_here": _query_here}


def _filters_here() -> list[SavedFilter]:
    """The reader's filters of the present list."""
    return service.filters_of(database.current(), caller(), request.path)


def _query_here() -> str:
    """What the present address asks of its list; empty where it asks for everything."""
    return urlencode(
        [(name, value) for name, value in request.args.items(multi=True) if value and name not in OF_THE_SHELL]
    )


@blueprint.post("")
@requires(*ROLES, unconfirmed=True)
def save() -> ResponseReturnValue:
    values, form = load_form(SavedFilterSchema())
    if values is None:
        flash(_("给筛选起个名字，最多 30 个字"), "stop")
        path = form.values.get("list", "")
        return redirect(f"{path}?{form.values.get('query', '')}" if "list" not in form.errors and path else "/")
    try:
        kept = service.save(database.current(), caller(), **values, at=clock().now())
    except (Conflict, Refused) as error:
        flash(spoken(error.text), "stop")
        return redirect(f"{values['path']}?{values['query']}")
    flash(_("筛选“%(name)s”存好了", name=kept.name), "ok")
    return redirect(kept.address)


@blueprint.post("/<int:filter_id>/removal")
@requires(*ROLES, unconfirmed=True)
def remove(filter_id: int) -> ResponseReturnValue:
    gone = service.remove(database.current(), caller(), filter_id, at=clock().now())
    flash(_("筛选“%(name)s”删了", name=gone.name), "ok")
    return redirect(gone.path)
