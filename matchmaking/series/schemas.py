"""How series travel: times of day as `14:00`, credit codes of partner bureaus, a week as `2022-W43`."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from kernel.bilingual import Text
from kernel.fields import CreditCode, Line, Schema, WeekField, WholeNumber, one_of, refusal
from kernel.parties.models import GUARANTOR_KINDS, INSTITUTION_KINDS
from kernel.web.paging import AskedSchema
from matchmaking.series.planning import SeriesTemplate
from matchmaking.series.workflow import SERIES_MOVES, STATES
from matchmaking.themes import GENERAL, HOSTS, SCOPES, THEMES

LENDERS = tuple(kind for kind in INSTITUTION_KINDS if kind not in GUARANTOR_KINDS)
TIMES = ("starts_minute", "ends_minute", "open_minute", "close_minute")
MOST_WEEKS = 60


def clock_words(minute: int) -> str:
    """`14:00`: minutes since midnight as a time of day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


class TimeOfDay(fields.Field[int]):
    """A time of day, `14:00`, kept as minutes since midnight."""

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else clock_words(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)(?::00)?", str(value).strip(), re.ASCII)
        if found is None:
            raise refusal("写成 14:00 这样的时间", "Write a time of day, such as 14:00")
        return int(found[1]) * 60 + int(found[2])


class SeriesAskedSchema(AskedSchema):
    """The series in a state."""

    state = Line(longest=20, load_default=None, validate=one_of(STATES))


class SeriesSchema(Schema):
    """The template, whole: for create and change alike."""

    name = Line(longest=60, required=True)
    theme_code = fields.String(validate=one_of(THEMES), load_default=GENERAL)
    scope = fields.String(validate=one_of(SCOPES), load_default="city")
    partners = fields.List(CreditCode(), load_default=list)
    institution_kinds = fields.List(fields.String(validate=one_of(LENDERS)), load_default=list)
    weekday = WholeNumber(lowest=1, highest=5, required=True)
    starts_minute = TimeOfDay(required=True, data_key="starts")
    ends_minute = TimeOfDay(required=True, data_key="ends")
    slot_minutes = WholeNumber(lowest=5, highest=240, required=True)
    break_after = WholeNumber(lowest=1, highest=60, load_default=None, allow_none=True)
    break_minutes = WholeNumber(lowest=0, highest=240, load_default=0)
    request_places = WholeNumber(lowest=1, highest=10_000, load_default=200)
    rooms = WholeNumber(lowest=1, highest=1000, load_default=None, allow_none=True)
    host = fields.String(validate=one_of(HOSTS), load_default="rooms")
    open_days = WholeNumber(lowest=0, highest=20, required=True)
    open_minute = TimeOfDay(required=True, data_key="open_at")
    close_days = WholeNumber(lowest=0, highest=20, required=True)
    close_minute = TimeOfDay(required=True, data_key="close_at")
    match_minutes = WholeNumber(lowest=0, highest=2880, required=True)
    publish_minutes = WholeNumber(lowest=0, highest=5760, required=True)
    weeks_ahead = WholeNumber(lowest=1, highest=12, load_default=3)

    @validates_schema
    def _days_in_order(self, values: dict[str, Any], **_kwargs: Any) -> None:
        if values.get("close_days", 0) > values.get("open_days", 20):
            raise ValidationError(
                {"close_days": [Text("截止不能早于开始报名", "Sign-up cannot close before it opens")]}
            )


class SeriesChangeSchema(SeriesSchema):
    """The whole template anew, and the version it starts from."""

    seen = WholeNumber(lowest=1, highest=1_000_000, required=True)


def template_from(values: dict[str, Any]) -> SeriesTemplate:
    """Loaded values as a template; a theme brings the kinds it is for."""
    kept = {name: value for name, value in values.items() if name != "seen"}
    kinds = tuple(dict.fromkeys(kept["institution_kinds"])) or THEMES[kept["theme_code"]].institution_kinds
    return SeriesTemplate(**kept | {"institution_kinds": kinds, "partners": tuple(dict.fromkeys(kept["partners"]))})


class SeriesMoveSchema(Schema):
    move = fields.String(validate=one_of(SERIES_MOVES.by_verb), required=True)


class DutyAskedSchema(Schema):
    """From which week to which; a year at most."""

    first = WeekField(load_default=None)
    last = WeekField(load_default=None)


class SeriesOut(Schema):
    """A series with its template."""

    id = fields.Integer(attribute="series.id")
    state = fields.String(attribute="series.state")
    version = fields.Integer(attribute="series.version")
    organiser_code = fields.String(attribute="organiser.code")
    organiser_name = fields.String(attribute="organiser.name")
    name = fields.String(attribute="series.name")
    theme_code = fields.String(attribute="series.theme_code")
    scope = fields.String(attribute="series.scope")
    partners = fields.List(fields.String(), attribute="series.partners")
    institution_kinds = fields.List(fields.String(), attribute="series.institution_kinds")
    weekday = fields.Integer(attribute="series.weekday")
    starts = TimeOfDay(attribute="series.starts_minute")
    ends = TimeOfDay(attribute="series.ends_minute")
    slot_minutes = fields.Integer(attribute="series.slot_minutes")
    break_after = fields.Integer(attribute="series.break_after", allow_none=True)
    break_minutes = fields.Integer(attribute="series.break_minutes")
    request_places = fields.Integer(attribute="series.request_places")
    rooms = fields.Integer(attribute="series.rooms", allow_none=True)
    host = fields.String(attribute="series.host")
    open_days = fields.Integer(attribute="series.open_days")
    open_at = TimeOfDay(attribute="series.open_minute")
    close_days = fields.Integer(attribute="series.close_days")
    close_at = TimeOfDay(attribute="series.close_minute")
    match_minutes = fields.Integer(attribute="series.match_minutes")
    publish_minutes = fields.Integer(attribute="series.publish_minutes")
    weeks_ahead = fields.Integer(attribute="series.weeks_ahead")
    next_session_id = fields.Integer(attribute="coming.id", allow_none=True)


class PlannedOut(Schema):
    """A coming week: when the session would be, or why there is none."""

    week = fields.Function(lambda one: str(one.week))
    starts_at = fields.AwareDateTime(attribute="frame.starts_at")
    sign_up_from = fields.AwareDateTime(attribute="frame.sign_up_from")
    sign_up_until = fields.AwareDateTime(attribute="frame.sign_up_until")
    slots = fields.Integer(attribute="frame.slots")
    is_moved = fields.Boolean()
    skipped = fields.String()
    error = fields.Function(lambda one: None if one.error is None else {"zh": one.error.zh, "en": one.error.en})


class DutyWeekOut(Schema):
    week = fields.Function(lambda one: str(one.week))
    state = fields.String()
    required = fields.Integer()
    held = fields.Integer()
    sessions = fields.Function(lambda one: [session.id for session in one.sessions])


class DutyOut(Schema):
    """Sessions held (numerator) of sessions required (denominator), over weeks that are over and not exempt."""

    held = fields.Integer()
    required = fields.Integer()
    weeks = fields.List(fields.Nested(DutyWeekOut))
