"""The caller and their tokens as JSON. Tokens are issued to a person who is signed in, never to another token."""

from typing import Any

from kernel import database
from kernel.accounts import tokens
from kernel.accounts.access import caller, requires
from kernel.accounts.models import AccessToken
from kernel.accounts.roles import ROLES
from kernel.accounts.schemas import CallerOut, IssuedTokenOut, TokenOut, TokenSchema
from kernel.accounts.service import Caller
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock

blueprint = Blueprint("accounts-api", __name__, url_prefix="/api/v1/account", description="The caller and their tokens")


@blueprint.get("")
@blueprint.response(200, CallerOut)
@requires(*ROLES, scope="any")
def show_caller() -> Caller:
    """Who is asking."""
    return caller()


@blueprint.get("/tokens")
@blueprint.response(200, TokenOut(many=True))
@requires(*ROLES)
def list_tokens() -> list[AccessToken]:
    """The caller's own tokens, without their secrets."""
    return tokens.tokens_of(database.current(), caller())


@blueprint.post("/tokens")
@blueprint.arguments(TokenSchema)
@blueprint.response(201, IssuedTokenOut)
@requires(*ROLES, secret=True)
def issue_token(values: dict[str, Any]) -> tokens.IssuedToken:
    """A new token; its secret is in this answer only."""
    return tokens.issue_token(
        database.current(),
        caller(),
        name=values["name"],
        scopes=values["scopes"],
        days=values["days"],
        at=clock().now(),
    )


@blueprint.delete("/tokens/<int:token_id>")
@blueprint.response(204)
@requires(*ROLES)
def revoke_token(token_id: int) -> None:
    """End a token at once."""
    tokens.revoke_token(database.current(), caller(), token_id, at=clock().now())
