"""How prior clients travel."""

from marshmallow import fields

from kernel.fields import CreditCode, Day, Line, Schema
from kernel.web.paging import AskedSchema, PageOut


class PriorClientSchema(Schema):
    """A firm that has borrowed from the bank, and since when."""

    code = CreditCode(required=True)
    since = Day(required=True)


class ClientsAskedSchema(AskedSchema):
    """A credit code or a part of a registered name."""

    name = Line(longest=60, load_default="")


class PriorClientOut(Schema):
    """A firm on the caller's own list; its name where it is registered."""

    id = fields.Integer(attribute="client.id")
    code = fields.String(attribute="client.code")
    name = fields.String()
    since = fields.Date(attribute="client.since")
    recorded_at = fields.AwareDateTime(attribute="client.recorded_at")


class PriorClientPageOut(PageOut):
    items = fields.List(fields.Nested(PriorClientOut))


class PriorClientPutOut(Schema):
    """What putting it there did: `new`, `changed` or `unchanged`."""

    action = fields.String()
