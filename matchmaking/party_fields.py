"""Fields that the rooms of firms and banks share: who is who, yes or no, the number of a party."""

from marshmallow import fields

from kernel.fields import Schema

HIGHEST_ID = 2**31 - 1


class YesOrNo(fields.Boolean):
    """True or false in JSON, `yes` or `no` (or `true`, `false`) in a form or a URL."""

    truthy = {True, "yes", "true"}  # noqa: RUF012
    falsy = {False, "no", "false"}  # noqa: RUF012


class FirmAndBankOut(Schema):
    """Something between a firm and its bank."""

    id = fields.Integer()
    firm_code = fields.String(attribute="firm.code")
    firm_name = fields.String(attribute="firm.name")
    bank_code = fields.String(attribute="bank.code")
    bank_name = fields.String(attribute="bank.name")
