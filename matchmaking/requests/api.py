"""Financing requests as JSON. Withdrawing and revoking touch sessions too: `matchmaking.sessions.api`."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from
from matchmaking.requests import reading, service
from matchmaking.requests.reading import FiledRequest
from matchmaking.requests.schemas import (
    ConsentSchema,
    RequestChangeSchema,
    RequestOut,
    RequestPageOut,
    RequestsAskedSchema,
    RequestSchema,
    terms_from,
)

READ, WRITE = "matchmaking:read", "matchmaking:write"
OF_ENTERPRISE = ("owner", "clerk")

blueprint = Blueprint("requests-api", __name__, url_prefix="/api/v1/requests", description="Financing requests")


@blueprint.get("")
@blueprint.arguments(RequestsAskedSchema, location="query")
@blueprint.response(200, RequestPageOut)
@requires(*OF_ENTERPRISE, "organiser", scope=READ)
def list_requests(values: dict[str, Any]) -> Page[FiledRequest]:
    """The requests of the caller's enterprise; for the organising bureau all that were ever published."""
    return reading.requests_for(database.current(), caller(), asked_from(values), state=values["state"])


@blueprint.post("")
@blueprint.arguments(RequestSchema)
@blueprint.response(201, RequestOut)
@requires(*OF_ENTERPRISE, scope=WRITE, unconfirmed=True)
def create_request(values: dict[str, Any]) -> FiledRequest:
    """A new draft, seen by nobody else."""
    return service.create(database.current(), caller(), terms=terms_from(values), at=clock().now(), source="api")


@blueprint.get("/<int:request_id>")
@blueprint.response(200, RequestOut)
@requires(*OF_ENTERPRISE, "organiser", scope=READ)
def show_request(request_id: int) -> FiledRequest:
    """One request."""
    return reading.request_for(database.current(), caller(), request_id)


@blueprint.put("/<int:request_id>")
@blueprint.arguments(RequestChangeSchema)
@blueprint.response(200, RequestOut)
@requires(*OF_ENTERPRISE, scope=WRITE, unconfirmed=True)
def change_request(values: dict[str, Any], request_id: int) -> FiledRequest:
    """New terms from now on, as a new version; matches keep the version they saw."""
    return service.change(
        database.current(), caller(), request_id, terms=terms_from(values), seen=values["seen"], at=clock().now()
    )


@blueprint.post("/<int:request_id>/publication")
@blueprint.arguments(ConsentSchema)
@blueprint.response(200, RequestOut)
@requires(*OF_ENTERPRISE, scope=WRITE, unconfirmed=True)
def publish_request(values: dict[str, Any], request_id: int) -> FiledRequest:
    """Publish a draft with the consent to show it."""
    return service.publish(
        database.current(),
        caller(),
        request_id,
        audience=values["audience"],
        until=values["until"],
        at=clock().now(),
    )
