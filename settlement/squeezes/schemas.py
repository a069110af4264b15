"""How the alerts travel; amounts as yuan text."""

from marshmallow import fields

from kernel.fields import Money, Schema


class SqueezeOut(Schema):
    kind = fields.String()
    borrower_code = fields.String()
    borrower_name = fields.String()
    loan_id = fields.String()
    maturity = fields.Date()
    before = Money()
    after = Money()
    cut = Money()


class BankAlertsOut(Schema):
    """One bank; `missing` is the quarter whose certified return is not there."""

    institution_code = fields.String(attribute="bank.code")
    institution_name = fields.String(attribute="bank.name")
    missing = fields.Function(lambda one: None if one.missing is None else str(one.missing))
    alerts = fields.List(fields.Nested(SqueezeOut))
