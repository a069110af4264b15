"""How seals travel."""

from marshmallow import fields

from kernel.fields import QuarterField, Schema
from kernel.web.paging import AskedSchema


class OwnReceiptsAskedSchema(AskedSchema):
    """The receipts of a quarter."""

    quarter = QuarterField(load_default=None)


class QuarterSealOut(Schema):
    """One seal: the digests that its audit entry binds, and the number of that entry."""

    quarter = fields.String()
    sequence = fields.Integer()
    contents = fields.String()
    statements = fields.String()
    files = fields.Integer()
    entry_number = fields.Integer()
    sealed_at = fields.AwareDateTime()
