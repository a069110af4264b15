"""An institution's own payee account as JSON; two people of it signed in, never a token."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from settlement.payments import own_accounts
from settlement.payments.models import PayeeAccount
from settlement.payments.payees import AccountDetails
from settlement.payments.schemas import OwnAccountSchema, PayeeOut, SecondHandSchema

blueprint = Blueprint(
    "own-account-api", __name__, url_prefix="/api/v1/own-account", description="An institution's payee account"
)


@blueprint.get("")
@blueprint.response(200, PayeeOut(many=True))
@requires(*own_accounts.HOLDERS)
def list_versions() -> list[PayeeAccount]:
    """Every version of the caller's institution, the newest first."""
    return own_accounts.own_versions(database.current(), caller())


@blueprint.post("")
@blueprint.arguments(OwnAccountSchema)
@blueprint.response(201, PayeeOut)
@requires(own_accounts.MAKER)
def enter(values: dict[str, Any]) -> PayeeAccount:
    """Enter a new account; the institution's checker confirms it, then the bureau checks it."""
    return own_accounts.enter_own(database.current(), caller(), AccountDetails(**values), at=clock().now())


@blueprint.post("/<int:number>/confirmations")
@blueprint.arguments(SecondHandSchema)
@blueprint.response(200, PayeeOut)
@requires(own_accounts.CHECKER)
def confirm(values: dict[str, Any], number: int) -> PayeeAccount:
    """Send an entry on to the bureau, or refuse it with a reason."""
    return own_accounts.confirm_own(database.current(), caller(), number, at=clock().now(), **values)
