"""How batches travel; money as yuan text, digests in hex."""

from marshmallow import fields

from kernel.fields import Day, Line, Money, QuarterField, Schema, WholeNumber, one_of
from kernel.web.paging import AskedSchema, PageOut
from settlement.batches.deputies import DEPUTY_STATES
from settlement.batches.objections import OUTCOMES
from settlement.batches.service import LONGEST_REASON
from settlement.batches.workflow import MOVES, STATES


class BatchesAskedSchema(AskedSchema):
    quarter = QuarterField(load_default=None)
    state = Line(longest=20, load_default=None, validate=one_of(STATES))


class DeputiesAskedSchema(AskedSchema):
    state = Line(longest=20, load_default=None, validate=one_of(DEPUTY_STATES))


class OpenBatchSchema(Schema):
    quarter = QuarterField(required=True)


class BatchMoveSchema(Schema):
    """A move with the digest and version that were shown: what the signature binds to."""

    move = Line(longest=20, required=True, validate=one_of(MOVES))
    digest = Line(longest=64, shortest=64, required=True)
    version = WholeNumber(lowest=1, highest=1_000_000_000, required=True)
    reason = Line(longest=LONGEST_REASON, shortest=0, load_default="", many_lines=True)


class SetAsideSchema(Schema):
    reason = Line(longest=400, required=True)


class BulkSchema(Schema):
    """One act on several statements of a batch."""

    act = Line(longest=20, required=True, validate=one_of(("set_aside", "ask")))
    statement = fields.List(Line(longest=40), required=True)
    reason = Line(longest=LONGEST_REASON, required=True, many_lines=True)


class ObjectionSchema(Schema):
    statement_number = Line(longest=40, required=True)
    content = Line(longest=2000, required=True, many_lines=True)
    objector = Line(longest=120, shortest=0, load_default="")


class ObjectionAnswerSchema(Schema):
    outcome = Line(longest=20, required=True, validate=one_of(OUTCOMES))
    answer = Line(longest=2000, required=True, many_lines=True)


class DeputySchema(Schema):
    account_id = WholeNumber(lowest=1, highest=2**31 - 1, required=True)
    since = Day(required=True)
    until = Day(required=True)
    reason = Line(longest=400, required=True)


class BatchOut(Schema):
    number = fields.String()
    quarter = fields.String()
    state = fields.String()
    version = fields.Integer()
    digest = fields.String()
    opened_at = fields.AwareDateTime()
    notice_from = fields.Date(allow_none=True)
    notice_until = fields.Date(allow_none=True)


class BatchesPageOut(PageOut):
    items = fields.List(fields.Nested(BatchOut))


class PayerShareOut(Schema):
    payer = fields.String()
    amount = Money()


class BatchItemOut(Schema):
    """One statement's amount: `amount` = `due` − `awarded`. `stale`: its facts have moved on; `held`: by an objection."""

    statement_number = fields.String(attribute="item.statement_number")
    revision = fields.Integer(attribute="item.revision")
    kind = fields.String(attribute="item.kind")
    state = fields.String(attribute="item.state")
    scheme = fields.String(attribute="item.scheme")
    quarter = fields.String(attribute="item.quarter")
    beneficiary_code = fields.String(attribute="statement.beneficiary_code")
    beneficiary_name = fields.String(attribute="statement.beneficiary_name")
    due = Money(attribute="item.due")
    awarded = Money(attribute="item.awarded")
    amount = Money(attribute="item.amount")
    digest = fields.String(attribute="item.digest")
    left_reason = fields.String(attribute="item.left_reason")
    stale = fields.Boolean()
    held = fields.Boolean()
    shares = fields.Method("_shares")

    def _shares(self, view: object) -> object:
        parts = getattr(view, "shares", ())
        return PayerShareOut(many=True).dump([{"payer": payer, "amount": fen} for payer, fen in parts])


class BatchSignatureOut(Schema):
    step = fields.String()
    signed_by = fields.Integer()
    is_deputy = fields.Function(lambda one: one.deputy_id is not None)
    digest = fields.String()
    signed_at = fields.AwareDateTime()
    voided_at = fields.AwareDateTime(allow_none=True)


class BatchMoveOut(Schema):
    move = fields.String()
    target = fields.String()
    moved_by = fields.Integer()
    moved_at = fields.AwareDateTime()
    reason = fields.String()


class ObjectionOut(Schema):
    id = fields.Integer()
    objector = fields.String()
    content = fields.String()
    raised_at = fields.AwareDateTime()
    outcome = fields.String()
    answer = fields.String()
    answered_at = fields.AwareDateTime(allow_none=True)


class WholeBatchOut(Schema):
    """A batch with its items, signatures (voided ones too), moves and objections."""

    batch = fields.Nested(BatchOut)
    total = Money()
    items = fields.List(fields.Nested(BatchItemOut))
    gone = fields.List(fields.Nested(BatchItemOut))
    signatures = fields.List(fields.Nested(BatchSignatureOut))
    voided = fields.List(fields.Nested(BatchSignatureOut))
    moves = fields.List(fields.Nested(BatchMoveOut))
    objections = fields.List(fields.Nested(ObjectionOut))


class DeputyOut(Schema):
    id = fields.Integer()
    role = fields.String()
    principal_id = fields.Integer()
    account_id = fields.Integer()
    since = fields.Date()
    until = fields.Date()
    reason = fields.String()
    ended_at = fields.AwareDateTime(allow_none=True)


class RestatementDeltaOut(Schema):
    """What newer facts do to one statement; `adjustment` = due under present facts − awarded."""

    statement_number = fields.String(attribute="statement.number")
    beneficiary_code = fields.String(attribute="statement.beneficiary_code")
    scheme = fields.String(attribute="statement.scheme")
    quarter = fields.String(attribute="statement.quarter")
    batch = fields.String(attribute="batch.number")
    reopens = fields.Boolean()
    before = Money(allow_none=True)
    after = Money(allow_none=True)
    holds = fields.List(fields.String())
    awarded = Money()
    adjustment = Money(allow_none=True)


class RestatementOut(Schema):
    digest = fields.String()
    deltas = fields.List(fields.Nested(RestatementDeltaOut))
    reopened = fields.List(fields.Pluck("ReopenedBatchOut", "number"))


class ReopenedBatchOut(Schema):
    number = fields.String()


class RestateSchema(Schema):
    digest = Line(longest=64, shortest=64, required=True)


class RestatedOut(Schema):
    """The statements that changed, and the codes of the beneficiaries whose new revision could not be computed."""

    written = fields.List(fields.String())
    failed = fields.List(fields.String())
