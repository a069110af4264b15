"""The policy book as JSON."""

from datetime import date
from typing import Any

from marshmallow import fields

from kernel.accounts.access import requires
from kernel.accounts.roles import ROLES
from kernel.fields import Day, Schema
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.policies import reading
from kernel.web.policies.in_force import policy_book

blueprint = Blueprint("policies-api", __name__, url_prefix="/api/v1/policies", description="Policies as dated data")


class TextOut(Schema):
    zh = fields.String()
    en = fields.String()


class DayIn(Schema):
    day = Day()


class ClauseOut(Schema):
    """One money clause; `payable` is the answer for the asked day, `reason` says why."""

    number = fields.Integer(attribute="clause.number")
    kind = fields.String(attribute="clause.kind")
    scheme = fields.String(attribute="clause.scheme")
    title = fields.Nested(TextOut, attribute="clause.title")
    place = fields.Nested(TextOut, attribute="clause.place")
    valid_from = fields.Date(attribute="clause.valid_from")
    valid_until = fields.Date(attribute="clause.valid_until", allow_none=True)
    reference = fields.String(attribute="clause.reference")
    quote = fields.String(attribute="clause.quote")
    payable = fields.Boolean()
    waits = fields.Boolean()
    reason = fields.Nested(TextOut)


class DatedValueOut(Schema):
    shown = fields.Nested(TextOut)
    since = fields.Date()
    until = fields.Date(allow_none=True)
    reference = fields.String()
    origin = fields.String()
    decision = fields.String(allow_none=True)
    in_force = fields.Boolean()


class ParameterOut(Schema):
    name = fields.String()
    title = fields.Nested(TextOut)
    missing = fields.Nested(TextOut, allow_none=True)
    values = fields.List(fields.Nested(DatedValueOut))


class SchemeOut(Schema):
    id = fields.String()
    title = fields.Nested(TextOut)
    digest = fields.String()


class WholeSchemeOut(SchemeOut):
    parameters = fields.List(fields.Nested(ParameterOut))


def _day(args: dict[str, Any]) -> date:
    day = args.get("day")
    return day if isinstance(day, date) else clock().today()


@blueprint.get("")
@blueprint.response(200, SchemeOut(many=True))
@requires(*ROLES, scope="any")
def list_schemes() -> Any:
    """Every scheme with the digest of what it says."""
    return list(policy_book().schemes)


@blueprint.get("/clauses")
@blueprint.arguments(DayIn, location="query")
@blueprint.response(200, ClauseOut(many=True))
@requires(*ROLES, scope="any")
def list_clauses(args: dict[str, Any]) -> Any:
    """All money clauses of the notice, each with its answer for the day."""
    return reading.clauses(_day(args))


@blueprint.get("/<scheme_id>")
@blueprint.arguments(DayIn, location="query")
@blueprint.response(200, WholeSchemeOut)
@requires(*ROLES, scope="any")
def show_scheme(args: dict[str, Any], scheme_id: str) -> Any:
    """One scheme with every dated value."""
    scheme = policy_book().scheme(scheme_id)
    shown = reading.parameters(scheme, _day(args))
    return {"id": scheme.id, "title": scheme.title, "digest": scheme.digest, "parameters": shown}
