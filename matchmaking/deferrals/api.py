"""Deferral as JSON: limits by the rules of a day, applications, decisions."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import AskedSchema, Page, asked_from
from matchmaking.deferrals import reading, service
from matchmaking.deferrals.reading import FiledDeferral, LoanLimits
from matchmaking.deferrals.rules import DeferralAnswer, DeferralFacts, deferral_answers
from matchmaking.deferrals.schemas import (
    DeferralAnswerOut,
    DeferralAskedSchema,
    DeferralLimitsAskedSchema,
    DeferralMoveSchema,
    DeferralOut,
    DeferralPageOut,
    DeferralsAskedSchema,
    LoanLimitsPageOut,
    asked_deferral,
)
from matchmaking.deferrals.workflow import MOVERS, OF_FIRMS, READERS
from matchmaking.handed_over import policy_book

READ, WRITE = "matchmaking:read", "matchmaking:write"

blueprint = Blueprint(
    "deferrals-api", __name__, url_prefix="/api/v1/deferrals", description="Deferral of principal and interest"
)


@blueprint.get("")
@blueprint.arguments(DeferralsAskedSchema, location="query")
@blueprint.response(200, DeferralPageOut)
@requires(*READERS, scope=READ)
def list_deferrals(values: dict[str, Any]) -> Page[FiledDeferral]:
    """The caller's own applications: of its firm, its bank, its county; the bureaus see all."""
    return reading.deferrals_for(database.current(), caller(), asked_from(values), state=values["state"])


@blueprint.post("")
@blueprint.arguments(DeferralAskedSchema)
@blueprint.response(201, DeferralOut)
@requires(*OF_FIRMS, scope=WRITE)
def apply_to_defer(values: dict[str, Any]) -> FiledDeferral:
    """Ask the bank to defer a loan."""
    return service.apply(database.current(), caller(), asked_deferral(values), book=policy_book(), at=clock().now())


@blueprint.get("/<int:deferral_id>")
@blueprint.response(200, DeferralOut)
@requires(*READERS, scope=READ)
def show_deferral(deferral_id: int) -> FiledDeferral:
    """One application."""
    return reading.deferral_for(database.current(), caller(), deferral_id)


@blueprint.post("/<int:deferral_id>/moves")
@blueprint.arguments(DeferralMoveSchema)
@blueprint.response(200, DeferralOut)
@requires(*MOVERS)
def move_deferral(values: dict[str, Any], deferral_id: int) -> FiledDeferral:
    """Grant, refuse or withdraw; not for tokens."""
    return service.move(database.current(), caller(), deferral_id, values["move"], values, at=clock().now())


@blueprint.get("/loans")
@blueprint.arguments(AskedSchema, location="query")
@blueprint.response(200, LoanLimitsPageOut)
@requires(*OF_FIRMS, scope=READ)
def list_loan_limits(values: dict[str, Any]) -> Page[LoanLimits]:
    """The firm's own loans by the day they come due, each with what the rules of today allow."""
    return reading.limits_of(
        database.current(), caller(), asked_from(values), book=policy_book(), today=clock().today()
    )


@blueprint.get("/limits")
@blueprint.arguments(DeferralLimitsAskedSchema, location="query")
@blueprint.response(200, DeferralAnswerOut(many=True))
@requires(*ROLES, scope=READ)
def ask_limits(values: dict[str, Any]) -> list[DeferralAnswer]:
    """How long a loan may be deferred, by each rule in force on the day of asking."""
    values["asked_on"] = values["asked_on"] or clock().today()
    return deferral_answers(DeferralFacts(**values), policy_book())
