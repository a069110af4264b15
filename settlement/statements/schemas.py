"""How statements travel; money as yuan text, digests in hex."""

from marshmallow import fields

from kernel.fields import Line, Money, QuarterField, Schema
from kernel.web.paging import AskedSchema


class StatementsAskedSchema(AskedSchema):
    quarter = QuarterField(load_default=None)
    institution_code = Line(longest=18, load_default=None)


class LoansAskedSchema(AskedSchema):
    reason = Line(longest=40, load_default="eligible")
    detail = Line(longest=40, shortest=0, load_default=None)


class ShareOut(Schema):
    """`payer` is `city` or a fiscal region's code, `part` an exact fraction."""

    payer = fields.String()
    part = fields.String()
    amount = Money()


class ReconciliationLineOut(Schema):
    """The loans of the return that went one way; all lines add up to the filed balance."""

    reason = fields.String()
    detail = fields.String()
    loans = fields.Integer()
    balance = Money()


class StatementOut(Schema):
    """What one institution is due for one quarter, by the paid basis and the printed alternative."""

    number = fields.String()
    revision = fields.Integer()
    state = fields.String()
    institution_code = fields.String()
    institution_name = fields.String()
    region = fields.String()
    scheme = fields.String()
    quarter = fields.String()
    basis = fields.String()
    rate = fields.String()
    balance = Money(allow_none=True)
    reference_balance = Money(allow_none=True)
    increment = Money(allow_none=True)
    amount = Money(allow_none=True)
    alternative_basis = fields.String()
    alternative_reference_balance = Money(allow_none=True)
    alternative_increment = Money(allow_none=True)
    alternative_amount = Money(allow_none=True)
    returned_balance = Money(allow_none=True)
    certified_balance = Money(allow_none=True)
    dip_rebound = fields.Boolean()
    held = fields.Boolean()
    hold_reasons = fields.List(fields.String(), attribute="reasons")
    policy_digest = fields.String()
    shares_digest = fields.String()
    rule_digest = fields.String()
    return_digest = fields.String()
    reference_digest = fields.String()
    digest = fields.String()
    drafted_at = fields.AwareDateTime()


class StatementWholeOut(StatementOut):
    """The same with its shares, its reconciliation, and the whole explanation (amounts there in fen)."""

    shares = fields.List(fields.Nested(ShareOut))
    reconciliation = fields.List(fields.Nested(ReconciliationLineOut))
    explanation = fields.Dict()


class StatementsPageOut(Schema):
    items = fields.List(fields.Nested(StatementOut))
    page = fields.Integer()
    per_page = fields.Integer()
    total = fields.Integer()
    pages = fields.Integer()


class LoanOut(Schema):
    """One row of the return behind a figure; `row` is that of the filed sheet."""

    row = fields.Integer()
    loan_id = fields.String()
    borrower_code = fields.String()
    borrower_name = fields.String()
    borrower_kind = fields.String()
    region = fields.String()
    credit_line = Money()
    balance = Money()
    start_date = fields.Date()
    maturity_date = fields.Date()
    classification = fields.String()
    purpose = fields.String()
    product_kind = fields.String()
    currency = fields.String()


class LoansPageOut(Schema):
    items = fields.List(fields.Nested(LoanOut))
    page = fields.Integer()
    per_page = fields.Integer()
    total = fields.Integer()
    pages = fields.Integer()
    balance = Money()


class DraftedOut(Schema):
    """Numbers written, how many drafts stood, and the codes of institutions that failed."""

    written = fields.List(fields.String())
    unchanged = fields.Integer()
    failed = fields.List(fields.String())
