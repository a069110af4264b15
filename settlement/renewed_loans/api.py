"""The cross-check of renewals as JSON."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from settlement.handed_over import premises
from settlement.renewed_loans.schemas import RenewalCheckAskedSchema, RenewalCheckOut, RenewalChecksAskedSchema
from settlement.renewed_loans.service import READERS, RenewalCheck, check, check_all
from settlement.renewed_loans.told import recorded_renewals

blueprint = Blueprint(
    "renewed-loans-api", __name__, url_prefix="/api/v1/renewed-loans", description="Renewals against returns"
)


@blueprint.get("")
@blueprint.arguments(RenewalCheckAskedSchema, location="query")
@blueprint.response(200, RenewalCheckOut)
@requires(*READERS, scope="settlement:read")
def show_check(values: dict[str, Any]) -> RenewalCheck:
    """A bank's return of a quarter against the recorded renewals, both ways."""
    return check(
        database.current(),
        caller(),
        code=values["bank"],
        quarter=values["quarter"],
        recorded=recorded_renewals(),
        keeping=premises().keeping,
    )


@blueprint.get("/banks")
@blueprint.arguments(RenewalChecksAskedSchema, location="query")
@blueprint.response(200, RenewalCheckOut(many=True))
@requires(*READERS, scope="settlement:read")
def list_checks(values: dict[str, Any]) -> list[RenewalCheck]:
    """The checks of every bank that filed a return of the quarter; a bank has but its own."""
    return check_all(
        database.current(),
        caller(),
        quarter=values["quarter"],
        recorded=recorded_renewals(),
        keeping=premises().keeping,
    )
