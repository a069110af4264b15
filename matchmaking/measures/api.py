"""The measures as JSON, CSV, workbook and bulletin."""

from typing import Any

from marshmallow import fields

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import INSTITUTION_ROLES
from kernel.audit.remembering import remembering
from kernel.fields import Schema, WeekField, one_of
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.measures import service
from matchmaking.measures.definitions import GROUPINGS, MeasuredValue
from matchmaking.measures.reading import WHOLE_CITY, Span
from matchmaking.measures.service import SessionReport
from matchmaking.measures.words import rounded

READ = "matchmaking:read"
READERS = (*sorted(WHOLE_CITY), "county_officer", *INSTITUTION_ROLES)
blueprint = Blueprint("measures-api", __name__, url_prefix="/api/v1/measures", description="What the sessions did")


class MeasuresAskedSchema(Schema):
    """Weeks, both included, and the grouping."""

    first = WeekField(load_default=None)
    last = WeekField(load_default=None)
    by = fields.String(validate=one_of(GROUPINGS), load_default="bank")


class MeasuredValueOut(Schema):
    """Numerator and denominator exact; the value half up to six places, empty where nothing could be counted."""

    code = fields.String()
    numerator = fields.String()
    denominator = fields.Integer()
    unit = fields.String(attribute="definition.unit")
    value = fields.Function(lambda one: None if one.value is None else rounded(one.value, 6))


class MeasuredGroupOut(Schema):
    key = fields.String()
    measures = fields.List(fields.Nested(MeasuredValueOut))


class MeasuresOut(Schema):
    total = fields.List(fields.Nested(MeasuredValueOut))
    groups = fields.List(fields.Nested(MeasuredGroupOut))
    sessions_held = fields.Integer()
    sessions_required = fields.Integer()


def asked_report(values: dict[str, Any]) -> SessionReport:
    """The report for loaded query arguments and the present caller."""
    span, at = Span(values["first"], values["last"]), clock().now()
    db, book, work = database.current(), policy_book(), work_calendar()
    asked = {"span": span, "by": values["by"]}
    return service.report(db, caller(), **asked, book=book, work=work, at=at, remembering=remembering())


def _plain(values: dict[str, MeasuredValue]) -> list[MeasuredValue]:
    return list(values.values())


@blueprint.get("")
@blueprint.arguments(MeasuresAskedSchema, location="query")
@blueprint.response(200, MeasuresOut)
@requires(*READERS, scope=READ)
def show_measures(values: dict[str, Any]) -> dict[str, Any]:
    """Every measure in total and by bank, county, week or theme, as far as the caller may count."""
    found = asked_report(values)
    return {
        "total": _plain(dict(found.total)),
        "groups": [{"key": key, "measures": _plain(dict(one))} for key, one in found.groups.items()],
        "sessions_held": found.duty.held if found.duty else None,
        "sessions_required": found.duty.required if found.duty else None,
    }
