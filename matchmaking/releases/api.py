"""Releases of a session's plan as JSON: what changed, and calling off."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.edge import clock
from matchmaking.handed_over import policy_book
from matchmaking.releases import reading, service
from matchmaking.releases.reading import ShownRelease
from matchmaking.releases.schemas import CallOffSchema, ReleaseOut, asked_from
from matchmaking.sessions.api import PARTIES, READ, WRITE, blueprint
from matchmaking.sessions.service import session_by_id

MAY_CALL_OFF = ("owner", "clerk", "product_manager", "organiser")


@blueprint.get("/<int:session_id>/releases")
@blueprint.response(200, ReleaseOut(many=True))
@requires(*PARTIES, scope=READ)
def list_releases(session_id: int) -> list[ShownRelease]:
    """Every release of the plan, the newest first, with the changes of the caller's meetings."""
    db = database.current()
    return reading.releases_for(db, caller(), session_by_id(db, session_id), today=clock().today())


@blueprint.post("/<int:session_id>/releases")
@blueprint.arguments(CallOffSchema)
@blueprint.response(201, ReleaseOut)
@requires(*MAY_CALL_OFF, scope=WRITE, transaction="own")
def call_off(values: dict[str, Any], session_id: int) -> ShownRelease:
    """Call off after publication; the plan is repaired and goes out as a new release."""
    db, reason, at = database.current(), values.pop("reason"), clock().now()
    made = service.call_off(
        db, caller(), session_id, asked=asked_from(values), reason=reason, book=policy_book(), at=at
    )
    shown = reading.releases_for(db, caller(), session_by_id(db, session_id), today=clock().today())
    return next(one for one in shown if one.number == made.number)
