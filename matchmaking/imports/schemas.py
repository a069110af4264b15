"""How files that are brought travel."""

from dataclasses import dataclass

from flask_smorest.fields import Upload
from marshmallow import fields

from kernel.accounts.service import Caller
from kernel.fields import Day, Line, Schema, one_of
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.imports.models import MarketImport
from matchmaking.imports.preview import ImportPreview
from matchmaking.imports.workflow import PRODUCTS, REQUESTS, STATES
from matchmaking.requests.workflow import AUDIENCES


class MarketFileSchema(Schema):
    file = Upload(required=True)


class ImportsAskedSchema(AskedSchema):
    """The files of one outcome."""

    state = Line(longest=20, load_default=None, validate=one_of(STATES))


class NothingToSaySchema(Schema):
    """Taken as it is."""


class ProductsTakenSchema(Schema):
    """Whether drafts go on offer at once."""

    publish = fields.Boolean(truthy={True, "yes"}, falsy={False, "no"}, load_default=False)


class RequestsTakenSchema(Schema):
    """The consents that the firms signed: whom they let read, until when, where the papers are kept."""

    audience = fields.String(validate=one_of(AUDIENCES), required=True)
    until = Day(required=True)
    document = Line(longest=200, shortest=2, required=True)


class AnyTakenSchema(Schema):
    """What may be said as a file is taken; which of it must be depends on its kind."""

    publish = fields.Raw()
    audience = fields.Raw()
    until = fields.Raw()
    document = fields.Raw()


def taken_schema(caller: Caller, kind: str) -> Schema:
    """What the caller has to say as a file of a kind is taken."""
    if kind == PRODUCTS:
        return ProductsTakenSchema()
    on_behalf = kind == REQUESTS and caller.organisation_kind == "bureau"
    return RequestsTakenSchema() if on_behalf else NothingToSaySchema()


@dataclass(frozen=True)
class ShownImport:
    """A file with what it would do."""

    row: MarketImport
    preview: ImportPreview | None = None


class ImportFaultOut(Schema):
    row = fields.Integer()
    column = fields.String()
    value = fields.String()
    rule = fields.String()
    severity = fields.String()
    text = fields.Function(lambda fault: {"zh": fault.text.zh, "en": fault.text.en})


class ImportLineOut(Schema):
    row = fields.Integer(attribute="number")
    key = fields.String()
    name = fields.String()
    action = fields.String()
    words = fields.Function(lambda line: {"zh": line.words.zh, "en": line.words.en})


class ImportOut(Schema):
    """A file, its rows and faults; rows and faults are empty in lists, and once it is settled."""

    id = fields.Integer(attribute="row.id")
    kind = fields.String(attribute="row.kind")
    file = fields.String(attribute="row.file")
    digest = fields.String(attribute="row.digest")
    state = fields.String(attribute="row.state")
    made_at = fields.AwareDateTime(attribute="row.made_at")
    can_be_taken = fields.Boolean(attribute="preview.can_be_taken")
    rows = fields.List(fields.Nested(ImportLineOut), attribute="preview.lines")
    faults = fields.List(fields.Nested(ImportFaultOut), attribute="preview.faults")


class ImportPageOut(PageOut):
    items = fields.List(fields.Nested(ImportOut))
