"""Alerts on loans called in or cut before maturity, as JSON: for the financial work bureau and the finance side."""

from kernel import database
from kernel.accounts.access import requires
from kernel.accounts.roles import FINANCE_SIDE
from kernel.errors import Conflict
from kernel.web.api_blueprint import Blueprint
from settlement.calendar import quarter_in_path
from settlement.handed_over import policy_book, premises
from settlement.squeezes.reading import BankAlerts, alerts_of
from settlement.squeezes.schemas import BankAlertsOut
from settlement.unfinished import NotFinished, time_limit

READERS = ("organiser", "central_bank_officer", *FINANCE_SIDE)
blueprint = Blueprint(
    "squeezes-api", __name__, url_prefix="/api/v1/loan-squeezes", description="Loans called in or cut before maturity"
)


def found_in(quarter: str, most: int | None = None, bank: str | None = None) -> list[BankAlerts]:
    """The alerts of a quarter written in a path, the largest `most` of each bank or of the one with this code.

    `NotFinished` where the returns are new and comparing them takes longer than a page may.
    """
    return alerts_of(
        database.current(),
        quarter_in_path(quarter),
        keeping=premises().keeping,
        book=policy_book(),
        most=most,
        bank=bank,
        is_time_up=time_limit(),
    )


@blueprint.get("/<quarter>")
@blueprint.response(200, BankAlertsOut(many=True))
@requires(*READERS, scope="settlement:read")
def list_squeezes(quarter: str) -> list[BankAlerts]:
    """Each bank's alerts between the quarter before and this one; 409 while they are being worked out: ask again for the rest."""
    try:
        return found_in(quarter)
    except NotFinished as error:
        raise Conflict(
            "not_finished",
            f"正在比对，算好 {error.done} 家，共 {error.whole} 家；过一会儿再要一次",
            f"{error.done} of {error.whole} banks are compared; ask again in a moment",
        ) from None
