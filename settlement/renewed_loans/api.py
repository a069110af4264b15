"""The cross-check of renewals as JSON."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from settlement.handed_over import premises
from settlement.renewed_loans.schemas import RenewalCheckAskedSchema, RenewalCheckOut
from settlement.renewed_loans.service import READERS, RenewalCheck, check
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
