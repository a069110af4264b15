"""Feedback as JSON, written and answered in person."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.feedback import service
from kernel.feedback.schemas import (
    FeedbackAnswerSchema,
    FeedbackAskedSchema,
    FeedbackOut,
    FeedbackPageOut,
    FeedbackSchema,
)
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import asked_from, page_of

blueprint = Blueprint(
    "feedback-api", __name__, url_prefix="/api/v1/feedback", description="Opinions about pages and their answers"
)


@blueprint.get("")
@blueprint.arguments(FeedbackAskedSchema, location="query")
@blueprint.response(200, FeedbackPageOut)
@requires(*ROLES)
def list_feedback(asked: dict[str, Any]) -> Any:
    """The caller's own opinions, or everybody's for those of the bureau who answer; the newest first."""
    query = service.feedback_query(caller(), state=asked["state"])
    return page_of(database.current(), query, asked_from(asked)).map(lambda row: service.Opinion(*row))


@blueprint.post("")
@blueprint.arguments(FeedbackSchema)
@blueprint.response(201, FeedbackOut)
@requires(*ROLES, unconfirmed=True)
def write_feedback(values: dict[str, Any]) -> service.Opinion:
    """Say something about a page."""
    db = database.current()
    said = service.write(db, caller(), **values, at=clock().now())
    return service.feedback_by_id(db, caller(), said.id or 0)


@blueprint.post("/<int:feedback_id>/answers")
@blueprint.arguments(FeedbackAnswerSchema)
@blueprint.response(201, FeedbackOut)
@requires(*service.ANSWERERS)
def answer_feedback(values: dict[str, Any], feedback_id: int) -> service.Opinion:
    """Answer an opinion, once."""
    return service.answer(database.current(), caller(), feedback_id, **values, at=clock().now())
