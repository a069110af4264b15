"""What platforms tell us of themselves: signed messages by Standard Webhooks, each taken in once."""

import json
from typing import Any

from flask import current_app, request

from kernel import database
from kernel.accounts.access import public
from kernel.errors import NotFound, Refused
from kernel.outbox.pulling import PullOffice, take_item
from kernel.outbox.receiving import LONGEST_CODE, take_in
from kernel.outbox.rest import Platform, item_of
from kernel.outbox.schemas import TakenInOut
from kernel.outbox.signing import check_signature
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock

LONGEST_BODY = 1 << 20

blueprint = Blueprint(
    "platforms-api", __name__, url_prefix="/api/v1/platforms", description="Messages of the platforms"
)


def _platform(name: str) -> tuple[PullOffice, Platform]:
    office: PullOffice = current_app.extensions["pull_office"]
    platform = office.platforms.get(name)
    if platform is None or not platform.entrance.secret:
        raise NotFound("platform_not_found", "这里没有接这个平台", "This platform is not connected here")
    return office, platform


@blueprint.post("/<name>/<kind>")
@blueprint.response(200, TakenInOut)
@public(signed=True)
def receive(name: str, kind: str) -> dict[str, Any]:
    """One record that a platform pushes, signed over id, time and body; a repeated one answers the same and changes nothing."""
    office, platform = _platform(name)
    body, now = request.get_data(cache=True), clock().now()
    code = check_signature(dict(request.headers), body, keys=[platform.entrance.secret], at=now)
    rule = platform.connector.pulls.get(kind)
    if rule is None or len(body) > LONGEST_BODY:
        raise NotFound("kind_not_found", "这里不收这种数据", "Records of this kind are not taken in here")
    db = database.current()
    if not take_in(db, name, f"push:{code}"[:LONGEST_CODE], body, at=now):
        return {"taken": False}
    try:
        raw = json.loads(body)
    except ValueError:
        raise Refused("not_json", "内容不是 JSON", "The body is not JSON") from None
    return {"taken": take_item(db, name, kind, item_of(rule, raw), intakes=office.intakes, at=now)}
