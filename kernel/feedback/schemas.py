"""How feedback travels."""

from marshmallow import fields

from kernel.feedback.models import STATES
from kernel.feedback.service import LONGEST
from kernel.fields import Line, Schema, one_of, refusal
from kernel.web.paging import AskedSchema, PageOut


def _local_path(path: str) -> None:
    """A path of this service, or nothing."""
    if path and (not path.startswith("/") or path.startswith("//") or "?" in path or "\\" in path):
        raise refusal(
            "填本服务的页面路径，如 /quarters/2022Q3", "Give a path of this service, such as /quarters/2022Q3"
        )


class FeedbackSchema(Schema):
    content = Line(longest=LONGEST, required=True, many_lines=True)
    page = Line(longest=300, shortest=0, load_default="", validate=_local_path)
    request_id = Line(longest=64, shortest=0, load_default="")


class AboutSchema(Schema):
    """Query arguments of the form: the page that the opinion is about and the number of the request that showed it."""

    about = Line(longest=300, shortest=0, load_default="", validate=_local_path)
    request_id = Line(longest=64, shortest=0, load_default="")


class FeedbackAnswerSchema(Schema):
    answer = Line(longest=LONGEST, required=True, many_lines=True)


class FeedbackAskedSchema(AskedSchema):
    state = fields.String(load_default=None, validate=one_of(STATES))


class FeedbackOut(Schema):
    """One opinion; `state` is `waiting` or `answered`."""

    id = fields.Integer(attribute="feedback.id")
    page = fields.String(attribute="feedback.page")
    request_id = fields.String(attribute="feedback.request_id")
    content = fields.String(attribute="feedback.content")
    written_at = fields.AwareDateTime(attribute="feedback.written_at")
    writer = fields.String(attribute="writer.name")
    role = fields.String(attribute="writer.role")
    organisation_name = fields.String(attribute="organisation.name")
    state = fields.String(attribute="feedback.state")
    answer = fields.String(attribute="feedback.answer")
    answered_at = fields.AwareDateTime(attribute="feedback.answered_at", allow_none=True)


class FeedbackPageOut(PageOut):
    items = fields.List(fields.Nested(FeedbackOut))
