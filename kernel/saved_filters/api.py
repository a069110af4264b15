"""Saved filters as JSON, each person their own."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.saved_filters import service
from kernel.saved_filters.models import SavedFilter
from kernel.saved_filters.schemas import SavedFilterOut, SavedFilterSchema
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock

blueprint = Blueprint(
    "saved-filters-api", __name__, url_prefix="/api/v1/saved-filters", description="Lists that somebody comes back to"
)


@blueprint.get("")
@blueprint.response(200, SavedFilterOut(many=True))
@requires(*ROLES)
def list_filters() -> list[SavedFilter]:
    """The caller's filters of all lists."""
    return service.filters_of(database.current(), caller())


@blueprint.post("")
@blueprint.arguments(SavedFilterSchema)
@blueprint.response(201, SavedFilterOut)
@requires(*ROLES, unconfirmed=True)
def save_filter(values: dict[str, Any]) -> SavedFilter:
    """Keep the filter of a list under a name."""
    return service.save(database.current(), caller(), **values, at=clock().now())


@blueprint.delete("/<int:filter_id>")
@blueprint.response(204)
@requires(*ROLES, unconfirmed=True)
def remove_filter(filter_id: int) -> None:
    """Give a filter up."""
    service.remove(database.current(), caller(), filter_id, at=clock().now())
