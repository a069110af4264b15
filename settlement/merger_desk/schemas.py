"""How mergers travel."""

from marshmallow import fields

from kernel.fields import CreditCode, Day, Line, Money, Schema, one_of
from kernel.web.paging import AskedSchema, PageOut
from settlement.batches.schemas import RestatementOut
from settlement.mergers.service import LONGEST_DOCUMENT, LONGEST_REASON
from settlement.mergers.workflow import STATES


class MergerSchema(Schema):
    """`ended_on` is the first day on which the absorbed institution is no legal person any more."""

    absorbed_code = CreditCode(required=True)
    into_code = CreditCode(required=True)
    ended_on = Day(required=True)
    document = Line(longest=LONGEST_DOCUMENT, required=True)


class MergerCheckSchema(Schema):
    """A refusal says why."""

    accept = fields.Boolean(required=True)
    reason = Line(longest=LONGEST_REASON, shortest=0, load_default="")


class MergersAskedSchema(AskedSchema):
    state = fields.String(validate=one_of(STATES), load_default=None)


class MergerOut(Schema):
    id = fields.Integer()
    absorbed_id = fields.Integer()
    into_id = fields.Integer()
    ended_on = fields.Date()
    document = fields.String()
    state = fields.String()
    proposed_at = fields.AwareDateTime()
    checked_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String()


class MergersPageOut(PageOut):
    items = fields.List(fields.Nested(MergerOut))


class MovedDraftOut(Schema):
    number = fields.String()
    quarter = fields.String()
    beneficiary_code = fields.String()
    amount = Money(allow_none=True)


class MergerEffectsOut(Schema):
    """What would follow: deltas of signed statements, and drafts that would be computed anew."""

    restatement = fields.Nested(RestatementOut)
    drafts = fields.List(fields.Nested(MovedDraftOut))
