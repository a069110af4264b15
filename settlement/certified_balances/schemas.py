"""How certified balances travel."""

from marshmallow import fields

from kernel.fields import CreditCode, Line, Money, QuarterField, Schema
from kernel.web.paging import AskedSchema, PageOut
from settlement.certified_balances.service import LONGEST_DOCUMENT


class BalanceSchema(Schema):
    institution_code = CreditCode(required=True)
    quarter = QuarterField(required=True)
    balance = Money(lowest=0, required=True)
    document = Line(longest=LONGEST_DOCUMENT, required=True)


class BalancesAskedSchema(AskedSchema):
    quarter = QuarterField(load_default=None)
    institution_code = Line(longest=18, load_default=None)


class BalanceOut(Schema):
    """One version of a certified balance; the newest of an institution and quarter holds."""

    institution_code = fields.String(attribute="party.code")
    institution_name = fields.String(attribute="party.name")
    quarter = fields.String(attribute="certified.quarter")
    version = fields.Integer(attribute="certified.version")
    balance = Money(attribute="certified.balance")
    document = fields.String(attribute="certified.document")
    recorded_at = fields.AwareDateTime(attribute="certified.recorded_at")


class BalancesPageOut(PageOut):
    items = fields.List(fields.Nested(BalanceOut))
