"""How works travel."""

from marshmallow import fields

from kernel.fields import Line, Schema, one_of
from kernel.web.paging import AskedSchema, PageOut
from kernel.works.models import STATES


class WorksAskedSchema(AskedSchema):
    """The works in a state."""

    state = Line(longest=20, load_default=None, validate=one_of(STATES))


class WorkFaultOut(Schema):
    """One finding in the file, as `errors.csv` has it."""

    file = fields.String()
    row = fields.Integer()
    column = fields.String()
    value = fields.String()
    rule = fields.String()
    severity = fields.String()
    message_zh = fields.String(attribute="text.zh")
    message_en = fields.String(attribute="text.en")


class WorkFieldOut(Schema):
    field = fields.String()
    code = fields.String()
    message_zh = fields.String(attribute="text.zh")
    message_en = fields.String(attribute="text.en")


class WorkFailureOut(Schema):
    """Why a work failed: what the direct way would have answered."""

    code = fields.String()
    message_zh = fields.String(attribute="text.zh")
    message_en = fields.String(attribute="text.en")
    errors = fields.List(fields.Nested(WorkFieldOut), attribute="fields")
    findings = fields.List(fields.Nested(WorkFaultOut), attribute="faults")


class WorkOut(Schema):
    """One work; `state` is one of waiting, running, done, failed, cancelled. `result` is the address of what came of it on this API."""

    id = fields.Integer(attribute="work.id")
    task = fields.String(attribute="work.task")
    title = fields.List(fields.String(), attribute="kind.title")
    subject = fields.String(attribute="work.subject")
    state = fields.String(attribute="work.state")
    percent = fields.Integer(attribute="work.percent")
    stage = fields.List(fields.String(), attribute="stage", allow_none=True)
    done = fields.Integer(attribute="work.done")
    whole = fields.Integer(attribute="work.whole")
    asked_at = fields.AwareDateTime(attribute="work.asked_at")
    began_at = fields.AwareDateTime(attribute="work.began_at", allow_none=True)
    ended_at = fields.AwareDateTime(attribute="work.ended_at", allow_none=True)
    result = fields.String(attribute="api", allow_none=True)
    summary = fields.List(fields.String(), allow_none=True)
    failure = fields.Nested(WorkFailureOut, allow_none=True)


class WorksPageOut(PageOut):
    items = fields.List(fields.Nested(WorkOut))
