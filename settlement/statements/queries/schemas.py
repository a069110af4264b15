"""How questions travel."""

from marshmallow import fields

from kernel.fields import Line, Schema
from settlement.statements.queries.service import LONGEST


class QueryAskedSchema(Schema):
    title = Line(longest=120, required=True)
    content = Line(longest=LONGEST, required=True, many_lines=True)
    line = Line(longest=80, shortest=0, load_default="")


class QueryContentSchema(Schema):
    content = Line(longest=LONGEST, required=True, many_lines=True)


class QueryMessageOut(Schema):
    side = fields.String()
    content = fields.String()
    written_at = fields.AwareDateTime()


class QueryThreadOut(Schema):
    """A question on a statement or one of its lines, with what was written; `waits_for` is `bureau`, `beneficiary` or null."""

    id = fields.Integer(attribute="query.id")
    statement_number = fields.String(attribute="query.statement_number")
    revision = fields.Integer(attribute="query.revision")
    kind = fields.String(attribute="query.kind")
    line = fields.String(attribute="query.line")
    title = fields.String(attribute="query.title")
    opened_at = fields.AwareDateTime(attribute="query.opened_at")
    closed_at = fields.AwareDateTime(attribute="query.closed_at", allow_none=True)
    waits_for = fields.String(allow_none=True)
    messages = fields.List(fields.Nested(QueryMessageOut))
