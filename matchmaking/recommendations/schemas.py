"""How recommendations travel."""

from marshmallow import fields, validate

from kernel.fields import Line, Money, Rate, Schema, WholeNumber, one_of
from kernel.outbox.workflow import PULLED_STATES
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.recommendations.workflow import STATES
from matchmaking.referrals.reasons import REASONS

MOST_AT_ONCE = 50


class RecommendSchema(Schema):
    """Which requests to recommend."""

    request_ids = fields.List(
        WholeNumber(lowest=1, highest=2**31 - 1), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE)
    )


class TakeUpSchema(Schema):
    """Whom the firm may expect, and how."""

    note = Line(longest=500, required=True)


class DeclineSchema(Schema):
    """A coded reason and the bank's own words; the firm reads both."""

    code = fields.String(validate=one_of(REASONS), required=True)
    text = Line(longest=500, required=True)


class RecommendationsAskedSchema(AskedSchema):
    state = fields.String(validate=one_of(STATES), load_default=None)


class PulledAskedSchema(AskedSchema):
    """What came in from a platform, in a state."""

    platform = Line(longest=60, load_default=None)
    state = Line(longest=20, load_default=None, validate=one_of(PULLED_STATES))


class RecommendedNumberOut(Schema):
    made = fields.Integer()


class CandidateOut(Schema):
    """A pool firm's request that can be recommended now, and the banks that it would reach."""

    request_id = fields.Integer(attribute="need.filed.id")
    request_code = fields.String(attribute="need.filed.request.code")
    enterprise_name = fields.String(attribute="need.filed.party.name")
    amount = Money(attribute="need.filed.version.amount")
    banks = fields.List(fields.String())


class RecommendationOut(Schema):
    """One recommendation. Once the firm's consent is over, its bank reads neither name nor terms."""

    id = fields.Integer(attribute="row.id")
    state = fields.String(attribute="row.state")
    is_open = fields.Boolean()
    institution_code = fields.String(attribute="bank.code")
    platform = fields.String(attribute="row.platform", allow_none=True)
    request_code = fields.String(attribute="shown_request.code")
    enterprise_code = fields.String(attribute="shown_party.code")
    enterprise_name = fields.String(attribute="shown_party.name")
    amount = Money(attribute="shown_terms.amount")
    term = fields.Integer(attribute="shown_terms.term")
    rate_ceiling = Rate(attribute="shown_terms.rate_ceiling")
    purpose = fields.String(attribute="shown_terms.purpose")
    guarantee_kinds = fields.List(fields.String(), attribute="shown_terms.guarantee_kinds")
    reason_code = fields.String(attribute="row.reason_code", allow_none=True)
    note = fields.String(attribute="row.note")
    made_at = fields.AwareDateTime(attribute="row.made_at")
    answered_at = fields.AwareDateTime(attribute="row.answered_at", allow_none=True)


class RecommendationsOut(PageOut):
    items = fields.List(fields.Nested(RecommendationOut))
