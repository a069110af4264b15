"""Certified balances as JSON."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.parties.service import party_by_code
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from, page_of
from settlement.certified_balances import service
from settlement.certified_balances.schemas import BalanceOut, BalancesAskedSchema, BalanceSchema, BalancesPageOut
from settlement.handed_over import policy_book

blueprint = Blueprint(
    "certified-balances-api",
    __name__,
    url_prefix="/api/v1/certified-balances",
    description="Balances certified by the central bank's branch",
)


@blueprint.get("")
@blueprint.arguments(BalancesAskedSchema, location="query")
@blueprint.response(200, BalancesPageOut)
@requires(*service.READERS, scope="settlement:read")
def list_balances(asked: dict[str, Any]) -> Page[Any]:
    """Every version that the caller may see, the newest quarter first."""
    query = service.balances_query(caller(), quarter=asked["quarter"], institution_code=asked["institution_code"])
    page = page_of(database.current(), query, asked_from(asked))
    return page.map(lambda row: service.BalanceRow(*row))


@blueprint.post("")
@blueprint.arguments(BalanceSchema)
@blueprint.response(201, BalanceOut)
@requires(service.RECORDER)
def record_balance(values: dict[str, Any]) -> service.BalanceRow:
    """Record one figure; another figure for the same institution and quarter end is its next version."""
    db, now, figure = database.current(), clock(), service.Figure(**values)
    kept = service.record_balance(db, caller(), figure, book=policy_book(), at=now.now(), today=now.today())
    return service.BalanceRow(kept, party_by_code(db, figure.institution_code))
