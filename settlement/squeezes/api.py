"""Alerts on loans called in or cut before maturity, as JSON: for the financial work bureau and the finance side."""

from kernel import database
from kernel.accounts.access import requires
from kernel.accounts.roles import FINANCE_SIDE
from kernel.web.api_blueprint import Blueprint
from settlement.calendar import quarter_in_path
from settlement.handed_over import policy_book, premises
from settlement.squeezes.reading import BankAlerts, alerts_of
from settlement.squeezes.schemas import BankAlertsOut

READERS = ("organiser", "central_bank_officer", *FINANCE_SIDE)
blueprint = Blueprint(
    "squeezes-api", __name__, url_prefix="/api/v1/loan-squeezes", description="Loans called in or cut before maturity"
)


def found_in(quarter: str, most: int | None = None, bank: str | None = None) -> list[BankAlerts]:
    """The alerts of a quarter written in a path, the largest `most` of each bank or of the one with this code."""
    asked = quarter_in_path(quarter)
    return alerts_of(database.current(), asked, keeping=premises().keeping, book=policy_book(), most=most, bank=bank)


@blueprint.get("/<quarter>")
@blueprint.response(200, BankAlertsOut(many=True))
@requires(*READERS, scope="settlement:read")
def list_squeezes(quarter: str) -> list[BankAlerts]:
    """Each bank's alerts between the quarter before and this one."""
    return found_in(quarter)
