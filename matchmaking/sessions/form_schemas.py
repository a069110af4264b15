"""Forms of the session pages: moments as `datetime-local` fields write them, in Asia/Shanghai."""

from datetime import datetime
from typing import Any

from marshmallow import fields

from kernel.clock import SHANGHAI
from kernel.fields import Line, MomentField, Schema, WholeNumber, check_year, refusal
from matchmaking.sessions.schemas import AsAnnouncedSchema, BlockSchema, SessionSchema

MOST_DESK_NOTES = 8


class LocalMoment(MomentField):
    """`2022-10-27T14:00`, meant in Asia/Shanghai."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            moment = datetime.strptime(str(value).strip()[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - the zone follows
        except ValueError:
            raise refusal(
                "写成 2022-10-27 14:00 这样的日期和时间", "Write a day and a time, such as 2022-10-27 14:00"
            ) from None
        check_year(moment)
        return moment.replace(tzinfo=SHANGHAI)


def local(moment: datetime) -> str:
    """A moment as a `datetime-local` field shows it."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


class SessionFormSchema(SessionSchema):
    starts_at = LocalMoment(required=True)
    ends_at = LocalMoment(required=True)
    sign_up_from = LocalMoment(required=True)
    sign_up_until = LocalMoment(required=True)
    match_at = LocalMoment(required=True)
    publish_at = LocalMoment(required=True)


class StepFormSchema(Schema):
    """A step by hand; the reason is asked for before its announced time."""

    reason = Line(longest=300, shortest=0, load_default="")


class FrameChangeFormSchema(AsAnnouncedSchema, SessionFormSchema):
    """The whole frame anew, the version it starts from, and why."""

    seen = WholeNumber(lowest=1, highest=1_000_000, required=True)
    reason = Line(longest=300, required=True)


class CancellationFormSchema(Schema):
    reason = Line(longest=300, required=True)


class BankFormSchema(Schema):
    """A bank's sign-up; what each desk is about in fields of the same name, one for each desk in turn."""

    desks = WholeNumber(lowest=1, highest=50, required=True)
    breaks = WholeNumber(lowest=0, highest=500, load_default=0)
    seats = WholeNumber(lowest=1, highest=3000, load_default=None)
    topic = fields.List(Line(longest=30, shortest=0), load_default=list)
    person = fields.List(Line(longest=40, shortest=0), load_default=list)


class BlockFormSchema(BlockSchema):
    """An enterprise to keep off, as the form sends it."""


class JoinSchema(Schema):
    """Which request joins."""

    request_id = WholeNumber(lowest=1, highest=10**9, required=True)
