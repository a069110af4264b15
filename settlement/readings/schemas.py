"""How decisions, readings and what-ifs travel."""

from flask_smorest.fields import Upload
from marshmallow import fields

from kernel.fields import Day, Line, Money, QuarterField, Schema, one_of
from kernel.web.paging import AskedSchema
from settlement.readings.workflow import STATES

LONGEST_CODE = 60


class PaperSchema(Schema):
    """The paper that decides."""

    document_number = Line(longest=120, required=True)
    document_title = Line(longest=200, required=True)
    document_issuer = Line(longest=120, required=True)
    document_date = Day(required=True)
    note = Line(longest=400, shortest=0, many_lines=True, load_default="")


class WordDecisionSchema(PaperSchema):
    """A document that decides an open word; without `since` the reading holds on all its days."""

    word = Line(longest=LONGEST_CODE, required=True)
    alternative = Line(longest=LONGEST_CODE, required=True)
    since = Day(load_default=None)


class ParameterDecisionSchema(PaperSchema):
    """A document that sets one parameter; `value` as people write it: `2%`, `20000.00`, `是`, `small,micro`."""

    scheme = Line(longest=LONGEST_CODE, required=True)
    parameter = Line(longest=LONGEST_CODE, required=True)
    value = Line(longest=400, many_lines=True, required=True)
    since = Day(required=True)
    until = Day(load_default=None)


class DecisionEvidenceSchema(Schema):
    evidence = Upload(required=True)


class DecisionCheckSchema(Schema):
    """The digest of what the checker was shown."""

    digest = Line(longest=64, shortest=64, required=True)


class DecisionsAskedSchema(AskedSchema):
    """The decisions in a state."""

    state = Line(longest=20, load_default=None, validate=one_of(STATES))


class DecisionRefusalSchema(DecisionCheckSchema):
    reason = Line(longest=400, many_lines=True, required=True)


class WhatIfAskedSchema(Schema):
    """Changes as `growth-reward.rate:2022-04-01..2023-06-30=2%`, quarters as `2022Q3`; both may be given several times."""

    change = fields.List(Line(longest=600, many_lines=True), load_default=list)
    quarter = fields.List(QuarterField(), load_default=list)


class WordsAskedSchema(Schema):
    day = Day(load_default=None)


class PricesAskedSchema(Schema):
    quarter = fields.List(QuarterField(), load_default=list)
    word = fields.List(Line(longest=LONGEST_CODE), load_default=list)


class ScenarioSchema(WhatIfAskedSchema):
    """A what-if under a name."""

    name = Line(longest=60, required=True)


class BothTextOut(Schema):
    zh = fields.String()
    en = fields.String()


class DecidedValueOut(Schema):
    scheme = fields.String()
    parameter = fields.String()
    since = fields.Date()
    until = fields.Date(allow_none=True)
    value = fields.Function(lambda row: row.content)


class DecisionOut(Schema):
    """One decision; `number` is how it is called, `digest` what a check has to name."""

    id = fields.Integer(attribute="decision.id")
    number = fields.String(attribute="decision.number")
    kind = fields.String(attribute="decision.kind")
    state = fields.String(attribute="decision.state")
    word = fields.String(attribute="decision.word")
    alternative = fields.String(attribute="decision.alternative")
    revokes = fields.Integer(attribute="decision.revokes_id", allow_none=True)
    document_number = fields.String(attribute="decision.document_number")
    document_title = fields.String(attribute="decision.document_title")
    document_issuer = fields.String(attribute="decision.document_issuer")
    document_date = fields.Date(attribute="decision.document_date")
    note = fields.String(attribute="decision.note")
    evidence_name = fields.String(attribute="decision.evidence_name")
    evidence_size = fields.Integer(attribute="decision.evidence_size")
    evidence_digest = fields.String(attribute="decision.evidence_digest")
    digest = fields.String(attribute="decision.digest")
    recorded_by = fields.String(attribute="decision.recorded_by_name")
    recorded_at = fields.AwareDateTime(attribute="decision.recorded_at")
    checked_by = fields.String(attribute="decision.checked_by_name")
    checked_at = fields.AwareDateTime(attribute="decision.checked_at", allow_none=True)
    check_note = fields.String(attribute="decision.check_note")
    values = fields.List(fields.Nested(DecidedValueOut))


class AlternativeOut(Schema):
    id = fields.String()
    title = fields.Nested(BothTextOut)
    means = fields.Nested(BothTextOut)
    is_in_force = fields.Boolean()
    only_compared = fields.Nested(BothTextOut, allow_none=True)


class FoundValueOut(Schema):
    """A value that the reading in force rests on, with its document."""

    name = fields.String()
    since = fields.Date()
    until = fields.Date(allow_none=True)
    reference = fields.String()
    origin = fields.String()
    decision = fields.String(allow_none=True)


class OpenWordOut(Schema):
    id = fields.String()
    title = fields.Nested(BothTextOut)
    question = fields.Nested(BothTextOut)
    decides = fields.Nested(BothTextOut)
    reference = fields.String()
    quote = fields.String(allow_none=True)
    in_force = fields.String(allow_none=True)
    values = fields.List(fields.Nested(FoundValueOut))
    alternatives = fields.List(fields.Nested(AlternativeOut))


class AmountChangeOut(Schema):
    """An amount before and after in yuan; null where nobody knows it."""

    before = Money(allow_none=True)
    after = Money(allow_none=True)
    difference = Money(allow_none=True)


class NamedChangeOut(AmountChangeOut):
    """The change of one quarter, county or payer."""

    key = fields.String()


class BeneficiaryChangeOut(Schema):
    scheme = fields.String()
    code = fields.String()
    name = fields.String()
    region = fields.String()
    total = fields.Nested(AmountChangeOut)
    by_quarter = fields.List(fields.Nested(NamedChangeOut))


class SilenceOut(Schema):
    scheme = fields.String()
    quarter = QuarterField()
    why = fields.Nested(BothTextOut)


class RunDifferenceOut(Schema):
    total = fields.Nested(AmountChangeOut)
    by_quarter = fields.List(fields.Nested(NamedChangeOut))
    by_beneficiary = fields.List(fields.Nested(BeneficiaryChangeOut))
    by_region = fields.List(fields.Nested(NamedChangeOut))
    by_payer = fields.List(fields.Nested(NamedChangeOut))
    unknown_amounts = fields.Integer()
    silent = fields.List(fields.Nested(SilenceOut))


class ReadingPriceOut(Schema):
    alternative = fields.String()
    is_in_force = fields.Boolean()
    difference = fields.Nested(RunDifferenceOut)


class WordPricesOut(Schema):
    word = fields.String()
    spread = Money(allow_none=True)
    readings = fields.List(fields.Nested(ReadingPriceOut))


class RunProgressOut(Schema):
    """`finished` false: `done` of `whole` figures are known; ask again for the rest."""

    finished = fields.Boolean()
    done = fields.Integer()
    whole = fields.Integer()


class PricesOut(RunProgressOut):
    quarters = fields.List(QuarterField())
    words = fields.List(fields.Nested(WordPricesOut))


class ChangedParameterOut(Schema):
    """A changed parameter with the values it has in force on those days and their documents."""

    scheme = fields.String()
    parameter = fields.String()
    since = fields.Date()
    until = fields.Date(allow_none=True)
    value = fields.Nested(BothTextOut)
    instead_of = fields.List(fields.Nested(FoundValueOut))


class WhatIfOut(RunProgressOut):
    quarters = fields.List(QuarterField())
    changes = fields.List(fields.Nested(ChangedParameterOut))
    difference = fields.Nested(RunDifferenceOut, allow_none=True)
    earlier_quarters = fields.List(QuarterField())
    earlier = fields.Nested(RunDifferenceOut, allow_none=True)


class ScenarioOut(Schema):
    id = fields.Integer()
    name = fields.String()
    changes = fields.List(fields.String())
    quarters = fields.List(fields.String())
    kept_at = fields.AwareDateTime()
