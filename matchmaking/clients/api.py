"""A bank's own list of prior clients, as JSON."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import INSTITUTION_ROLES
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from
from matchmaking.clients import reading, service
from matchmaking.clients.reading import ListedClient
from matchmaking.clients.schemas import ClientsAskedSchema, PriorClientPageOut, PriorClientPutOut, PriorClientSchema

READ, WRITE = "matchmaking:read", "matchmaking:write"

blueprint = Blueprint(
    "clients-api", __name__, url_prefix="/api/v1/clients", description="A bank's own list of prior clients"
)


@blueprint.get("")
@blueprint.arguments(ClientsAskedSchema, location="query")
@blueprint.response(200, PriorClientPageOut)
@requires(*INSTITUTION_ROLES, scope=READ)
def list_clients(asked: dict[str, Any]) -> Page[ListedClient]:
    """The list of the caller's bank; no other bank and no bureau reads it."""
    return reading.clients_of(database.current(), caller(), asked_from(asked), sought=asked["name"].strip())


@blueprint.post("")
@blueprint.arguments(PriorClientSchema)
@blueprint.response(201, PriorClientPutOut)
@requires("product_manager", scope=WRITE)
def put_client(values: dict[str, Any]) -> dict[str, str]:
    """Put a firm on the list, or change its day."""
    return {"action": service.put(database.current(), caller(), **values, at=clock().now())}


@blueprint.delete("/<int:client_id>")
@blueprint.response(204)
@requires("product_manager", scope=WRITE)
def remove_client(client_id: int) -> None:
    """Take a firm off the list; what was counted stays as it was."""
    service.remove(database.current(), caller(), client_id, at=clock().now())
