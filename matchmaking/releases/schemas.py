"""How releases of a plan travel."""

from typing import Any

from marshmallow import fields

from kernel.fields import Line, Schema, WholeNumber, one_of
from matchmaking.releases.causes import CallOff
from matchmaking.sessions.schemas import MeetingOut

WHAT = ("everything", "meeting", "desk")


class CallOffSchema(Schema):
    """What is called off: everything of an enterprise, one meeting, or a desk of a bank (none named: all its desks).

    An organiser names with `party_code` the side for which it acts.
    """

    what = fields.String(validate=one_of(WHAT), required=True)
    meeting_id = WholeNumber(lowest=1, highest=2_000_000_000, load_default=None, allow_none=True)
    desk = WholeNumber(lowest=1, highest=50, load_default=None, allow_none=True)
    party_code = Line(longest=18, load_default=None, allow_none=True)
    reason = Line(longest=300, required=True)


class CallOffFormSchema(Schema):
    """The same as a form sends it: `choice` is `everything`, `desks`, `meeting-12` or `desk-2`."""

    choice = Line(longest=30, required=True)
    party_code = Line(longest=18, shortest=0, load_default="")
    reason = Line(longest=300, required=True)


def asked_from(values: dict[str, Any]) -> CallOff:
    """Loaded values as what is asked for."""
    return CallOff(values["what"], values["meeting_id"], values["desk"], values["party_code"])


def asked_in_form(choice: str, party_code: str) -> CallOff:
    """A form's choice as what is asked for; an unknown one asks for no meeting."""
    what, _, number = choice.partition("-")
    code = party_code or None
    if what == "desks":
        return CallOff("desk", party_code=code)
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    if what == "desk":
        return CallOff("desk", desk=place, party_code=code)
    return CallOff("everything", party_code=code) if what == "everything" else CallOff("meeting", meeting_id=place)


class ReleaseChangeOut(Schema):
    """One changed meeting: its places before and after, and the meeting as it stands now."""

    change = fields.String(attribute="change.change")
    slot_before = fields.Integer(attribute="change.slot_before", allow_none=True)
    desk_before = fields.Integer(attribute="change.desk_before", allow_none=True)
    slot_after = fields.Integer(attribute="change.slot_after", allow_none=True)
    desk_after = fields.Integer(attribute="change.desk_after", allow_none=True)
    starts_before = fields.AwareDateTime(allow_none=True)
    starts_after = fields.AwareDateTime(allow_none=True)
    meeting = fields.Nested(MeetingOut, attribute="line")


class ReleaseOut(Schema):
    """A release; `changes` are those of the caller's own meetings (all for the organiser), `changed` counts all of them."""

    number = fields.Integer()
    made_at = fields.AwareDateTime()
    cause = fields.Function(lambda one: list(one.cause) if one.cause else None)
    reason = fields.String()
    is_quiet = fields.Boolean()
    changed = fields.Integer()
    changes = fields.List(fields.Nested(ReleaseChangeOut))
