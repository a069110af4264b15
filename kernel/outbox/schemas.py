"""How channels and messages travel. A secret travels once, when it is made; an address only to its owner."""

from marshmallow import fields

from kernel.fields import Line, Schema, one_of
from kernel.outbox.workflow import CHANNELS, DELIVERY_STATES, FAILING_STATES
from kernel.web.paging import AskedSchema, PageOut


class DeliveriesAskedSchema(AskedSchema):
    """The deliveries of a state and a kind of channel."""

    state = Line(longest=20, load_default=None, validate=one_of(DELIVERY_STATES))
    channel = Line(longest=20, load_default=None, validate=one_of(CHANNELS))


class FailingAskedSchema(DeliveriesAskedSchema):
    """The same of those that do not get through."""

    state = Line(longest=20, load_default=None, validate=one_of(FAILING_STATES))


class ChannelSchema(Schema):
    """A new channel; no events means all of them."""

    channel = fields.String(required=True, validate=one_of(CHANNELS))
    address = Line(longest=500, required=True)
    events = fields.List(Line(longest=60), load_default=list)


class ChannelOut(Schema):
    id = fields.Integer()
    channel = fields.String()
    address = fields.String()
    events = fields.Function(lambda one: one.events.split())
    state = fields.String()
    previous_until = fields.AwareDateTime(allow_none=True)
    made_at = fields.AwareDateTime()


class ChannelWithSecretOut(Schema):
    """The only answer that carries the secret."""

    subscription = fields.Nested(ChannelOut)
    secret = fields.String(allow_none=True)


class TakenInOut(Schema):
    """Whether a platform's message changed anything."""

    taken = fields.Boolean()


class DeliveryOut(Schema):
    id = fields.Integer(attribute="delivery.id")
    reference = fields.String(attribute="delivery.reference")
    event = fields.String(attribute="event.event")
    subscription_id = fields.Integer(attribute="delivery.subscription_id")
    state = fields.String(attribute="delivery.state")
    attempts = fields.Integer(attribute="delivery.attempts")
    due_at = fields.AwareDateTime(attribute="delivery.due_at")
    delivered_at = fields.AwareDateTime(attribute="delivery.delivered_at", allow_none=True)
    last_answer = fields.String(attribute="last.answer")


class DeliveriesOut(PageOut):
    items = fields.List(fields.Nested(DeliveryOut))
