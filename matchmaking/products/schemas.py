"""How loan products travel."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validates_schema

from kernel.bilingual import Text
from kernel.fields import Day, Line, Money, Rate, Schema, WholeNumber, one_of
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.marks import COUNTER_GUARANTEES
from matchmaking.marks_today import rules_today
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, PURPOSES, REGIONS, SECTIONS, TAGS
from matchmaking.products.reading import MARKS, ORDERS
from matchmaking.products.terms import REPAYMENTS, ProductTerms
from matchmaking.products.workflow import PRODUCT_MOVES
from matchmaking.units import with_yuan

LONGEST_TERM = 360
HIGHEST_RATE = "36"
ONE_YUAN = 100
SHORTEST_REASON = 4
LISTS = ("guarantee_kinds", "industries", "regions", "purposes", "required_tags", "counter_guarantees")
IN_ORDER = (
    ("amount_min", "amount_max", Text("最高金额不能小于最低金额", "The highest amount is below the lowest")),
    ("term_min", "term_max", Text("最长期限不能短于最短期限", "The longest term is below the shortest")),
    ("rate_min", "rate_max", Text("最高利率不能低于最低利率", "The highest rate is below the lowest")),
    ("valid_from", "valid_to", Text("有效期止不能早于有效期起", "The last day is before the first")),
)


def codes(vocabulary: Any, **kwargs: Any) -> fields.List[str]:
    """A list of codes of a vocabulary."""
    return fields.List(fields.String(validate=one_of(vocabulary)), **kwargs)


class ProductSchema(Schema):
    """The terms of a product, whole: for create and change alike."""

    name = Line(longest=60, required=True)
    amount_min = Money(lowest=ONE_YUAN, required=True)
    amount_max = Money(lowest=ONE_YUAN, required=True)
    term_min = WholeNumber(lowest=1, highest=LONGEST_TERM, required=True)
    term_max = WholeNumber(lowest=1, highest=LONGEST_TERM, required=True)
    rate_min = Rate(highest=HIGHEST_RATE, required=True)
    rate_max = Rate(highest=HIGHEST_RATE, required=True)
    guarantee_kinds = codes(GUARANTEE_KINDS, required=True)
    industries = codes(SECTIONS, load_default=list)
    regions = codes(REGIONS, load_default=list)
    purposes = codes(PURPOSES, load_default=list)
    required_tags = codes(TAGS, load_default=list)
    promised_days = WholeNumber(lowest=1, highest=365, required=True)
    repayment = fields.String(validate=one_of(REPAYMENTS), load_default="interest_first")
    documents = Line(longest=1000, shortest=0, many_lines=True, load_default="")
    valid_from = Day(load_default=None, allow_none=True)
    valid_to = Day(load_default=None, allow_none=True)
    quota = Money(lowest=0, load_default=None, allow_none=True)
    green_channel = fields.Boolean(truthy={True, "yes"}, falsy={False, "no"}, load_default=False)
    deposit_percent = Rate(load_default=Decimal(0))
    deposit_reason = Line(longest=200, shortest=0, load_default="")
    counter_guarantees = codes(COUNTER_GUARANTEES, load_default=list)

    @validates_schema
    def _ranges_in_order(self, values: dict[str, Any], **_kwargs: Any) -> None:
        wrong = {
            high: [text]
            for low, high, text in IN_ORDER
            if values.get(low) is not None and values.get(high) is not None and values[low] > values[high]
        }
        if "guarantee_kinds" in values and not values["guarantee_kinds"]:
            wrong["guarantee_kinds"] = [Text("至少选一种担保方式", "Choose at least one kind of guarantee")]
        wrong |= asked_besides(values)
        if wrong:
            raise ValidationError(wrong)


def asked_besides(values: dict[str, Any]) -> dict[str, list[Text]]:
    """What is wrong with the deposit and the counter-guarantees asked for, by field."""
    wrong = {}
    if values.get("deposit_percent") and len(values.get("deposit_reason", "").strip()) < SHORTEST_REASON:
        wrong["deposit_reason"] = [
            Text("原则上不收保证金；要收的写清为什么", "No deposit in principle: say why one is asked for")
        ]
    if values.get("counter_guarantees") and "guarantor" not in values.get("guarantee_kinds", ()):
        wrong["counter_guarantees"] = [
            Text("收担保公司的才有反担保", "There is a counter-guarantee only with a guarantee company")
        ]
    return wrong


class ProductChangeSchema(ProductSchema):
    """A change names the version it starts from."""

    seen = WholeNumber(lowest=1, highest=1_000_000, required=True)


def terms_from(values: dict[str, Any]) -> ProductTerms:
    """Loaded values as terms."""
    kept = {name: value for name, value in values.items() if name != "seen"}
    return ProductTerms(**kept | {name: tuple(dict.fromkeys(kept[name])) for name in LISTS})


class ShelfAskedSchema(AskedSchema):
    """The bank's own products in a state."""

    state = Line(longest=20, load_default=None, validate=one_of(PRODUCT_MOVES.states))


class SoughtSchema(AskedSchema):
    """What to look for in the hall."""

    amount = Money(lowest=ONE_YUAN, load_default=None)
    term = WholeNumber(lowest=1, highest=LONGEST_TERM, load_default=None)
    guarantee = fields.String(validate=one_of(GUARANTEE_KINDS), load_default=None)
    mark = fields.String(validate=one_of(MARKS), load_default=None)
    bank = Line(longest=18, load_default=None)
    sort = fields.String(validate=one_of(ORDERS), load_default="rate")


class SoughtFormSchema(SoughtSchema):
    """The same from the hall's form: the amount in 万元, empty fields left out."""

    lang = fields.String(load_only=True)

    @pre_load
    def _in_yuan(self, typed: Any, **_kwargs: Any) -> dict[str, Any]:
        filled = {name: value for name, value in typed.items() if value != ""}
        return with_yuan(filled | {"amount_unit": "wan"}, "amount")


class ProductMoveSchema(Schema):
    move = fields.String(validate=one_of(PRODUCT_MOVES.by_verb), required=True)


class ProductOut(Schema):
    """A product with its terms."""

    id = fields.Integer(attribute="product.id")
    code = fields.String(attribute="product.code")
    state = fields.String(attribute="product.state")
    version = fields.Integer(attribute="version.number")
    institution_code = fields.String(attribute="bank.code")
    institution_name = fields.String(attribute="bank.name")
    name = fields.String(attribute="version.name")
    amount_min = Money(attribute="version.amount_min")
    amount_max = Money(attribute="version.amount_max")
    term_min = fields.Integer(attribute="version.term_min")
    term_max = fields.Integer(attribute="version.term_max")
    rate_min = Rate(attribute="version.rate_min")
    rate_max = Rate(attribute="version.rate_max")
    guarantee_kinds = fields.List(fields.String(), attribute="version.guarantee_kinds")
    industries = fields.List(fields.String(), attribute="version.industries")
    regions = fields.List(fields.String(), attribute="version.regions")
    purposes = fields.List(fields.String(), attribute="version.purposes")
    required_tags = fields.List(fields.String(), attribute="version.required_tags")
    promised_days = fields.Integer(attribute="version.promised_days")
    repayment = fields.String(attribute="version.repayment")
    documents = fields.String(attribute="version.documents")
    valid_from = fields.Date(attribute="version.valid_from")
    valid_to = fields.Date(attribute="version.valid_to")
    quota = Money(attribute="version.quota")
    medium_long_term = fields.Function(lambda one: rules_today().is_long(one.version.term_max))
    green_channel = fields.Boolean(attribute="version.green_channel")
    deposit_percent = Rate(attribute="version.deposit_percent")
    deposit_reason = fields.String(attribute="version.deposit_reason")
    counter_guarantees = fields.List(fields.String(), attribute="version.counter_guarantees")
    since = fields.AwareDateTime(attribute="version.made_at")


class ProductPageOut(PageOut):
    items = fields.List(fields.Nested(ProductOut))
