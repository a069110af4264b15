"""How weekly sessions travel."""

from typing import Any

from marshmallow import fields

from kernel.fields import Line, MomentField, Money, Rate, Schema, WeekField, WholeNumber, one_of
from kernel.parties.models import INSTITUTION_KINDS
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.offers.schemas import MissOut, ReasonOut
from matchmaking.requests.schemas import SharedRequestOut
from matchmaking.sessions.frame import FIXED, SessionFrame
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.workflow import STATES, STEPS
from matchmaking.themes import GENERAL, HOSTS, SCOPES, THEMES


class SessionSchema(Schema):
    """The frame of a session; moments carry their offset, such as `2022-10-27T14:00:00+08:00`."""

    week = WeekField(required=True)
    theme = Line(longest=60, required=True)
    theme_code = fields.String(validate=one_of(THEMES), load_default=GENERAL)
    scope = fields.String(validate=one_of(SCOPES), load_default="city")
    institution_kinds = fields.List(fields.String(validate=one_of(INSTITUTION_KINDS)), load_default=list)
    starts_at = MomentField(required=True)
    ends_at = MomentField(required=True)
    slot_minutes = WholeNumber(lowest=5, highest=240, required=True)
    break_after = WholeNumber(lowest=1, highest=60, load_default=None, allow_none=True)
    break_minutes = WholeNumber(lowest=0, highest=240, load_default=0)
    host = fields.String(validate=one_of(HOSTS), load_default="rooms")
    rooms = WholeNumber(lowest=1, highest=1000, load_default=None, allow_none=True)
    request_places = WholeNumber(lowest=1, highest=10_000, load_default=200)
    sign_up_from = MomentField(required=True)
    sign_up_until = MomentField(required=True)
    match_at = MomentField(required=True)
    publish_at = MomentField(required=True)


def frame_from(values: dict[str, Any]) -> SessionFrame:
    """Loaded values as a frame."""
    kinds = tuple(dict.fromkeys(values["institution_kinds"])) or THEMES[values["theme_code"]].institution_kinds
    return SessionFrame(**values | {"institution_kinds": kinds})


class SessionMoveSchema(Schema):
    """A step; before its announced time it needs a reason."""

    move = fields.String(validate=one_of(STEPS), required=True)
    reason = Line(longest=300, shortest=0, load_default="")


class AsAnnouncedSchema(Schema):
    """What no change of a frame reaches (`frame.FIXED`): left out it stays, and anything but what was announced is refused."""

    theme_code = fields.String(validate=one_of(THEMES))
    scope = fields.String(validate=one_of(SCOPES))
    institution_kinds = fields.List(fields.String(validate=one_of(INSTITUTION_KINDS)))
    host = fields.String(validate=one_of(HOSTS))


def changed_frame(session: WeeklySession, values: dict[str, Any]) -> SessionFrame:
    """The loaded values of a change as a frame, with what they leave out as it was announced."""
    kept = {name: getattr(session, name) for name in FIXED} | values
    return SessionFrame(**kept | {"institution_kinds": tuple(dict.fromkeys(kept["institution_kinds"]))})


class FrameChangeSchema(AsAnnouncedSchema, SessionSchema):
    """The whole frame anew, the version it starts from, and why."""

    seen = WholeNumber(lowest=1, highest=1_000_000, required=True)
    reason = Line(longest=300, required=True)


class CancellationSchema(Schema):
    reason = Line(longest=300, required=True)


class DeskSchema(Schema):
    topic = Line(longest=30, shortest=0, load_default="")
    person = Line(longest=40, shortest=0, load_default="")


class BankSignUpSchema(Schema):
    """A bank's sign-up: desks side by side, breaks to keep free in all, the most meetings it takes."""

    desks = WholeNumber(lowest=1, highest=50, required=True)
    breaks = WholeNumber(lowest=0, highest=500, load_default=0)
    seats = WholeNumber(lowest=1, highest=3000, load_default=None, allow_none=True)
    desk_notes = fields.List(fields.Nested(DeskSchema), load_default=list)


class BlockSchema(Schema):
    enterprise_code = Line(longest=18, required=True)
    reason = Line(longest=300, shortest=4, required=True)


class SessionOut(Schema):
    """A session; the seed of its lottery appears in the certificate, after the match."""

    id = fields.Integer(attribute="session.id")
    week = fields.String(attribute="session.week")
    theme = fields.String(attribute="session.theme")
    theme_code = fields.String(attribute="session.theme_code")
    scope = fields.String(attribute="session.scope")
    partners = fields.List(fields.String(), attribute="session.partners")
    institution_kinds = fields.List(fields.String(), attribute="session.institution_kinds")
    break_after = fields.Integer(attribute="session.break_after", allow_none=True)
    break_minutes = fields.Integer(attribute="session.break_minutes")
    host = fields.String(attribute="session.host")
    state = fields.String(attribute="session.state")
    organiser_code = fields.String(attribute="organiser.code")
    organiser_name = fields.String(attribute="organiser.name")
    starts_at = fields.AwareDateTime(attribute="session.starts_at")
    ends_at = fields.AwareDateTime(attribute="session.ends_at")
    slot_minutes = fields.Integer(attribute="session.slot_minutes")
    slots = fields.Integer(attribute="session.slots")
    rooms = fields.Integer(attribute="session.rooms", allow_none=True)
    request_places = fields.Integer(attribute="session.request_places")
    requests_taken = fields.Integer(attribute="session.requests_taken")
    sign_up_from = fields.AwareDateTime(attribute="session.sign_up_from")
    sign_up_until = fields.AwareDateTime(attribute="session.sign_up_until")
    match_at = fields.AwareDateTime(attribute="session.match_at")
    publish_at = fields.AwareDateTime(attribute="session.publish_at")
    version = fields.Integer(attribute="session.version")
    opened_at = fields.AwareDateTime(attribute="session.opened_at", allow_none=True)
    closed_at = fields.AwareDateTime(attribute="session.closed_at", allow_none=True)
    matched_at = fields.AwareDateTime(attribute="session.matched_at", allow_none=True)
    published_at = fields.AwareDateTime(attribute="session.published_at", allow_none=True)
    concluded_at = fields.AwareDateTime(attribute="session.concluded_at", allow_none=True)
    cancelled_at = fields.AwareDateTime(attribute="session.cancelled_at", allow_none=True)
    commitment = fields.String(attribute="session.commitment")
    banks = fields.Integer()
    requests = fields.Integer()


class NoticeOut(Schema):
    """A change after the announcement; `changes` are rows [what in Chinese, what in English, before, after]."""

    kind = fields.String()
    reason = fields.String()
    changes = fields.Function(lambda one: [[*name, before, after] for name, before, after in one.changes])
    made_at = fields.AwareDateTime()


class SessionsAskedSchema(AskedSchema):
    state = fields.String(validate=one_of(STATES), load_default=None)


class SessionPageOut(PageOut):
    items = fields.List(fields.Nested(SessionOut))


class DeskOut(Schema):
    number = fields.Integer()
    topic = fields.String()
    person = fields.String()


class BankPlaceOut(Schema):
    institution_code = fields.String(attribute="bank.code")
    institution_name = fields.String(attribute="bank.name")
    desks = fields.Integer(attribute="place.desks")
    breaks = fields.Integer(attribute="place.breaks")
    seats = fields.Integer(attribute="place.seats", allow_none=True)
    closed_desks = fields.List(fields.Integer(), attribute="place.closed_desks")
    desk_notes = fields.List(fields.Nested(DeskOut), attribute="desks")


class SignUpOut(Schema):
    """A request at a session."""

    state = fields.String(attribute="sign_up.state")
    signed_up_at = fields.AwareDateTime(attribute="sign_up.signed_up_at")
    request = fields.Nested(SharedRequestOut, attribute="filed")


class MeetingOut(Schema):
    """A meeting with the terms that both sides saw; the enterprise's figures are empty once its consent is gone."""

    id = fields.Integer(attribute="meeting.id")
    slot = fields.Integer(attribute="meeting.slot")
    desk = fields.Integer(attribute="meeting.desk")
    room = fields.Integer(attribute="meeting.room")
    round = fields.Integer(attribute="meeting.round")
    starts_at = fields.AwareDateTime()
    request_id = fields.Integer(attribute="meeting.request_id")
    enterprise_code = fields.String(attribute="enterprise.code")
    enterprise_name = fields.String(attribute="enterprise.name")
    institution_code = fields.String(attribute="bank.code")
    institution_name = fields.String(attribute="bank.name")
    amount = Money(attribute="request.amount")
    term = fields.Integer(attribute="request.term")
    rate_ceiling = Rate(attribute="request.rate_ceiling")
    purpose = fields.String(attribute="request.purpose")
    tags = fields.List(fields.String())
    product = fields.String(attribute="product.name")
    product_version = fields.Integer(attribute="product.number")
    product_rate_min = Rate(attribute="product.rate_min")
    is_open = fields.Boolean()


class RankedOfferOut(Schema):
    rank = fields.Integer()
    score = fields.Integer()
    institution_code = fields.String(attribute="bank.code")
    institution_name = fields.String(attribute="bank.name")
    product = fields.String(attribute="product.name")
    product_version = fields.Integer(attribute="product.number")
    reasons = fields.List(fields.Nested(ReasonOut))


class UnmetOut(Schema):
    request_id = fields.Integer(attribute="filed.id")
    request_code = fields.String(attribute="filed.request.code")
    enterprise_name = fields.String(attribute="filed.party.name")
    codes = fields.Dict(keys=fields.String(), values=fields.Integer())
    near_misses = fields.List(fields.Nested(MissOut))


class BlockOut(Schema):
    id = fields.Function(lambda pair: pair[0].id)
    enterprise_code = fields.Function(lambda pair: pair[1].code)
    enterprise_name = fields.Function(lambda pair: pair[1].name)
    reason = fields.Function(lambda pair: pair[0].reason)
    recorded_at = fields.Function(lambda pair: pair[0].recorded_at.isoformat())
