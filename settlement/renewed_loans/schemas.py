"""How the cross-check of renewals travels."""

from marshmallow import fields

from kernel.fields import Line, QuarterField, Schema


class RenewalChecksAskedSchema(Schema):
    """Which quarter."""

    quarter = QuarterField(required=True)


class RenewalCheckAskedSchema(RenewalChecksAskedSchema):
    """Which quarter, of which bank; a bank leaves its own code out."""

    bank = Line(longest=18, shortest=0, load_default="")


class RenewalMismatchOut(Schema):
    kind = fields.String()
    loan = fields.String()
    row = fields.Integer()
    returned = fields.String()
    recorded = fields.String()


class RenewalCheckOut(Schema):
    bank_code = fields.String(attribute="bank.code")
    bank_name = fields.String(attribute="bank.name")
    quarter = QuarterField()
    version = fields.Integer()
    marked = fields.Integer()
    outside = fields.Integer()
    recorded = fields.Integer()
    found = fields.List(fields.Nested(RenewalMismatchOut))
