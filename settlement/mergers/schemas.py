"""How mergers travel."""

from marshmallow import fields

from kernel.fields import CreditCode, Day, Line, Schema
from settlement.mergers.service import LONGEST_DOCUMENT


class MergerSchema(Schema):
    """`ended_on` is the first day on which the absorbed institution is no legal person any more."""

    absorbed_code = CreditCode(required=True)
    into_code = CreditCode(required=True)
    ended_on = Day(required=True)
    document = Line(longest=LONGEST_DOCUMENT, required=True)


class AbsorbedOut(Schema):
    code = fields.String()
    name = fields.String()
