"""How the pool travels."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from kernel.bilingual import Text
from kernel.fields import CreditCode, Day, Line, Money, Schema, WholeNumber, one_of
from kernel.parties.models import SIZE_CLASSES
from kernel.periods import EARLIEST_YEAR, LATEST_YEAR
from kernel.regions import REGIONS
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.market_files.columns import industry
from matchmaking.pool.service import Nomination, Reached
from matchmaking.pool.workflow import POOL_MOVES, STATES

CODES = tuple(region.code for region in REGIONS)


def _year(**kwargs: Any) -> WholeNumber:
    return WholeNumber(lowest=EARLIEST_YEAR, highest=LATEST_YEAR, **kwargs)


def _industry(value: str) -> None:
    if value:
        try:
            industry(value)
        except Exception as error:
            raise ValidationError([getattr(error, "text", Text("行业代码不对", "Not an industry code"))]) from None


class NominationSchema(Schema):
    """A firm as its county nominates it; name, industry and size for a firm that is not registered yet."""

    code = CreditCode(required=True)
    revenue = Money(lowest=0, required=True)
    year = _year(required=True)
    name = Line(longest=120, shortest=0, load_default="")
    industry = Line(longest=5, shortest=0, load_default="", validate=_industry)
    size_class = fields.String(validate=one_of(SIZE_CLASSES), load_default="")
    document = Line(longest=200, shortest=0, load_default="")


def nomination_from(values: dict[str, Any]) -> Nomination:
    """Loaded values as a nomination."""
    return Nomination(**values | {"industry": values["industry"].upper()})


class BarSchema(Schema):
    """A lowered revenue bar, with its reason."""

    bar = Money(lowest=100, required=True)
    reason = Line(longest=500, many_lines=True, required=True)
    document = Line(longest=200, shortest=0, load_default="")


class _MoveWords(Schema):
    """What every move may say."""

    reason = Line(longest=500, shortest=0, many_lines=True, load_default="")
    document = Line(longest=200, shortest=0, load_default="")
    entered_on = Day(load_default=None)
    revenue = Money(lowest=0, load_default=None)
    was_in_register = fields.Boolean(load_default=False)


def _check_entry(values: dict[str, Any]) -> None:
    missing = [name for name in ("entered_on", "revenue") if values.get(name) is None]
    if missing:
        raise ValidationError({name: [Text("这一项必填", "This is required")] for name in missing})


class PoolMoveSchema(_MoveWords):
    """One move of a stay; for `reach` the day of entry, the revenue of the year that supported it, and whether it was in before."""

    move = fields.String(validate=one_of(POOL_MOVES.by_verb), required=True)

    @validates_schema
    def _whole_entry(self, values: dict[str, Any], **_kwargs: Any) -> None:
        if values.get("move") == "reach":
            _check_entry(values)


class PoolMoveFormSchema(_MoveWords):
    """The same from a page, where the move stands in the address."""

    def __init__(self, verb: str) -> None:
        super().__init__()
        self.verb = verb

    @validates_schema
    def _whole_entry(self, values: dict[str, Any], **_kwargs: Any) -> None:
        if self.verb == "reach":
            _check_entry(values)


def reached_from(values: dict[str, Any]) -> Reached | None:
    """The facts of an entry into the register, where the move is one."""
    if values["move"] != "reach":
        return None
    return Reached(values["entered_on"], values["revenue"], values["was_in_register"])


class ScaleEntrySchema(Schema):
    """A firm outside the pool entered the above-scale register."""

    code = CreditCode(required=True)
    entered_on = Day(required=True)
    revenue = Money(lowest=0, required=True)
    was_in_register = fields.Boolean(load_default=False)
    document = Line(longest=200, required=True)


class FallSchema(Schema):
    """A firm fell out of the above-scale register."""

    code = CreditCode(required=True)
    fell_on = Day(required=True)
    document = Line(longest=200, required=True)


class EntriesAskedSchema(AskedSchema):
    """Which stays are wanted."""

    region = fields.String(validate=one_of(CODES), load_default=None)
    state = fields.String(validate=one_of(STATES), load_default=None)


class PoolEntryOut(Schema):
    """One stay in a list."""

    id = fields.Integer(attribute="entry.id")
    enterprise_code = fields.String(attribute="party.code")
    enterprise_name = fields.String(attribute="party.name")
    region = fields.String(attribute="entry.region")
    state = fields.String(attribute="entry.state")
    version = fields.Integer(attribute="entry.version")
    revenue = Money(attribute="entry.revenue")
    revenue_year = fields.Integer(attribute="entry.revenue_year")
    bar = Money(attribute="entry.bar")
    nominated_on = fields.Date(attribute="entry.nominated_on")
    since = fields.Date(attribute="entry.since", allow_none=True)
    until = fields.Date(attribute="entry.until", allow_none=True)


class PoolStepOut(Schema):
    number = fields.Integer()
    verb = fields.String()
    state = fields.String()
    day = fields.Date()
    reason = fields.String()
    document = fields.String()
    at = fields.AwareDateTime()


class WholePoolEntryOut(PoolEntryOut):
    steps = fields.List(fields.Nested(PoolStepOut))
    moves = fields.List(fields.String())


class PoolEntriesPageOut(PageOut):
    items = fields.List(fields.Nested(PoolEntryOut))


class FiledOut(Schema):
    """How many rows of a file took effect."""

    taken = fields.Integer()


class WatchedOut(Schema):
    enterprise_code = fields.String(attribute="code")
    enterprise_name = fields.String(attribute="name")
    outlook = fields.String(attribute="outlook.kind")
    months = fields.Integer(attribute="outlook.months")
    revenue = Money(attribute="outlook.revenue")
    yearly = Money(attribute="outlook.yearly_fen")
    last_month = fields.Date(attribute="outlook.last", allow_none=True)


class CountyRadarOut(Schema):
    """One county on the radar; target, minimum and shortfall are null in a year without targets."""

    region = fields.String(attribute="region.code")
    target = fields.Function(lambda one: one.quota.target if one.quota else None)
    minimum = fields.Function(lambda one: one.quota.minimum if one.quota else None)
    shortfall = fields.Integer(allow_none=True)
    bar = Money(attribute="bar.fen")
    bar_is_lowered = fields.Function(lambda one: one.bar.lowered is not None)
    nominated = fields.Integer()
    in_pool = fields.Integer()
    reached = fields.Integer()
    near = fields.List(fields.Nested(WatchedOut))
    ready = fields.List(fields.Nested(WatchedOut))
    warned = fields.List(fields.Nested(WatchedOut))


class CountyLineOut(Schema):
    region = fields.String()
    target = fields.Integer()
    minimum = fields.Integer()
    in_pool = fields.Integer()
    reached = fields.Integer()
    fell = fields.Integer()
    missing = fields.Integer()
    permille = fields.Integer()
    is_met = fields.Boolean()


class YearReportOut(Schema):
    year = fields.Integer()
    day = fields.Date()
    city_target = fields.Integer()
    issued_on = fields.Date(allow_none=True)
    lines = fields.List(fields.Nested(CountyLineOut))
    total = fields.Nested(CountyLineOut)


class PoolReviewOut(Schema):
    region = fields.String()
    quarter = fields.String()
    day = fields.Date()
    target = fields.Integer(allow_none=True)
    minimum = fields.Integer(allow_none=True)
    in_pool = fields.Integer()
    reached = fields.Integer()
    near = fields.Integer()
    ready = fields.Integer()
    warned = fields.Integer()


class BarOut(Schema):
    region = fields.String()
    since = fields.Date()
    bar = Money()
    reason = fields.String()
    document = fields.String()


class FirmOut(Schema):
    """The firm that an act was about."""

    code = fields.String()
    name = fields.String()


class DraftedClaimOut(Schema):
    """Where the drafted claim is."""

    url = fields.String()
