"""How renewals travel."""

from typing import Any

from marshmallow import fields

from kernel.fields import Day, Line, Money, Schema, WholeNumber, one_of
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.party_fields import HIGHEST_ID, FirmAndBankOut, YesOrNo
from matchmaking.renewals.rules import CLASSES, KINDS, PURPOSES, LoanContract
from matchmaking.renewals.service import RenewalTermsAsked
from matchmaking.renewals.workflow import HANDS, REFUSALS, STATES

APPLYING_KINDS = tuple(kind for kind in KINDS if kind != "large")


class MaturitySchema(Schema):
    """A loan as its firm knows it."""

    bank_id = WholeNumber(lowest=1, highest=HIGHEST_ID, required=True)
    loan = Line(longest=64, required=True)
    balance = Money(lowest=1, required=True)
    starts_on = Day(required=True)
    due_on = Day(required=True)


class RenewalAskedSchema(Schema):
    """The old loan, and what the firm states of itself."""

    bank_id = WholeNumber(lowest=1, highest=HIGHEST_ID, required=True)
    old_loan = Line(longest=64, required=True)
    old_balance = Money(lowest=1, required=True)
    old_starts_on = Day(required=True)
    old_due_on = Day(required=True)
    borrower_kind = fields.String(validate=one_of(APPLYING_KINDS), required=True)
    purpose = fields.String(validate=one_of(PURPOSES), required=True)
    lawful = YesOrNo(load_default=False)
    sound = YesOrNo(load_default=False)
    good_credit = YesOrNo(load_default=False)


def asked_terms(values: dict[str, Any]) -> RenewalTermsAsked:
    """Loaded values as terms."""
    return RenewalTermsAsked(**values)


class RenewalMoveSchema(Schema):
    """A move from the version that was seen; what else it needs depends on the move, and the answer says what is missing."""

    move = fields.String(validate=one_of(HANDS), required=True)
    seen = WholeNumber(lowest=1, highest=1_000_000, required=True)
    classification = fields.String(validate=one_of(CLASSES), load_default=None, allow_none=True)
    meets_terms = YesOrNo(load_default=None, allow_none=True)
    code = fields.String(validate=one_of(REFUSALS), load_default=None, allow_none=True)
    reason = Line(longest=500, shortest=0, many_lines=True, load_default="")
    new_loan = Line(longest=64, shortest=0, load_default="")
    principal = Money(lowest=1, load_default=None, allow_none=True)
    signed_on = Day(load_default=None, allow_none=True)
    starts_on = Day(load_default=None, allow_none=True)
    due_on = Day(load_default=None, allow_none=True)
    day = Day(load_default=None, allow_none=True)


class RenewalMoveFormSchema(RenewalMoveSchema):
    """The same from a form, whose URL names the move."""

    move = fields.String(load_default="")


def new_contract(values: dict[str, Any]) -> LoanContract:
    """Loaded values as a contract."""
    return LoanContract(
        values["new_loan"], values["principal"], values["starts_on"], values["due_on"], values["signed_on"]
    )


class RenewalsAskedSchema(AskedSchema):
    state = fields.String(validate=one_of(STATES), load_default=None)


class RadarAskedSchema(AskedSchema):
    days = WholeNumber(lowest=1, highest=90, load_default=90)


class MaturingLoanOut(FirmAndBankOut):
    id = fields.Integer(attribute="loan.id")
    loan = fields.String(attribute="loan.loan")
    balance = Money(attribute="loan.balance")
    starts_on = fields.Date(attribute="loan.starts_on")
    due_on = fields.Date(attribute="loan.due_on")
    borrower_kind = fields.String(attribute="loan.borrower_kind")
    classification = fields.String(attribute="loan.classification")
    source = fields.String(attribute="loan.source")


class MaturingLoanPageOut(PageOut):
    items = fields.List(fields.Nested(MaturingLoanOut))


class MaturityOut(Schema):
    id = fields.Integer()
    loan = fields.String()
    balance = Money()
    due_on = fields.Date()
    source = fields.String()


class ConditionAnswerOut(Schema):
    condition = fields.String()
    answer = fields.String()
    why_zh = fields.String(attribute="why.zh")
    why_en = fields.String(attribute="why.en")


class RenewalOut(FirmAndBankOut):
    """A renewal, its firm and bank, and how far it has come."""

    state = fields.String(attribute="renewal.state")
    version = fields.Integer(attribute="renewal.version")
    sequence = fields.Integer(attribute="renewal.sequence")
    old_loan = fields.String(attribute="renewal.old_loan")
    old_balance = Money(attribute="renewal.old_balance")
    old_starts_on = fields.Date(attribute="renewal.old_starts_on")
    old_due_on = fields.Date(attribute="renewal.old_due_on")
    borrower_kind = fields.String(attribute="renewal.borrower_kind")
    purpose = fields.String(attribute="renewal.purpose")
    applied_on = fields.Date(attribute="renewal.applied_on")
    answer_by = fields.Date(attribute="renewal.answer_by")
    was_listed = fields.Boolean(attribute="renewal.was_listed")
    refusal = fields.String(attribute="renewal.refusal")
    reason = fields.String(attribute="renewal.reason")
    new_loan = fields.String(attribute="renewal.new_loan")
    new_principal = Money(attribute="renewal.new_principal")
    signed_on = fields.Date(attribute="renewal.signed_on")
    new_starts_on = fields.Date(attribute="renewal.new_starts_on")
    new_due_on = fields.Date(attribute="renewal.new_due_on")
    settled_on = fields.Date(attribute="renewal.settled_on")
    class_before = fields.String(attribute="renewal.class_before")
    class_after = fields.String(attribute="renewal.class_after")


class RenewalPageOut(PageOut):
    items = fields.List(fields.Nested(RenewalOut))
