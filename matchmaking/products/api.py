"""Loan products as JSON."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from
from matchmaking.marks_today import rules_today
from matchmaking.products import reading, service
from matchmaking.products.reading import Listing, Sought
from matchmaking.products.schemas import (
    ProductChangeSchema,
    ProductMoveSchema,
    ProductOut,
    ProductPageOut,
    ProductSchema,
    ShelfAskedSchema,
    SoughtSchema,
    terms_from,
)

READ, WRITE = "matchmaking:read", "matchmaking:write"

blueprint = Blueprint("products-api", __name__, url_prefix="/api/v1/products", description="Loan products")


def sought_from(values: dict[str, Any]) -> Sought:
    """What is looked for, from loaded query arguments."""
    mark = values["mark"]
    return Sought(
        values["amount"],
        values["term"],
        values["guarantee"],
        values["bank"],
        values["sort"],
        longer_than=rules_today().long_over if mark == "medium_long_term" else None,
        green_channel=mark == "green_channel",
        no_deposit=mark == "no_deposit",
    )


@blueprint.get("")
@blueprint.arguments(SoughtSchema, location="query")
@blueprint.response(200, ProductPageOut)
@requires(*ROLES, scope=READ)
def list_products(values: dict[str, Any]) -> Page[Listing]:
    """The products on offer today that fit the filters."""
    return reading.hall(database.current(), sought_from(values), asked_from(values), day=clock().today())


@blueprint.get("/mine")
@blueprint.arguments(ShelfAskedSchema, location="query")
@blueprint.response(200, ProductPageOut)
@requires("product_manager", "maker", "checker", scope=READ)
def list_own_products(values: dict[str, Any]) -> Page[Listing]:
    """All products of the caller's bank, drafts and withdrawn ones included."""
    return reading.own_products(database.current(), caller(), asked_from(values), state=values["state"])


@blueprint.post("")
@blueprint.arguments(ProductSchema)
@blueprint.response(201, ProductOut)
@requires("product_manager", scope=WRITE)
def create_product(values: dict[str, Any]) -> Listing:
    """A new draft of the caller's bank."""
    return service.create(database.current(), caller(), terms=terms_from(values), at=clock().now())


@blueprint.get("/<int:product_id>")
@blueprint.response(200, ProductOut)
@requires(*ROLES, scope=READ)
def show_product(product_id: int) -> Listing:
    """A published product, or any of the caller's own bank."""
    return reading.product_for(database.current(), caller(), product_id)


@blueprint.get("/<int:product_id>/versions")
@blueprint.response(200, ProductOut(many=True))
@requires(*ROLES, scope=READ)
def list_versions(product_id: int) -> list[Listing]:
    """Every version of a product, the newest first."""
    db = database.current()
    return reading.versions_of(db, caller(), reading.product_for(db, caller(), product_id))


@blueprint.put("/<int:product_id>")
@blueprint.arguments(ProductChangeSchema)
@blueprint.response(200, ProductOut)
@requires("product_manager", scope=WRITE)
def change_product(values: dict[str, Any], product_id: int) -> Listing:
    """New terms from now on, as a new version; matches keep the version they saw."""
    return service.change(
        database.current(), caller(), product_id, terms=terms_from(values), seen=values["seen"], at=clock().now()
    )


@blueprint.post("/<int:product_id>/moves")
@blueprint.arguments(ProductMoveSchema)
@blueprint.response(200, ProductOut)
@requires("product_manager", scope=WRITE)
def move_product(values: dict[str, Any], product_id: int) -> Listing:
    """Publish or withdraw a product."""
    return service.move(database.current(), caller(), product_id, values["move"], at=clock().now())
