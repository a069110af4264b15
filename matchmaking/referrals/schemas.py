"""How referrals travel."""

from typing import Any

from marshmallow import fields

from kernel.fields import Day, Line, Money, Rate, Schema, WholeNumber, one_of
from kernel.web.paging import MOST_PER_PAGE, AskedSchema, PageOut
from matchmaking.marks import COUNTER_GUARANTEES
from matchmaking.marks_today import rules_today
from matchmaking.matching.vocabulary import GUARANTEE_KINDS
from matchmaking.referrals.asking import Approval
from matchmaking.referrals.reasons import REASONS
from matchmaking.referrals.workflow import STATES


class NothingSchema(Schema):
    """An act that needs no words."""


class ContactNoteSchema(Schema):
    """Who spoke with whom, in a line."""

    note = Line(longest=500, required=True)


class SuppliedSchema(Schema):
    note = Line(longest=500, shortest=0, load_default="")


class ApprovalSchema(Schema):
    """What the bank grants; the rate in percent a year, the term in months."""

    amount = Money(lowest=1, required=True)
    rate = Rate(lowest="0", highest="36", required=True)
    term = WholeNumber(lowest=1, highest=360, required=True)
    guarantee = fields.String(validate=one_of(GUARANTEE_KINDS), required=True)
    deposit = Money(lowest=0, load_default=0)
    counter_guarantees = fields.List(fields.String(validate=one_of(COUNTER_GUARANTEES)), load_default=list)


class RefusalSchema(Schema):
    """A coded reason and the bank's own words; the enterprise reads both."""

    code = fields.String(validate=one_of(REASONS), required=True)
    text = Line(longest=500, required=True)


class ContractSchema(Schema):
    contract_number = Line(longest=64, required=True)


class PapersSchema(Schema):
    """What the enterprise has to bring; the clock stands still until it has."""

    papers = Line(longest=500, required=True)


class ReferralReasonSchema(Schema):
    reason = Line(longest=300, required=True)


class RelocationSchema(ReferralReasonSchema):
    institution_id = WholeNumber(lowest=1, highest=2**31 - 1, required=True)


class DrawdownSchema(Schema):
    """One drawdown; `loan_id` is the loan's number as the bank's return lists it."""

    loan_id = Line(longest=64, required=True)
    amount = Money(lowest=1, required=True)
    drawn_on = Day(required=True)


class DisputeSchema(Schema):
    dispute = Line(longest=500, required=True)


class HandlingSchema(Schema):
    note = Line(longest=500, required=True)


class ReferralsAskedSchema(AskedSchema):
    state = fields.String(validate=one_of(STATES), load_default=None)
    green_channel = fields.Boolean(load_default=None)
    request_id = WholeNumber(lowest=1, highest=2**31 - 1, load_default=None)


class ReferralPageAskedSchema(AskedSchema):
    """Which list the bureau looks at, which group of its inbox a bank wants whole, and which page; twenty, as a row is several lines."""

    per_page = WholeNumber(lowest=1, highest=MOST_PER_PAGE, load_default=20)
    show = fields.String(validate=one_of(("late", "open", "all")), load_default="late")
    due = fields.String(
        validate=one_of(("late", "today", "tomorrow", "later", "unknown", "paused", "no_clock")), load_default=None
    )


class ReferralMoveOut(Schema):
    act = fields.String()
    state = fields.String(attribute="state_after")
    note = fields.String()
    made_at = fields.AwareDateTime()


class PauseOut(Schema):
    papers = fields.String()
    asked_at = fields.AwareDateTime()
    supplied_at = fields.AwareDateTime()


class DrawdownOut(Schema):
    """It counts when it is confirmed and a certified return shows the loan."""

    id = fields.Integer()
    number = fields.Integer()
    loan_id = fields.String()
    amount = Money()
    drawn_on = fields.Date()
    state = fields.String()
    dispute = fields.String()
    evidence_quarter = fields.String()


class ClockOut(Schema):
    """The stage that is open now; `deadline` is empty while the clock stands still.

    `is_unknown`: the holiday calendar of a year that it reaches is not published; `used`, `left` and `over` are left out then.
    """

    stage = fields.String()
    allowed = fields.Integer()
    used = fields.Integer(attribute="known.used")
    left = fields.Integer(attribute="known.left")
    over = fields.Integer(attribute="known.over")
    deadline = fields.Date()
    is_unknown = fields.Boolean()


class ReferralOut(Schema):
    """A referral as its own sides see it."""

    id = fields.Integer()
    state = fields.String()
    source = fields.String(attribute="referral.source")
    request = fields.String(attribute="request_code")
    enterprise = fields.String(attribute="enterprise.name")
    enterprise_code = fields.String(attribute="enterprise.code")
    bank = fields.String(attribute="bank.name")
    bank_code = fields.String(attribute="bank.code")
    product = fields.String(attribute="product.name")
    asked_amount = Money(attribute="request.amount")
    week = fields.String(attribute="session.week")
    delivered_at = fields.AwareDateTime(attribute="referral.delivered_at")
    regime = fields.String(attribute="referral.regime")
    clock = fields.Nested(ClockOut)
    approved_amount = Money(attribute="referral.approved_amount")
    approved_rate = Rate(attribute="referral.approved_rate")
    approved_term = fields.Integer(attribute="referral.approved_term")
    medium_long_term = fields.Function(lambda one: rules_today().is_long(one.referral.approved_term))
    green_channel = fields.Boolean(attribute="referral.is_green_channel")
    guarantee = fields.String(attribute="referral.guarantee")
    deposit = Money(attribute="referral.deposit")
    counter_guarantees = fields.List(fields.String(), attribute="referral.counter_guarantees")
    contract_number = fields.String(attribute="referral.contract_number")
    reason_code = fields.String(attribute="referral.reason_code")
    reason_text = fields.String(attribute="referral.reason_text")
    moves = fields.List(fields.Nested(ReferralMoveOut))
    pauses = fields.List(fields.Nested(PauseOut))
    drawdowns = fields.List(fields.Nested(DrawdownOut))


class ReferralPageOut(PageOut):
    items = fields.List(fields.Nested(ReferralOut))


def approval_from(values: dict[str, Any]) -> Approval:
    """Loaded values as what is granted."""
    return Approval(**values | {"counter_guarantees": tuple(dict.fromkeys(values["counter_guarantees"]))})
