"""How the live answer to a request travels."""

from typing import Any

from marshmallow import fields

from kernel.fields import Money, Rate, Schema, WholeNumber, one_of
from matchmaking.matching.vocabulary import GUARANTEE_KINDS
from matchmaking.products.schemas import ProductSchema
from matchmaking.requests.schemas import ConsentSchema


class LooseningSchema(Schema):
    """Changes to try: basis points more, a guarantee to add, another term, another amount (fen, as near misses give it)."""

    rate_ceiling = WholeNumber(lowest=1, highest=3600, load_default=None)
    guarantee = fields.String(validate=one_of(GUARANTEE_KINDS), load_default=None)
    term = WholeNumber(lowest=1, highest=360, load_default=None)
    amount = WholeNumber(lowest=100, highest=10**17, load_default=None)


class ConsentFormSchema(ConsentSchema, LooseningSchema):
    """The consent together with the loosenings to publish with."""


class PreviewSchema(ProductSchema):
    """The product form as it stands, of a new product or of a change."""

    seen = WholeNumber(lowest=1, highest=1_000_000, load_default=None)


def chosen_from(values: dict[str, Any]) -> dict[str, str]:
    """The changes that were chosen."""
    return {name: str(values[name]) for name in ("rate_ceiling", "guarantee", "term", "amount") if values[name]}


class ReasonOut(Schema):
    zh = fields.String()
    en = fields.String()


class OfferOut(Schema):
    rank = fields.Integer()
    score = fields.Integer(attribute="score.total")
    product_code = fields.String(attribute="product.product_id")
    institution_code = fields.String(attribute="product.institution_code")
    name = fields.String(attribute="product.name")
    rate_min = Rate(attribute="product.rate_min")
    rate_max = Rate(attribute="product.rate_max")
    amount_min = Money(attribute="product.amount_min")
    amount_max = Money(attribute="product.amount_ceiling")
    promised_days = fields.Integer(attribute="product.promised_days")
    reasons = fields.List(fields.Nested(ReasonOut))


class MissOut(Schema):
    change = fields.String()
    value = fields.String()
    opens = fields.Integer()
    text = fields.Nested(ReasonOut)


class AskedBesidesOut(Schema):
    """What a product asks for besides its terms, and whether it has a green channel."""

    product_code = fields.String(attribute="product.code")
    deposit_percent = Rate(attribute="version.deposit_percent")
    deposit_reason = fields.String(attribute="version.deposit_reason")
    counter_guarantees = fields.List(fields.String(), attribute="version.counter_guarantees")
    green_channel = fields.Boolean(attribute="version.green_channel")


class AnswerOut(Schema):
    """Who could lend now, what is missing, and what the chosen changes bring."""

    open_before = fields.Integer(attribute="before.open_products")
    open_after = fields.Integer(attribute="after.open_products")
    offers = fields.List(fields.Nested(OfferOut), attribute="after.offers")
    asked_besides = fields.List(fields.Nested(AskedBesidesOut), attribute="listings_offered")
    near_misses = fields.List(fields.Nested(MissOut), attribute="before.near_misses")
    refused = fields.Dict(keys=fields.String(), values=fields.Integer(), attribute="after.refused")
