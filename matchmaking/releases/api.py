"""Releases of a session's plan as JSON: what changed, calling off, withdrawing a request, revoking its consent."""

from typing import Any

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.web.edge import clock
from matchmaking.handed_over import policy_book
from matchmaking.releases import reading, retracting, service
from matchmaking.releases.reading import ShownRelease
from matchmaking.releases.schemas import CallOffSchema, ReleaseOut, asked_from
from matchmaking.requests.api import OF_ENTERPRISE
from matchmaking.requests.api import blueprint as requests_blueprint
from matchmaking.requests.reading import FiledRequest
from matchmaking.requests.schemas import RequestOut
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


@requests_blueprint.post("/<int:request_id>/withdrawal")
@requests_blueprint.response(200, RequestOut)
@requires(*OF_ENTERPRISE, scope=WRITE, unconfirmed=True)
def withdraw_request(request_id: int) -> FiledRequest:
    """Withdraw a request for good."""
    return retracting.withdraw_request(database.current(), caller(), request_id, at=clock().now())


@requests_blueprint.delete("/<int:request_id>/consent")
@requests_blueprint.response(200, RequestOut)
@requires(*OF_ENTERPRISE, scope=WRITE, unconfirmed=True)
def revoke_consent(request_id: int) -> FiledRequest:
    """Take back the consent: the request is a draft again and no bank sees it."""
    return retracting.revoke_consent(database.current(), caller(), request_id, at=clock().now())
