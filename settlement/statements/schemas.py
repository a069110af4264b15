"""How statements travel; money as yuan text, digests in hex."""

from marshmallow import fields

from kernel.fields import Line, Money, QuarterField, Schema
from kernel.web.paging import AskedSchema, PageOut
from settlement.statements.schemes import GROWTH


class StatementsAskedSchema(AskedSchema):
    quarter = QuarterField(load_default=None)
    institution_code = Line(longest=18, load_default=None)
    beneficiary_code = Line(longest=18, load_default=None)
    scheme = Line(longest=40, load_default=None)


class LoansAskedSchema(AskedSchema):
    reason = Line(longest=40, load_default="eligible")
    detail = Line(longest=40, shortest=0, load_default=None)
    sort = Line(longest=20, load_default="borrower_code")
    wanted = Line(longest=64, shortest=0, load_default="")


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


class AwardLineOut(Schema):
    """One amount of a statement; all lines add up to its amount. `clause` is the row of the clause register."""

    subject = fields.String()
    title_zh = fields.String()
    title_en = fields.String()
    clause = fields.Integer()
    base = Money(allow_none=True)
    rate = fields.String()
    amount = Money(allow_none=True)
    parameters = fields.String()


class StatementOut(Schema):
    """What one party is due under one scheme for one quarter.

    `state`: how far it has come, as on every page: computed, submitted, reviewed, approved, on_notice, notice_over, ordered, paid,
    withdrawn or replaced. `outdated`: a newer return, figure or policy makes a new revision due.
    From `basis` on the figures of the growth reward, by the paid basis and the printed alternative; other schemes have none.
    """

    number = fields.String(attribute="statement.number")
    revision = fields.Integer(attribute="statement.revision")
    state = fields.String(attribute="phase.code")
    beneficiary_code = fields.String(attribute="statement.beneficiary_code")
    beneficiary_name = fields.String(attribute="statement.beneficiary_name")
    institution_code = fields.String()
    institution_name = fields.String()
    region = fields.String(attribute="statement.region")
    scheme = fields.String(attribute="statement.scheme")
    quarter = fields.String(attribute="statement.quarter")
    amount = Money(allow_none=True, attribute="statement.amount")
    held = fields.Boolean(attribute="statement.held")
    outdated = fields.Boolean()
    hold_reasons = fields.List(fields.String(), attribute="statement.reasons")
    policy_digest = fields.String(attribute="statement.policy_digest")
    shares_digest = fields.String(attribute="statement.shares_digest")
    digest = fields.String(attribute="statement.digest")
    drafted_at = fields.AwareDateTime(attribute="statement.drafted_at")
    basis = fields.String(attribute="figures.basis")
    rate = fields.String(attribute="figures.rate")
    balance = Money(allow_none=True, attribute="figures.balance")
    reference_balance = Money(allow_none=True, attribute="figures.reference_balance")
    increment = Money(allow_none=True, attribute="figures.increment")
    alternative_basis = fields.String(attribute="figures.alternative_basis")
    alternative_reference_balance = Money(allow_none=True, attribute="figures.alternative_reference_balance")
    alternative_increment = Money(allow_none=True, attribute="figures.alternative_increment")
    alternative_amount = Money(allow_none=True, attribute="figures.alternative_amount")
    returned_balance = Money(allow_none=True, attribute="figures.returned_balance")
    certified_balance = Money(allow_none=True, attribute="figures.certified_balance")
    dip_rebound = fields.Boolean(attribute="figures.dip_rebound")
    rule_digest = fields.String(attribute="figures.rule_digest")
    return_digest = fields.String(attribute="figures.return_digest")
    reference_digest = fields.String(attribute="figures.reference_digest")


class StatementWholeOut(StatementOut):
    """The same with its lines, shares, reconciliation, and the whole explanation (amounts there in fen)."""

    lines = fields.List(fields.Nested(AwardLineOut))
    shares = fields.List(fields.Nested(ShareOut))
    reconciliation = fields.List(fields.Nested(ReconciliationLineOut))
    explanation = fields.Dict()


class StatementsPageOut(PageOut):
    items = fields.List(fields.Nested(StatementOut))


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


class LoansPageOut(PageOut):
    items = fields.List(fields.Nested(LoanOut))
    balance = Money()


class DraftedOut(Schema):
    """Numbers written and withdrawn, how many drafts stood, and the codes of beneficiaries that failed."""

    written = fields.List(fields.String())
    unchanged = fields.Integer()
    failed = fields.List(fields.String())
    withdrawn = fields.List(fields.String())
    waiting = fields.List(fields.String())


class DraftAskedSchema(Schema):
    """Which scheme to draft; the growth reward when none is named."""

    scheme = Line(longest=40, load_default=GROWTH)
