"""How the bridging fund travels."""

from typing import Any

from marshmallow import fields

from kernel.fields import Day, Line, Money, Schema, WholeNumber, one_of
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.bridging.pools import pool_name
from matchmaking.bridging.service import BridgingTermsAsked
from matchmaking.bridging.terms import BORROWER_KINDS
from matchmaking.bridging.workflow import HANDS, REJECTIONS, STATES
from matchmaking.party_fields import HIGHEST_ID, FirmAndBankOut, YesOrNo

HIGHEST_VERSION = 1_000_000
ONE_FEN = 1


class BridgingAskedSchema(Schema):
    """What a firm asks for; every term is of the old loan or of the advance."""

    bank_id = WholeNumber(lowest=1, highest=HIGHEST_ID, required=True)
    borrower_kind = fields.String(validate=one_of(BORROWER_KINDS), required=True)
    old_loan = Line(longest=64, required=True)
    old_balance = Money(lowest=ONE_FEN, required=True)
    old_due_on = Day(required=True)
    amount = Money(lowest=ONE_FEN, required=True)
    days = WholeNumber(lowest=1, highest=366, required=True)


def asked_terms(values: dict[str, Any]) -> BridgingTermsAsked:
    """Loaded values as terms."""
    return BridgingTermsAsked(**values)


class BridgingMoveSchema(Schema):
    """A move from the version that was seen; what else it needs depends on the move, and the service says what is missing."""

    move = fields.String(validate=one_of(HANDS), required=True)
    seen = WholeNumber(lowest=1, highest=HIGHEST_VERSION, required=True)
    amount = Money(lowest=ONE_FEN, load_default=None, allow_none=True)
    document = Line(longest=120, shortest=0, load_default="")
    account = Line(longest=60, shortest=0, load_default="")
    day = Day(load_default=None, allow_none=True)
    new_loan = Line(longest=64, shortest=0, load_default="")
    code = fields.String(validate=one_of(REJECTIONS), load_default=None, allow_none=True)
    note = Line(longest=500, shortest=0, many_lines=True, load_default="")


class BridgingMoveFormSchema(BridgingMoveSchema):
    """The same from a form, whose URL names the move."""

    move = fields.String(load_default="")


class BridgingCasesAskedSchema(AskedSchema):
    state = fields.String(validate=one_of(STATES), load_default=None)


class PoolOpeningSchema(Schema):
    document = Line(longest=200, required=True)


class ContributionSchema(Schema):
    """Money put in; a negative amount takes it back."""

    contributor = Line(longest=120, required=True)
    amount = Money(required=True)
    document = Line(longest=120, required=True)
    day = Day(required=True)


class ContributionCheckSchema(Schema):
    """The second person's answer; a refusal needs a reason."""

    accept = YesOrNo(required=True)
    reason = Line(longest=500, shortest=0, many_lines=True, load_default="")


class MonthSchema(Schema):
    """Any day of the month that is asked for."""

    day = Day(load_default=None)


class BridgingStepOut(Schema):
    number = fields.Integer()
    verb = fields.String()
    day = fields.Date()
    principal = Money()
    fee = Money()
    note = fields.String()
    at = fields.AwareDateTime()


class BridgingCaseOut(FirmAndBankOut):
    """A case, its firm and bank, and how far it has come."""

    region = fields.String(attribute="case.region")
    state = fields.String(attribute="case.state")
    version = fields.Integer(attribute="case.version")
    borrower_kind = fields.String(attribute="case.borrower_kind")
    old_loan = fields.String(attribute="case.old_loan")
    old_balance = Money(attribute="case.old_balance")
    old_due_on = fields.Date(attribute="case.old_due_on")
    amount = Money(attribute="case.amount")
    days = fields.Integer(attribute="case.days")
    applied_on = fields.Date(attribute="case.applied_on")
    was_listed = fields.Boolean(attribute="case.was_listed")
    commitment = Money(attribute="case.commitment")
    commitment_document = fields.String(attribute="case.commitment_document")
    advance = Money(attribute="case.advance")
    paid_out_on = fields.Date(attribute="case.paid_out_on")
    due_on = fields.Date(attribute="case.due_on")
    old_repaid_on = fields.Date(attribute="case.old_repaid_on")
    new_loan = fields.String(attribute="case.new_loan")
    new_loan_on = fields.Date(attribute="case.new_loan_on")
    called_on = fields.Date(attribute="case.called_on")
    ended_on = fields.Date(attribute="case.ended_on")
    owed = Money()
    fee = Money(attribute="case.fee")
    rejection = fields.String(attribute="case.rejection")


class BridgingCasePageOut(PageOut):
    items = fields.List(fields.Nested(BridgingCaseOut))


class PoolBalanceOut(Schema):
    capital = Money()
    free = Money()
    promised = Money()
    out = Money()
    cash = Money()


class PoolOut(Schema):
    id = fields.Integer()
    region = fields.String()
    name = fields.Function(lambda pool: pool_name(pool.region).zh)
    document = fields.String()
    opened_on = fields.Date()


class ContributionOut(Schema):
    id = fields.Integer()
    contributor = fields.String()
    amount = Money()
    document = fields.String()
    day = fields.Date()
    state = fields.String()
    checked_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String()


class PoolStatementOut(Schema):
    month = fields.String()
    opening = fields.Nested(PoolBalanceOut)
    closing = fields.Nested(PoolBalanceOut)
    moved = fields.Dict(keys=fields.String(), values=Money())
    written_off = Money()
