"""How financing requests travel."""

from typing import Any

from marshmallow import ValidationError, fields, pre_load, validates_schema

from kernel.bilingual import Text
from kernel.fields import Day, Line, Money, Rate, Schema, WholeNumber, one_of
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, PURPOSES
from matchmaking.requests.terms import DECLARED_TAGS, RequestTerms
from matchmaking.requests.workflow import AUDIENCES, STATES
from matchmaking.units import with_yuan

ONE_YUAN = 100
LISTS = ("guarantee_kinds", "tags", "preferred_institutions", "vetoed_institutions")
MOST_NAMED = 20


class RequestSchema(Schema):
    """What is asked for, whole: for create and change alike. Institutions are named by credit code."""

    purpose = fields.String(validate=one_of(PURPOSES), required=True)
    amount = Money(lowest=ONE_YUAN, required=True)
    term = WholeNumber(lowest=1, highest=360, required=True)
    rate_ceiling = Rate(highest="36", required=True)
    guarantee_kinds = fields.List(fields.String(validate=one_of(GUARANTEE_KINDS)), required=True)
    needed_by = Day(load_default=None, allow_none=True)
    existing_loans = Money(lowest=0, load_default=None, allow_none=True)
    tags = fields.List(fields.String(validate=one_of(DECLARED_TAGS)), load_default=list)
    meetings_wanted = WholeNumber(lowest=1, highest=10, load_default=3)
    preferred_institutions = fields.List(Line(longest=18), load_default=list)
    vetoed_institutions = fields.List(Line(longest=18), load_default=list)
    note = Line(longest=500, shortest=0, many_lines=True, load_default="")

    @validates_schema
    def _sensible(self, values: dict[str, Any], **_kwargs: Any) -> None:
        wrong: dict[str, list[Text]] = {}
        if "guarantee_kinds" in values and not values["guarantee_kinds"]:
            wrong["guarantee_kinds"] = [Text("至少选一种能提供的担保", "Choose at least one guarantee you can give")]
        if set(values.get("preferred_institutions", ())) & set(values.get("vetoed_institutions", ())):
            wrong["vetoed_institutions"] = [
                Text("同一家银行不能既优先又回避", "A bank cannot be both preferred and kept off")
            ]
        for name in ("preferred_institutions", "vetoed_institutions"):
            if len(values.get(name, ())) > MOST_NAMED:
                wrong[name] = [Text(f"最多 {MOST_NAMED} 家", f"At most {MOST_NAMED}")]
        if wrong:
            raise ValidationError(wrong)


class RequestChangeSchema(RequestSchema):
    """A change names the version it starts from."""

    seen = WholeNumber(lowest=1, highest=1_000_000, required=True)


class RequestFormSchema(RequestSchema):
    """The page's form: amounts in 元 or 万元."""

    @pre_load
    def _in_yuan(self, typed: Any, **_kwargs: Any) -> dict[str, Any]:
        return with_yuan(typed, "amount", "existing_loans")


class RequestChangeFormSchema(RequestFormSchema):
    seen = WholeNumber(lowest=1, highest=1_000_000, required=True)


def terms_from(values: dict[str, Any]) -> RequestTerms:
    """Loaded values as terms."""
    kept = {name: value for name, value in values.items() if name != "seen"}
    return RequestTerms(**kept | {name: tuple(dict.fromkeys(kept[name])) for name in LISTS})


class ConsentSchema(Schema):
    """Who may see the request, and until when."""

    audience = fields.String(validate=one_of(AUDIENCES), required=True)
    until = Day(required=True)


class RequestsAskedSchema(AskedSchema):
    state = fields.String(validate=one_of(STATES), load_default=None)


class ConsentOut(Schema):
    audience = fields.String()
    until = fields.Date()
    given_at = fields.AwareDateTime()


class RequestOut(Schema):
    """A request with its terms, for its enterprise and the organising bureau."""

    id = fields.Integer(attribute="request.id")
    code = fields.String(attribute="request.code")
    state = fields.String(attribute="request.state")
    source = fields.String(attribute="request.source")
    version = fields.Integer(attribute="version.number")
    enterprise_code = fields.String(attribute="party.code")
    enterprise_name = fields.String(attribute="party.name")
    purpose = fields.String(attribute="version.purpose")
    amount = Money(attribute="version.amount")
    term = fields.Integer(attribute="version.term")
    rate_ceiling = Rate(attribute="version.rate_ceiling")
    guarantee_kinds = fields.List(fields.String(), attribute="version.guarantee_kinds")
    needed_by = fields.Date(attribute="version.needed_by")
    existing_loans = Money(attribute="version.existing_loans")
    tags = fields.List(fields.String(), attribute="version.tags")
    meetings_wanted = fields.Integer(attribute="version.meetings_wanted")
    preferred_institutions = fields.List(fields.String(), attribute="version.preferred_institutions")
    vetoed_institutions = fields.List(fields.String(), attribute="version.vetoed_institutions")
    note = fields.String(attribute="version.note")
    consent = fields.Nested(ConsentOut, allow_none=True)
    created_at = fields.AwareDateTime(attribute="request.created_at")
    published_at = fields.AwareDateTime(attribute="request.published_at", allow_none=True)


class GapOut(Schema):
    """One thing that is missing before a bank can say yes; `must` keeps the request out of a session."""

    code = fields.String()
    weight = fields.String()
    text = fields.Function(lambda gap: {"zh": gap.text.zh, "en": gap.text.en})
    mend_at = fields.String()


class SharedRequestOut(Schema):
    """What the consent shows to a bank: no wishes, no vetoes."""

    id = fields.Integer()
    code = fields.String(attribute="request.code")
    enterprise_code = fields.String(attribute="party.code")
    enterprise_name = fields.String(attribute="party.name")
    industry = fields.String(attribute="enterprise.industry")
    fiscal_region = fields.String(attribute="party.fiscal_region")
    purpose = fields.String(attribute="version.purpose")
    amount = Money(attribute="version.amount")
    term = fields.Integer(attribute="version.term")
    rate_ceiling = Rate(attribute="version.rate_ceiling")
    guarantee_kinds = fields.List(fields.String(), attribute="version.guarantee_kinds")
    needed_by = fields.Date(attribute="version.needed_by")
    existing_loans = Money(attribute="version.existing_loans")
    tags = fields.List(fields.String(), attribute="version.tags")
    note = fields.String(attribute="version.note")


class RequestPageOut(PageOut):
    items = fields.List(fields.Nested(RequestOut))
