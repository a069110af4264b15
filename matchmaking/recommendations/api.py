"""Needs of pool firms recommended to banks and platforms, as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ENTERPRISE_ROLES, INSTITUTION_ROLES
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from
from matchmaking.handed_over import past_refusers
from matchmaking.offers.api import todays_policy
from matchmaking.recommendations import choosing, reading, service
from matchmaking.recommendations.choosing import Need
from matchmaking.recommendations.reading import ShownRecommendation
from matchmaking.recommendations.schemas import (
    CandidateOut,
    DeclineSchema,
    RecommendationOut,
    RecommendationsAskedSchema,
    RecommendationsOut,
    RecommendedNumberOut,
    RecommendSchema,
    TakeUpSchema,
)

READ, WRITE = "matchmaking:read", "matchmaking:write"
SENDERS = ("organiser",)
ANSWERERS = ("product_manager",)
READERS = (*SENDERS, *INSTITUTION_ROLES, *ENTERPRISE_ROLES)

blueprint = Blueprint(
    "recommendations-api", __name__, url_prefix="/api/v1/recommendations", description="Needs of pool firms recommended"
)


@dataclass(frozen=True)
class Candidate:
    """A need that can be recommended, with the names of the banks that it would reach."""

    need: Need
    banks: list[str]


def candidates_now(needs: Iterable[Need]) -> list[Candidate]:
    """Which of some needs can be recommended today, for page and API."""
    db, today = database.current(), clock().today()
    found = choosing.candidates(db, needs)
    banks = choosing.fitting_banks(db, found, policy=todays_policy(), day=today, past_refusers=past_refusers())
    return [Candidate(need, [bank.name for bank in banks[need.filed.id]]) for need in found]


def recommend_now(request_ids: list[int]) -> int:
    """The same for page and API."""
    at = clock().now()
    return service.recommend(
        database.current(), caller(), request_ids, policy=todays_policy(), past_refusers=past_refusers(), at=at
    )


@blueprint.get("")
@blueprint.arguments(RecommendationsAskedSchema, location="query")
@blueprint.response(200, RecommendationsOut)
@requires(*READERS, scope=READ)
def list_recommendations(asked: dict[str, Any]) -> Page[ShownRecommendation]:
    """A bank's inbox, a firm's own, for the organising bureau all."""
    db, today = database.current(), clock().today()
    return reading.recommendations_for(db, caller(), asked_from(asked), today=today, state=asked["state"])


@blueprint.get("/candidates")
@blueprint.response(200, CandidateOut(many=True))
@requires(*SENDERS, scope=READ)
def list_candidates() -> list[Candidate]:
    """Requests of pool firms that agreed to be recommended and have not been, with the banks that fit."""
    return candidates_now(choosing.needs_of_pool_firms(database.current(), clock().today()))


@blueprint.post("")
@blueprint.arguments(RecommendSchema)
@blueprint.response(201, RecommendedNumberOut)
@requires(*SENDERS, scope=WRITE)
def recommend(values: dict[str, Any]) -> dict[str, int]:
    """Recommend requests to every bank that fits and to the platforms of the bureau's channels; all or none."""
    return {"made": recommend_now(values["request_ids"])}


def _whole(recommendation_id: int) -> ShownRecommendation:
    return reading.recommendation_for(database.current(), caller(), recommendation_id, today=clock().today())


@blueprint.post("/<int:recommendation_id>/acceptance")
@blueprint.arguments(TakeUpSchema)
@blueprint.response(200, RecommendationOut)
@requires(*ANSWERERS, scope=WRITE)
def take_up(values: dict[str, Any], recommendation_id: int) -> ShownRecommendation:
    """The bank would talk."""
    service.take_up(database.current(), caller(), recommendation_id, note=values["note"], at=clock().now())
    return _whole(recommendation_id)


@blueprint.post("/<int:recommendation_id>/refusal")
@blueprint.arguments(DeclineSchema)
@blueprint.response(200, RecommendationOut)
@requires(*ANSWERERS, scope=WRITE)
def decline(values: dict[str, Any], recommendation_id: int) -> ShownRecommendation:
    """The bank would not, with a coded reason."""
    service.decline(database.current(), caller(), recommendation_id, **values, at=clock().now())
    return _whole(recommendation_id)
