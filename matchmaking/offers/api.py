"""Who could lend on a request, as JSON."""

from typing import Any

from flask import current_app

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.policies import PolicyBook
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching_policy import matching_policy
from matchmaking.offers import service
from matchmaking.offers.schemas import AnswerOut, LooseningSchema, chosen_from
from matchmaking.offers.service import Answer

blueprint = Blueprint("offers-api", __name__, url_prefix="/api/v1/requests", description="Who could lend")


def policy_book() -> PolicyBook:
    """The policy book of the present app."""
    book = current_app.extensions["policies"]
    assert isinstance(book, PolicyBook)
    return book


def todays_policy() -> MatchingPolicy:
    """The matching policy in force today."""
    return matching_policy(policy_book(), clock().today())


@blueprint.get("/<int:request_id>/offers")
@blueprint.arguments(LooseningSchema, location="query")
@blueprint.response(200, AnswerOut)
@requires("owner", "clerk", scope="matchmaking:read")
def show_offers(values: dict[str, Any], request_id: int) -> Answer:
    """The products that could serve a request today, draft or not, and what single changes would open."""
    return service.answer(
        database.current(),
        caller(),
        request_id,
        policy=todays_policy(),
        day=clock().today(),
        chosen=chosen_from(values),
    )
