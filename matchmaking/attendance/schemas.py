"""How the day travels."""

from marshmallow import fields

from kernel.fields import Line, Money, Schema, one_of
from matchmaking.attendance.workflow import OUTCOMES


class SaidSchema(Schema):
    took_place = fields.Boolean(required=True)


class OutcomeNoteSchema(Schema):
    """An outcome note; the amount in yuan, for an intent alone."""

    outcome = fields.String(required=True, validate=one_of(OUTCOMES))
    amount = Money(lowest=1, load_default=None, allow_none=True)
    text = Line(longest=500, shortest=0, many_lines=True, load_default="")


class LinkSchema(Schema):
    url = Line(longest=500, shortest=0, load_default="")


class MeetingSideOut(Schema):
    """What one side said so far."""

    checked_in_at = fields.AwareDateTime(allow_none=True)
    took_place = fields.Boolean(allow_none=True)
    outcome = fields.String(allow_none=True)
    amount = Money(allow_none=True)
