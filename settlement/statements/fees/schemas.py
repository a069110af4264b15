"""How the contracts of a fee-subsidy statement travel: money as yuan text, rates as exact fractions."""

from marshmallow import fields

from kernel.fields import Line, Money, Schema
from kernel.web.paging import AskedSchema, PageOut


class FeeContractsAskedSchema(AskedSchema):
    """`left_out`: only the contracts that do not count; `wanted`: part of a contract number or a borrower's name."""

    left_out = fields.Boolean(load_default=False)
    wanted = Line(longest=64, shortest=0, load_default="")


class FeeContractOut(Schema):
    """One contract: `part` is what it adds to the statement, `exclusions` are codes, `told` says the sum or the reasons."""

    contract_id = fields.String()
    borrower_code = fields.String()
    borrower_name = fields.String()
    start_date = fields.Date()
    end_date = fields.Date()
    amount = Money()
    days = fields.Integer()
    days_in_force = fields.Integer()
    net_fee = Money()
    fee_rate = fields.String()
    ceiling = fields.String()
    gap = fields.String()
    accrued = Money()
    accrued_before = Money()
    adjustment = Money()
    part = Money()
    exclusions = fields.Function(lambda row: row.exclusions.split())
    told_zh = fields.String()
    told_en = fields.String()
    parameters = fields.Function(lambda row: row.parameters.split())


class FeeContractsPageOut(PageOut):
    items = fields.List(fields.Nested(FeeContractOut))
