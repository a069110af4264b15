"""The trail as JSON, for auditors."""

from typing import Any

from marshmallow import fields

from kernel import database
from kernel.accounts.access import requires
from kernel.audit.pages import AUDITORS, TrailSchema
from kernel.audit.reading import TrailAsked, trail_query
from kernel.audit.watching import checkpoints, trail_state
from kernel.fields import Schema
from kernel.web.api_blueprint import Blueprint
from kernel.web.paging import PageOut, asked_from, page_of

blueprint = Blueprint("audit-api", __name__, url_prefix="/api/v1/audit", description="The audit trail")


class AuditEntryOut(Schema):
    """One change; `detail` is canonical JSON, `digest` chains it to the entry before."""

    number = fields.Integer()
    at = fields.AwareDateTime()
    account_id = fields.Integer(allow_none=True)
    organisation_id = fields.Integer(allow_none=True)
    act = fields.String()
    subject_kind = fields.String()
    subject_id = fields.String()
    detail = fields.String()
    previous_digest = fields.String()
    digest = fields.String()


class TrailOut(PageOut):
    items = fields.List(fields.Nested(AuditEntryOut))


class TrailStateOut(Schema):
    entries = fields.Integer()
    is_sound = fields.Boolean()
    broken_at = fields.Integer(allow_none=True)
    checkpoints = fields.Integer()
    unsigned = fields.List(fields.Integer())
    contradicted = fields.List(fields.Integer())


@blueprint.get("/entries")
@blueprint.arguments(TrailSchema, location="query")
@blueprint.response(200, TrailOut)
@requires(*AUDITORS, scope="audit:read")
def list_entries(args: dict[str, Any]) -> Any:
    """Entries, newest first."""
    asked = asked_from(args)
    wanted = TrailAsked(*(args[name] for name in ("since", "until", "act", "subject", "username")))
    return page_of(database.current(), trail_query(wanted), asked).map(lambda row: row[0])


@blueprint.get("/check")
@blueprint.response(200, TrailStateOut)
@requires(*AUDITORS, scope="audit:read")
def check() -> Any:
    """The whole chain recomputed, held against every published checkpoint."""
    return trail_state(database.current(), checkpoints())
