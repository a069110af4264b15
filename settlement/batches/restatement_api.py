"""The restatement as JSON: the preview for readers, the confirmation for the operator in person."""

from typing import Any

from marshmallow import fields

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.fields import Line, Money, Schema
from kernel.web.api_blueprint import Blueprint
from settlement.batches import service
from settlement.batches.places import desk
from settlement.batches.restating import Restatement, preview, restate

blueprint = Blueprint(
    "restatements-api", __name__, url_prefix="/api/v1", description="Corrections of signed statements"
)


class RestatementDeltaOut(Schema):
    """What newer facts do to one statement; `adjustment` = due under present facts − awarded."""

    statement_number = fields.String(attribute="statement.number")
    beneficiary_code = fields.String(attribute="statement.beneficiary_code")
    scheme = fields.String(attribute="statement.scheme")
    quarter = fields.String(attribute="statement.quarter")
    batch = fields.String(attribute="batch.number")
    reopens = fields.Boolean()
    before = Money(allow_none=True)
    after = Money(allow_none=True)
    holds = fields.List(fields.String())
    awarded = Money()
    adjustment = Money(allow_none=True)


class RestatementOut(Schema):
    digest = fields.String()
    deltas = fields.List(fields.Nested(RestatementDeltaOut))
    reopened = fields.List(fields.Pluck("ReopenedBatchOut", "number"))


class ReopenedBatchOut(Schema):
    number = fields.String()


class RestateSchema(Schema):
    digest = Line(longest=64, shortest=64, required=True)


class RestatedOut(Schema):
    written = fields.List(fields.String())


@blueprint.get("/restatements")
@blueprint.response(200, RestatementOut)
@requires(*service.READERS, scope="settlement:read")
def show_preview() -> Restatement:
    """What would change if the signed statements were computed on the present facts."""
    return preview(database.current(), desk=desk())


@blueprint.post("/restatements")
@blueprint.arguments(RestateSchema)
@blueprint.response(200, RestatedOut)
@requires("operator", transaction="own")
def confirm(asked: dict[str, Any]) -> dict[str, Any]:
    """Do what the preview has shown; 409 when it has changed."""
    return {"written": restate(database.current(), caller(), digest=asked["digest"], desk=desk())}
