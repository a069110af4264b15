"""Sign-ups of firms as JSON, for the officials who confirm who they are."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from
from matchmaking.enrolment import reading, service
from matchmaking.enrolment.reading import FiledEnrolment
from matchmaking.enrolment.schemas import (
    EnrolmentOut,
    EnrolmentPageOut,
    EnrolmentsAskedSchema,
    IdentityRefusalSchema,
)
from matchmaking.enrolment.workflow import OFFICIALS

READ = "matchmaking:read"

blueprint = Blueprint("enrolments-api", __name__, url_prefix="/api/v1/sign-ups", description="Sign-ups of firms")


@blueprint.get("")
@blueprint.arguments(EnrolmentsAskedSchema, location="query")
@blueprint.response(200, EnrolmentPageOut)
@requires(*OFFICIALS, scope=READ)
def list_enrolments(values: dict[str, Any]) -> Page[FiledEnrolment]:
    """The sign-ups of the county's firms, or of the whole city for its organiser, the newest first."""
    return reading.enrolments_for(database.current(), caller(), asked_from(values), state=values["state"])


@blueprint.get("/<int:enrolment_id>")
@blueprint.response(200, EnrolmentOut)
@requires(*OFFICIALS, scope=READ)
def show_enrolment(enrolment_id: int) -> FiledEnrolment:
    """One sign-up."""
    return reading.enrolment_for(database.current(), caller(), enrolment_id)


@blueprint.post("/<int:enrolment_id>/confirmation")
@blueprint.response(200, EnrolmentOut)
@requires(*OFFICIALS)
def confirm_enrolment(enrolment_id: int) -> FiledEnrolment:
    """The firm is who it says; in person only, no token will do."""
    return service.confirm(database.current(), caller(), enrolment_id, at=clock().now())


@blueprint.post("/<int:enrolment_id>/refusal")
@blueprint.arguments(IdentityRefusalSchema)
@blueprint.response(200, EnrolmentOut)
@requires(*OFFICIALS)
def refuse_enrolment(values: dict[str, Any], enrolment_id: int) -> FiledEnrolment:
    """It is not; the account is closed and the reason told at its next sign-in."""
    return service.refuse(database.current(), caller(), enrolment_id, reason=values["reason"], at=clock().now())
