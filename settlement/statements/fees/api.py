"""The contracts of a fee-subsidy statement as JSON."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.paging import Page, asked_from, page_of
from settlement.statements import service
from settlement.statements.fees.schemas import FeeContractsAskedSchema, FeeContractsPageOut
from settlement.statements.fees.views import contracts_query

blueprint = Blueprint(
    "fee-contracts-api", __name__, url_prefix="/api/v1", description="Contracts of a guarantor's statement"
)


@blueprint.get("/statements/<number>/contracts")
@blueprint.arguments(FeeContractsAskedSchema, location="query")
@blueprint.response(200, FeeContractsPageOut)
@requires(*service.READERS, scope="settlement:read")
def list_contracts(asked: dict[str, Any], number: str) -> Page[Any]:
    """What each contract earned and why, or why it was left out; a statement of another scheme has none."""
    db = database.current()
    statement = service.statement_by_number(db, caller(), number)
    query = contracts_query(statement, left_out=asked["left_out"], wanted=asked["wanted"])
    return page_of(db, query, asked_from(asked))
