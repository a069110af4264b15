"""How claims travel. What a claim states is read by what its kind declares, for JSON and forms alike."""

from collections.abc import Mapping
from typing import Any

import marshmallow
from marshmallow import fields

from kernel.fields import CreditCode, Day, Line, Money, Schema, WholeNumber, one_of, refusal
from kernel.policies import PolicyBook
from kernel.web.paging import AskedSchema, PageOut
from settlement.awards.judging import StatedClaim
from settlement.awards.service import LONGEST_NOTE
from settlement.awards.workflow import MOVES, REFUSALS, STATES
from settlement.event_awards import EVENT_KINDS, AwardFact, AwardKind

LONGEST_DOCUMENT = 80
HIGHEST_VERSION = 1_000_000
_ANSWERS: dict[Any, bool] = {True: True, False: False, "yes": True, "no": False}


class YesNo(fields.Field[bool]):
    """A plain yes or no: a JSON boolean, or `yes` and `no` of a form."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool | str) or value not in _ANSWERS:
            raise refusal("选“是”或“否”", "Choose yes or no")
        return _ANSWERS[value]


def _field(fact: AwardFact, kind: AwardKind, book: PolicyBook) -> fields.Field[Any]:
    """The field of one declared fact; every fact is asked for."""
    if fact.type == "money":
        return Money(lowest=0, required=True)
    if fact.type == "count":
        return WholeNumber(lowest=fact.lowest, highest=fact.highest, required=True)
    if fact.type == "day":
        return Day(required=True)
    if fact.type == "flag":
        return YesNo(required=True)
    if fact.type == "choice":
        return fields.String(validate=one_of(fact.options(book, kind.id)), required=True)
    return Line(longest=fact.longest, required=True)


def _facts_fields(kind: AwardKind, book: PolicyBook) -> dict[str, Any]:
    return {fact.name: _field(fact, kind, book) for fact in kind.facts}


def facts_schema(kind: AwardKind, book: PolicyBook) -> Schema:
    """The facts of a kind as a JSON object."""
    return Schema.from_dict(_facts_fields(kind, book), name=f"Facts of {kind.id}")()  # type: ignore[return-value]


def form_schema(kind: AwardKind, book: PolicyBook, *, names_beneficiary: bool, names_version: bool) -> Schema:
    """A claim's form: the facts with the day, the document, for whom, and the version it starts from."""
    every: dict[str, Any] = {
        "day": Day(required=True),
        "document": Line(longest=LONGEST_DOCUMENT, shortest=0, load_default=""),
        "act": fields.String(validate=one_of(("check", "save")), load_default="save"),
        **_facts_fields(kind, book),
    }
    if names_beneficiary:
        every["beneficiary_code"] = CreditCode(required=True)
    if names_version:
        every["seen"] = WholeNumber(lowest=1, highest=HIGHEST_VERSION, required=True)
    return Schema.from_dict(every, name=f"Form of {kind.id}")()  # type: ignore[return-value]


def stated_from(kind: AwardKind, values: Mapping[str, Any]) -> StatedClaim:
    """Loaded values as a statement."""
    facts = {fact.name: values[fact.name] for fact in kind.facts}
    return StatedClaim(kind.id, values["day"], values["document"], facts)


class ClaimSchema(Schema):
    """A claim as JSON; `facts` is read by what the scheme declares (`GET /awards/kinds`)."""

    scheme = fields.String(validate=one_of(EVENT_KINDS), required=True)
    beneficiary_code = CreditCode(load_default="")
    day = Day(required=True)
    document = Line(longest=LONGEST_DOCUMENT, shortest=0, load_default="")
    facts = fields.Dict(keys=fields.String(), load_default=dict)


class ClaimChangeSchema(Schema):
    """Other words for a draft; `seen` is the version they start from."""

    seen = WholeNumber(lowest=1, highest=HIGHEST_VERSION, required=True)
    day = Day(required=True)
    document = Line(longest=LONGEST_DOCUMENT, shortest=0, load_default="")
    facts = fields.Dict(keys=fields.String(), load_default=dict)


def stated_from_json(kind: AwardKind, values: Mapping[str, Any], book: PolicyBook) -> StatedClaim:
    """A statement out of JSON; ValidationError at `facts.…` for what the kind does not declare."""
    try:
        facts = facts_schema(kind, book).load(values["facts"])
    except marshmallow.ValidationError as error:
        raise marshmallow.ValidationError({"facts": error.messages}) from None
    return StatedClaim(kind.id, values["day"], values["document"], facts)


class ClaimMoveSchema(Schema):
    """A move; acceptance names the digest of the decision that was shown, a refusal its code and reason."""

    move = fields.String(validate=one_of(MOVES), required=True)
    digest = Line(longest=64, shortest=0, load_default="")
    code = fields.String(validate=one_of(("", *REFUSALS)), load_default="")
    note = Line(longest=LONGEST_NOTE, shortest=0, many_lines=True, load_default="")


class ClaimMoveFormSchema(Schema):
    """The same from a page, where the move stands in the address."""

    digest = Line(longest=64, shortest=0, load_default="")
    code = fields.String(validate=one_of(("", *REFUSALS)), load_default="")
    note = Line(longest=LONGEST_NOTE, shortest=0, many_lines=True, load_default="")


class DishonestySchema(Schema):
    """A listing for serious dishonesty."""

    code = CreditCode(required=True)
    since = Day(required=True)
    document = Line(longest=200, required=True)


class DishonestyOut(Schema):
    code = fields.String()
    name = fields.String()


class ClaimsAskedSchema(AskedSchema):
    state = fields.String(validate=one_of(STATES), load_default=None)
    scheme = fields.String(validate=one_of(EVENT_KINDS), load_default=None)
    beneficiary_code = Line(longest=18, load_default=None)


class AwardTextOut(Schema):
    zh = fields.String()
    en = fields.String()


class AwardFactOut(Schema):
    name = fields.String()
    type = fields.String()
    title = fields.Nested(AwardTextOut)
    hint = fields.Nested(AwardTextOut, allow_none=True)
    unit = fields.Nested(AwardTextOut, allow_none=True)
    choices = fields.Dict(keys=fields.String(), values=fields.Nested(AwardTextOut))


class AwardPaperKindOut(Schema):
    code = fields.String()
    title = fields.Nested(AwardTextOut)
    required = fields.Boolean()


class AwardKindOut(Schema):
    """What one kind of event asks for."""

    scheme = fields.String()
    schemes = fields.List(fields.String())
    clauses = fields.List(fields.Integer())
    title = fields.Nested(AwardTextOut)
    responsible = fields.String()
    day = fields.Nested(AwardTextOut)
    facts = fields.List(fields.Nested(AwardFactOut))
    papers = fields.List(fields.Nested(AwardPaperKindOut))


class AwardReasonOut(Schema):
    code = fields.String()
    weight = fields.String()
    text = fields.Nested(AwardTextOut)


class ReadParameterOut(Schema):
    scheme = fields.String()
    name = fields.String()
    title = fields.Nested(AwardTextOut)
    shown = fields.Nested(AwardTextOut)
    since = fields.Date()
    until = fields.Date(allow_none=True)
    reference = fields.String()
    origin = fields.String()


class DecidedShareOut(Schema):
    payer = fields.String()
    part = fields.String()
    amount = Money()


class DecidedLineOut(Schema):
    """One clause's answer; `amount` is null where a document is missing."""

    scheme = fields.String()
    clause = fields.Integer(attribute="clause.number")
    amount = Money(allow_none=True)
    split = fields.String()
    written = fields.Nested(AwardTextOut, allow_none=True)
    reasons = fields.List(fields.Nested(AwardReasonOut))
    parameters = fields.List(fields.Nested(ReadParameterOut))
    shares = fields.List(fields.Nested(DecidedShareOut))


class AwardDecisionOut(Schema):
    """What the rule says of a claim today; `digest` is what an acceptance has to name."""

    is_eligible = fields.Boolean()
    may_be_accepted = fields.Boolean()
    amount = Money(allow_none=True)
    suspended_until = fields.Date(allow_none=True)
    digest = fields.String()
    reasons = fields.List(fields.Nested(AwardReasonOut))
    lines = fields.List(fields.Nested(DecidedLineOut))


class AwardPaperOut(Schema):
    id = fields.Integer()
    paper = fields.String()
    file_name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    digest = fields.String()
    attached_at = fields.AwareDateTime()


class ClaimOut(Schema):
    """One claim in a list."""

    id = fields.Integer(attribute="claim.id")
    scheme = fields.String(attribute="claim.scheme")
    beneficiary_code = fields.String(attribute="party.code")
    beneficiary_name = fields.String(attribute="party.name")
    region = fields.String(attribute="claim.region")
    day = fields.Date(attribute="claim.day")
    document = fields.String(attribute="claim.document")
    state = fields.String(attribute="claim.state")
    version = fields.Integer(attribute="claim.version")
    amount = Money(attribute="claim.amount", allow_none=True)
    filed_at = fields.AwareDateTime(attribute="claim.filed_at", allow_none=True)
    decided_at = fields.AwareDateTime(attribute="claim.decided_at", allow_none=True)
    refusal_code = fields.String(attribute="claim.refusal_code")
    note = fields.String(attribute="claim.note")


class WholeClaimOut(ClaimOut):
    facts = fields.Dict(keys=fields.String())
    papers = fields.List(fields.Nested(AwardPaperOut))
    moves = fields.List(fields.String())
    decision = fields.Nested(AwardDecisionOut, allow_none=True)
    grants = fields.List(fields.Dict())


class ClaimsPageOut(PageOut):
    items = fields.List(fields.Nested(ClaimOut))
