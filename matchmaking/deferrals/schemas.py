"""How applications to defer travel."""

from typing import Any

from marshmallow import fields

from kernel.fields import Day, Line, Money, Schema, WholeNumber, one_of
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.deferrals.rules import RULES
from matchmaking.deferrals.service import DeferralAsked
from matchmaking.deferrals.workflow import HANDS, REFUSALS, STATES
from matchmaking.party_fields import HIGHEST_ID, FirmAndBankOut, YesOrNo
from matchmaking.renewals.rules import KINDS


class DeferralLimitsAskedSchema(Schema):
    """Of a loan: when it is due, whose it is."""

    due_on = Day(required=True)
    asked_on = Day(load_default=None, allow_none=True)
    borrower_kind = fields.String(validate=one_of(KINDS), required=True)
    is_merchant = YesOrNo(load_default=False)
    is_hit = YesOrNo(load_default=False)


class DeferralAnswerOut(Schema):
    rule = fields.String(validate=one_of(RULES))
    applies = fields.Boolean()
    until = fields.Date()
    covers = fields.List(fields.String())
    penalty_interest = fields.Boolean()
    why = fields.Function(lambda one: one.why.zh)


class LoanLimitsOut(Schema):
    """A loan of the caller's firm with what every rule says of it, were the firm hit by epidemic or disaster."""

    bank_code = fields.String(attribute="loan.bank.code")
    loan = fields.String(attribute="loan.loan.loan")
    balance = Money(attribute="loan.loan.balance")
    due_on = fields.Date(attribute="loan.loan.due_on")
    answers = fields.List(fields.Nested(DeferralAnswerOut))


class LoanLimitsPageOut(PageOut):
    items = fields.List(fields.Nested(LoanLimitsOut))


class DeferralAskedSchema(Schema):
    """What a firm asks its bank for."""

    bank_id = WholeNumber(lowest=1, highest=HIGHEST_ID, required=True)
    loan = Line(longest=64, required=True)
    balance = Money(lowest=1, required=True)
    due_on = Day(required=True)
    borrower_kind = fields.String(validate=one_of(KINDS), required=True)
    is_hit = YesOrNo(load_default=False)
    with_interest = YesOrNo(load_default=False)
    until = Day(required=True)
    why = Line(longest=500, many_lines=True, required=True)


def asked_deferral(values: dict[str, Any]) -> DeferralAsked:
    """Loaded values as what is asked."""
    return DeferralAsked(**values)


class DeferralMoveFormSchema(Schema):
    """What goes with a move, from a form whose URL names it; the answer says what it lacks."""

    seen = WholeNumber(lowest=1, highest=1_000_000, required=True)
    until = Day(load_default=None, allow_none=True)
    code = fields.String(validate=one_of(REFUSALS), load_default=None, allow_none=True)
    reason = Line(longest=500, shortest=0, many_lines=True, load_default="")


class DeferralMoveSchema(DeferralMoveFormSchema):
    """The same with the move."""

    move = fields.String(validate=one_of(HANDS), required=True)


class DeferralsAskedSchema(AskedSchema):
    state = fields.String(validate=one_of(STATES), load_default=None)


class DeferralOut(FirmAndBankOut):
    """An application, its firm and bank, and what was decided."""

    state = fields.String(attribute="deferral.state")
    version = fields.Integer(attribute="deferral.version")
    loan = fields.String(attribute="deferral.loan")
    balance = Money(attribute="deferral.balance")
    due_on = fields.Date(attribute="deferral.due_on")
    borrower_kind = fields.String(attribute="deferral.borrower_kind")
    with_interest = fields.Boolean(attribute="deferral.with_interest")
    why = fields.String(attribute="deferral.why")
    rule = fields.String(attribute="deferral.rule")
    last_day = fields.Date(attribute="deferral.last_day")
    penalty_interest = fields.Boolean(attribute="deferral.penalty_interest")
    until = fields.Date(attribute="deferral.until")
    applied_on = fields.Date(attribute="deferral.applied_on")
    decided_on = fields.Date(attribute="deferral.decided_on")
    granted_until = fields.Date(attribute="deferral.granted_until")
    refusal = fields.String(attribute="deferral.refusal")
    reason = fields.String(attribute="deferral.reason")


class DeferralPageOut(PageOut):
    items = fields.List(fields.Nested(DeferralOut))
