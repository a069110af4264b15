"""The day as JSON, for the systems of banks and firms."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ENTERPRISE_ROLES
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from matchmaking.attendance import service
from matchmaking.attendance.reading import attended_at
from matchmaking.attendance.schemas import MeetingSideOut, OutcomeNoteSchema, SaidSchema
from matchmaking.attendance.workflow import NOTHING, SideSaid
from matchmaking.handed_over import meeting_held, policy_book

ATTENDING = ("product_manager", *ENTERPRISE_ROLES)

blueprint = Blueprint("attendance-api", __name__, url_prefix="/api/v1/meetings", description="The day of a session")


def _own_side(meeting_id: int) -> SideSaid:
    one = service.own_meeting(database.current(), caller(), meeting_id)
    found = attended_at(database.current(), [meeting_id]).get(meeting_id)
    return found.of(one.side) if found else NOTHING


@blueprint.post("/<int:meeting_id>/check-in")
@blueprint.response(200, MeetingSideOut)
@requires(*ATTENDING, scope="matchmaking:write")
def check_in(meeting_id: int) -> SideSaid:
    """The caller's side is here."""
    service.check_in(database.current(), caller(), meeting_id, book=policy_book(), at=clock().now())
    return _own_side(meeting_id)


@blueprint.post("/<int:meeting_id>/said")
@blueprint.arguments(SaidSchema)
@blueprint.response(200, MeetingSideOut)
@requires(*ATTENDING, scope="matchmaking:write")
def say(values: dict[str, Any], meeting_id: int) -> SideSaid:
    """Whether the meeting took place."""
    service.say(database.current(), caller(), meeting_id, **values, book=policy_book(), at=clock().now())
    return _own_side(meeting_id)


@blueprint.post("/<int:meeting_id>/note")
@blueprint.arguments(OutcomeNoteSchema)
@blueprint.response(200, MeetingSideOut)
@requires(*ATTENDING, scope="matchmaking:write")
def note(values: dict[str, Any], meeting_id: int) -> SideSaid:
    """What came of the meeting."""
    options: dict[str, Any] = {"book": policy_book(), "at": clock().now(), "held": meeting_held()}
    service.note(database.current(), caller(), meeting_id, **values, **options)
    return _own_side(meeting_id)
