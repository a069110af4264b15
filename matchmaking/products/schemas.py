"""How loan products travel."""

from typing import Any

from marshmallow import ValidationError, fields, pre_load, validates_schema

from kernel.bilingual import Text
from kernel.fields import Day, Line, Money, Rate, Schema, WholeNumber, one_of
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, PURPOSES, REGIONS, SECTIONS, TAGS
from matchmaking.products.reading import ORDERS
from matchmaking.products.terms import REPAYMENTS, ProductTerms
from matchmaking.products.workflow import PRODUCT_MOVES
from matchmaking.units import with_yuan

LONGEST_TERM = 360
HIGHEST_RATE = "36"
ONE_YUAN = 100
LISTS = ("guarantee_kinds", "industries", "regions", "purposes", "required_tags")
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

    @validates_schema
    def _ranges_in_order(self, values: dict[str, Any], **_kwargs: Any) -> None:
        wrong = {
            high: [text]
            for low, high, text in IN_ORDER
            if values.get(low) is not None and values.get(high) is not None and values[low] > values[high]
        }
        if "guarantee_kinds" in values and not values["guarantee_kinds"]:
            wrong["guarantee_kinds"] = [Text("至少选一种担保方式", "Choose at least one kind of guarantee")]
        if wrong:
            raise ValidationError(wrong)


class ProductChangeSchema(ProductSchema):
    """A change names the version it starts from."""

    seen = WholeNumber(lowest=1, highest=1_000_000, required=True)


def terms_from(values: dict[str, Any]) -> ProductTerms:
    """Loaded values as terms."""
    kept = {name: value for name, value in values.items() if name != "seen"}
    return ProductTerms(**kept | {name: tuple(dict.fromkeys(kept[name])) for name in LISTS})


class SoughtSchema(AskedSchema):
    """What to look for in the hall."""

    amount = Money(lowest=ONE_YUAN, load_default=None)
    term = WholeNumber(lowest=1, highest=LONGEST_TERM, load_default=None)
    guarantee = fields.String(validate=one_of(GUARANTEE_KINDS), load_default=None)
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
    since = fields.AwareDateTime(attribute="version.made_at")


class ProductPageOut(PageOut):
    items = fields.List(fields.Nested(ProductOut))
