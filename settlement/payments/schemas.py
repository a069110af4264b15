"""How payments travel; money as yuan text, digests in hex."""

import marshmallow
from marshmallow import fields

from kernel.fields import Day, Line, Money, Schema, WholeNumber, one_of
from kernel.web.paging import AskedSchema, DaysAskedSchema
from settlement.payments.labels import PAYERS
from settlement.payments.workflow import CHECK_STATES, LINE_STATES, RESOLUTIONS

LONGEST = 120


class PayeeSchema(Schema):
    """A new account of a beneficiary (credit code) or of a payer (`city` or a region's code)."""

    holder = Line(longest=20, required=True)
    account_name = Line(longest=LONGEST, required=True)
    account_number = Line(longest=34, required=True)
    bank_name = Line(longest=LONGEST, required=True)
    bank_code = Line(longest=12, required=True)
    document = Line(longest=LONGEST, required=True)


class OwnAccountSchema(Schema):
    """A new account of the caller's own institution."""

    account_name = Line(longest=LONGEST, required=True)
    account_number = Line(longest=34, required=True)
    bank_name = Line(longest=LONGEST, required=True)
    bank_code = Line(longest=12, required=True)
    document = Line(longest=LONGEST, required=True)


class SecondHandSchema(Schema):
    """The second person's word; a refusal says why."""

    accept = fields.Boolean(required=True)
    reason = Line(longest=200, shortest=0, load_default="")


class PayeesAskedSchema(AskedSchema):
    holder = Line(longest=20, load_default=None)
    state = Line(longest=20, load_default=None, validate=one_of(CHECK_STATES))


class PayeeOut(Schema):
    """One version of an account; the newest checked one whose day has come is in force."""

    id = fields.Integer()
    holder = fields.String()
    version = fields.Integer()
    account_name = fields.String()
    account_number = fields.String()
    bank_name = fields.String()
    bank_code = fields.String()
    document = fields.String()
    state = fields.String()
    effective_from = fields.Date(allow_none=True)
    proposed_at = fields.AwareDateTime()
    checked_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String()


class AppropriationSchema(Schema):
    """A budget decision; a negative amount lowers the budget."""

    payer = Line(longest=20, required=True, validate=one_of(PAYERS))
    budget_year = WholeNumber(lowest=2022, highest=2100, required=True)
    amount = Money(required=True)
    document = Line(longest=LONGEST, required=True)


class AppropriationsAskedSchema(AskedSchema):
    payer = Line(longest=20, load_default=None)
    budget_year = WholeNumber(lowest=2022, highest=2100, load_default=None)


class AppropriationOut(Schema):
    id = fields.Integer()
    payer = fields.String()
    budget_year = fields.Integer()
    amount = Money()
    document = fields.String()
    state = fields.String()
    proposed_at = fields.AwareDateTime()
    checked_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String()


class OrderPreviewAskedSchema(Schema):
    payer = Line(longest=20, required=True, validate=one_of(PAYERS))
    batch = Line(longest=40, required=True)
    leave_out = fields.List(Line(longest=40), load_default=list)


class DrawSchema(OrderPreviewAskedSchema):
    """`digest` is that of the preview which the cashier saw; another state of things is refused."""

    digest = Line(longest=64, required=True)


class OrderBlockOut(Schema):
    """Why a statement cannot be paid now."""

    code = fields.String()
    message_zh = fields.String(attribute="text.zh")
    message_en = fields.String(attribute="text.en")


class OrderPreviewLineOut(Schema):
    """One claim in the order: due = set off + pay + carry + cut."""

    statement = fields.String(attribute="claim.statement_number")
    revision = fields.Integer(attribute="claim.revision")
    kind = fields.String(attribute="claim.kind")
    beneficiary_code = fields.String(attribute="claim.beneficiary_code")
    beneficiary_name = fields.String(attribute="claim.beneficiary_name")
    scheme = fields.String(attribute="claim.scheme")
    quarter = fields.String(attribute="claim.quarter")
    due = Money(attribute="line.due.amount")
    set_off = Money(attribute="line.set_off")
    pay = Money(attribute="line.pay")
    carry = Money(attribute="line.carry")
    cut = Money(attribute="line.cut")
    blocks = fields.List(fields.Nested(OrderBlockOut))


class OrderPreviewOut(Schema):
    payer = fields.String()
    batch = fields.String()
    budget_year = fields.Integer()
    available = Money()
    shortage = fields.String(attribute="rules.shortage")
    has_paying_account = fields.Boolean()
    total = Money(attribute="plan.total")
    digest = fields.String()
    lines = fields.List(fields.Nested(OrderPreviewLineOut))


class OrdersAskedSchema(AskedSchema):
    payer = Line(longest=20, load_default=None)
    batch = Line(longest=40, load_default=None)


class OrderOut(Schema):
    number = fields.String()
    payer = fields.String()
    budget_year = fields.Integer()
    batch = fields.String()
    state = fields.String()
    total = Money()
    digest = fields.String()
    shortage = fields.String()
    drawn_at = fields.AwareDateTime()
    execute_on = fields.Date()
    attempts = fields.Integer()
    confirmed_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)


class PaymentOut(Schema):
    reference = fields.String()
    statement = fields.String(attribute="statement_number")
    revision = fields.Integer()
    kind = fields.String()
    amount = Money()
    state = fields.String()
    paid_on = fields.Date(allow_none=True)
    bank_reference = fields.String(allow_none=True)
    digest = fields.String()
    reason = fields.String()


class OrderWholeOut(OrderOut):
    payments = fields.List(fields.Nested(PaymentOut))


class ReasonSchema(Schema):
    reason = Line(longest=200, required=True)


class ReceiptsAskedSchema(DaysAskedSchema):
    """Which page of the files, taken in on which days."""


class ReceiptLinesAskedSchema(AskedSchema):
    """The lines of one file, and in one state; without a state those that wait, or all of the file."""

    receipt = WholeNumber(lowest=1, highest=2_147_483_647, load_default=None)
    state = Line(longest=20, load_default=None, validate=one_of((*LINE_STATES, "any")))


class ReceiptLineOut(Schema):
    """One line of a receipt; `mismatch` says why it met no payment."""

    id = fields.Integer()
    row = fields.Integer()
    reference = fields.String()
    amount = Money()
    paid_on = fields.Date()
    outcome = fields.String()
    bank_reference = fields.String()
    state = fields.String()
    mismatch = fields.String(allow_none=True)
    resolution = fields.String(allow_none=True)
    resolution_reason = fields.String()


class ReceiptOut(Schema):
    id = fields.Integer()
    file_name = fields.String()
    digest = fields.String()
    lines = fields.Integer()
    taken_at = fields.AwareDateTime()
    matched = fields.Integer()
    waiting = fields.List(fields.Nested(ReceiptLineOut))


class ResolveSchema(Schema):
    """`assign` needs the reference of the payment meant."""

    resolution = Line(longest=20, required=True, validate=one_of(RESOLUTIONS))
    reason = Line(longest=200, required=True)
    reference = Line(longest=35, shortest=0, load_default="")


class RecoveriesAskedSchema(AskedSchema):
    """Notices of one payer, and those that are open or settled."""

    payer = Line(longest=20, load_default=None)
    state = Line(longest=20, load_default=None, validate=one_of(("open", "settled")))


class RecoverySchema(Schema):
    payer = Line(longest=20, required=True, validate=one_of(PAYERS))
    beneficiary_code = Line(longest=18, required=True)
    reason = Line(longest=200, required=True)


class RecoveryOut(Schema):
    number = fields.String()
    payer = fields.String()
    beneficiary_code = fields.String()
    beneficiary_name = fields.String()
    amount = Money()
    recovered = Money()
    set_off = Money()
    open_amount = Money()
    due_on = fields.Date()
    reason = fields.String()
    issued_at = fields.AwareDateTime()


class RecoveredSchema(Schema):
    amount = Money(lowest=1, required=True)
    received_on = Day(required=True)
    bank_reference = Line(longest=60, required=True)


class AsOfSchema(Schema):
    """As of the day things count for, the day they were written, or both; neither is now."""

    effective_on = Day(load_default=None)
    booked_on = Day(load_default=None)


class FiguresOut(Schema):
    due = Money()
    paid = Money()
    set_off = Money()
    in_transit = Money()
    payable = Money()
    carried = Money()
    cut = Money()
    recoverable = Money()


class PayableLineOut(Schema):
    beneficiary_code = fields.String(attribute="code")
    beneficiary_name = fields.String(attribute="name")
    scheme = fields.String(attribute="key.scheme")
    quarter = fields.String(attribute="key.quarter")
    figures = fields.Nested(FiguresOut)


class PayableBookOut(Schema):
    payer = fields.String()
    lines = fields.List(fields.Nested(PayableLineOut))
    total = fields.Nested(FiguresOut)


class DemandLineOut(PayableLineOut):
    still_owed = Money(attribute="figures.still_owed")


class DemandOut(Schema):
    payer = fields.String()
    day = fields.Date()
    due_on = fields.Date()
    total = Money()
    lines = fields.List(fields.Nested(DemandLineOut))


class TrialLineOut(Schema):
    """One account; debit positive, credit as a positive amount, balance = debit − credit."""

    account = fields.String(attribute="account.code")
    debit = Money()
    credit = Money()
    balance = Money()


class PeriodOut(Schema):
    book = fields.String()
    month = fields.String()
    state = fields.String()
    groups = fields.Integer()


class TrialOut(Schema):
    book = fields.String()
    lines = fields.List(fields.Nested(TrialLineOut))
    periods = fields.List(fields.Nested(PeriodOut))


class ViolationOut(Schema):
    invariant = fields.String()
    subject = fields.String()
    message_zh = fields.String(attribute="text.zh")
    message_en = fields.String(attribute="text.en")


class BooksCheckOut(Schema):
    checked_at = fields.AwareDateTime()
    found = fields.Integer()
    findings = fields.List(fields.Nested(ViolationOut))


def _page(name: str, item: type[Schema]) -> type[marshmallow.Schema]:
    """The page of a list of such items."""
    counts = {key: fields.Integer() for key in ("page", "per_page", "total", "pages")}
    return Schema.from_dict({"items": fields.List(fields.Nested(item)), **counts}, name=name)


PayeesPageOut = _page("PayeesPageOut", PayeeOut)
AppropriationsPageOut = _page("AppropriationsPageOut", AppropriationOut)
OrdersPageOut = _page("OrdersPageOut", OrderOut)
MismatchesPageOut = _page("MismatchesPageOut", ReceiptLineOut)
RecoveriesPageOut = _page("RecoveriesPageOut", RecoveryOut)
