"""How the whitelist travels."""

from typing import Any

from marshmallow import fields, validate

from kernel.fields import CreditCode, Day, Line, Schema, WholeNumber, one_of
from kernel.regions import REGIONS
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.whitelist.bulk import BULK_VERBS, MOST_AT_ONCE
from matchmaking.whitelist.service import DECIDING, PREPARING, Said
from matchmaking.whitelist.workflow import GROUNDS, KINDS, STATES

VERBS = sorted(PREPARING | DECIDING)


class WhitelistNominationSchema(Schema):
    """Whom the finance side recommends."""

    code = CreditCode(required=True)
    reason = Line(longest=500, shortest=0, many_lines=True, load_default="")
    document = Line(longest=200, shortest=0, load_default="")


class RecommendFormSchema(Schema):
    """Several firms of the pool list at once."""

    codes = fields.List(CreditCode(), required=True)
    document = Line(longest=200, shortest=0, load_default="")


class WhitelistWordsSchema(Schema):
    """What goes with a move, from a page where the move stands in the address."""

    ground = fields.String(validate=one_of(GROUNDS), load_default=None)
    reason = Line(longest=500, shortest=0, many_lines=True, load_default="")
    document = Line(longest=200, shortest=0, load_default="")


class WhitelistMoveSchema(WhitelistWordsSchema):
    """One move of a listing, with ground, reason and document."""

    move = fields.String(validate=one_of(VERBS), required=True)


class ListingsChosenSchema(Schema):
    """One move of several listings, by their numbers."""

    verb = fields.String(validate=one_of(BULK_VERBS), required=True)
    entry = fields.List(
        WholeNumber(lowest=1, highest=2**31 - 1), load_default=list, validate=validate.Length(max=MOST_AT_ONCE)
    )


class ListingsMoveSchema(ListingsChosenSchema, WhitelistWordsSchema):
    """The same with what goes with each."""


def said_from(values: dict[str, Any]) -> Said:
    """Loaded values as what goes with a move."""
    return Said(values.get("ground"), values.get("reason", ""), values.get("document", ""))


class SubmissionSchema(Schema):
    """What somebody says about a listing; `said_by` names an outsider whose word an office writes down."""

    kind = fields.String(validate=one_of(KINDS), required=True)
    text = Line(longest=2000, many_lines=True, required=True)
    said_by = Line(longest=120, shortest=0, load_default="")


class AnswerSchema(Schema):
    """The answer to a submission, in writing."""

    upheld = fields.Boolean(required=True)
    answer = Line(longest=2000, many_lines=True, required=True)


class NoticesAskedSchema(AskedSchema):
    """Of which county."""

    region = Line(longest=10, load_default=None, validate=one_of([one.code for one in REGIONS]))


class FirmsAskedSchema(NoticesAskedSchema):
    """Of which county, and like which name or code."""

    name = Line(longest=60, shortest=0, load_default="")


def sought_from(values: dict[str, Any]) -> dict[str, Any]:
    """Loaded query arguments as what `scope.firms_sought` takes."""
    return {"region": values["region"], "name": values["name"]}


class ListingsAskedSchema(FirmsAskedSchema):
    state = fields.String(validate=one_of(STATES), load_default=None)


class ListAskedSchema(Schema):
    """The list of which day; today without one."""

    day = Day(load_default=None)


class ListPageAskedSchema(FirmsAskedSchema, ListAskedSchema):
    """The same, a page at a time."""


class ChangesAskedSchema(Schema):
    """What came and went since which publication; everything without one."""

    since = WholeNumber(lowest=1, highest=1_000_000, load_default=None)


class WhitelistEntryOut(Schema):
    """One listing in a list."""

    id = fields.Integer(attribute="entry.id")
    enterprise_code = fields.String(attribute="party.code")
    enterprise_name = fields.String(attribute="party.name")
    region = fields.String(attribute="entry.region")
    state = fields.String(attribute="entry.state")
    version = fields.Integer(attribute="entry.version")
    nominated_on = fields.Date(attribute="entry.nominated_on")
    notice_from = fields.Date(attribute="entry.notice_from", allow_none=True)
    notice_until = fields.Date(attribute="entry.notice_until", allow_none=True)
    removal_ground = fields.String(attribute="entry.removal_ground", allow_none=True)
    heard_until = fields.Date(attribute="entry.heard_until", allow_none=True)
    open_objections = fields.Integer(attribute="entry.open_objections")


class WhitelistStepOut(Schema):
    number = fields.Integer()
    verb = fields.String()
    state = fields.String()
    day = fields.Date()
    ground = fields.String(allow_none=True)
    reason = fields.String()
    document = fields.String()
    at = fields.AwareDateTime()


class SpanOut(Schema):
    since = fields.Date()
    until = fields.Date(allow_none=True)
    reference = fields.String()


class SubmissionOut(Schema):
    id = fields.Integer()
    kind = fields.String()
    state = fields.String()
    said_by = fields.String()
    text = fields.String()
    received_on = fields.Date()
    answer = fields.String()
    answered_on = fields.Date(allow_none=True)


class WholeListingOut(WhitelistEntryOut):
    steps = fields.List(fields.Nested(WhitelistStepOut))
    days = fields.List(fields.Nested(SpanOut))
    submissions = fields.List(fields.Nested(SubmissionOut))
    moves = fields.List(fields.String())
    appeal_until = fields.Date(allow_none=True)


class ListingsPageOut(PageOut):
    items = fields.List(fields.Nested(WhitelistEntryOut))


class ListedFirmOut(Schema):
    """One firm on a list; nothing but who, where, and since when."""

    code = fields.String(attribute="party.code")
    name = fields.String(attribute="party.name")
    region = fields.String(attribute="party.fiscal_region")
    since = fields.Date()


class ListOfDayOut(Schema):
    day = fields.Date()
    firms = fields.List(fields.Nested(ListedFirmOut))


class PublicationOut(Schema):
    number = fields.Integer()
    day = fields.Date()
    at = fields.AwareDateTime()
    digest = fields.String()


class ListChangeOut(Schema):
    """What came and went; `before` is null for the whole list."""

    before = fields.Nested(PublicationOut, allow_none=True)
    after = fields.Nested(PublicationOut)
    came = fields.List(fields.Nested(ListedFirmOut))
    went = fields.List(fields.Nested(ListedFirmOut))
