"""Seals and receipts over the API."""

from flask import Response

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from settlement.calendar import quarter_in_path
from settlement.returns.service import SEES_ALL
from settlement.seal import service
from settlement.seal.models import QuarterSeal
from settlement.seal.naming import ZIP, file_name
from settlement.seal.places import seal_places
from settlement.seal.receipts import receipt
from settlement.seal.schemas import QuarterSealOut
from settlement.statements.service import READERS, statement_by_number

blueprint = Blueprint("seals-api", __name__, url_prefix="/api/v1", description="The sealed quarter, and receipts")
READ = "settlement:read"


@blueprint.get("/quarters/<quarter>/seals")
@blueprint.response(200, QuarterSealOut(many=True))
@requires(*SEES_ALL, scope=READ)
def list_seals(quarter: str) -> list[QuarterSeal]:
    """Every seal of a quarter, the newest first."""
    return service.seals_of(database.current(), quarter_in_path(quarter))


@blueprint.post("/quarters/<quarter>/seals")
@blueprint.response(201, QuarterSealOut)
@requires(*service.SEALERS)
def seal(quarter: str) -> QuarterSeal:
    """Seal what the books hold of a quarter now."""
    at, by = clock().now(), caller().actor
    return service.seal_quarter(database.current(), quarter_in_path(quarter), places=seal_places(), by=by, at=at)


@blueprint.get("/quarters/<quarter>/seals/<int:sequence>/file")
@blueprint.response(200)
@requires(*service.SEALERS, scope=READ)
def seal_file(quarter: str, sequence: int) -> Response:
    """The sealed file: everything that the quarter's settlement rests on."""
    db, places = database.current(), seal_places()
    found = service.seal_of(db, quarter_in_path(quarter), sequence)
    return file_to_save(service.sealed_file(db, found, places=places), file_name(found), ZIP)


@blueprint.get("/statements/<number>/receipt")
@blueprint.response(200)
@requires(*READERS, scope=READ)
def statement_receipt(number: str) -> Response:
    """The receipt of a statement: as it was sealed, with the way to the published checkpoint and nothing of others."""
    db = database.current()
    found = statement_by_number(db, caller(), number)
    return file_to_save(receipt(db, found, places=seal_places()), f"{found.number}-receipt.json", "application/json")
