"""成效: the measures on a page, their files, and what followed in the loan returns."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.bilingual import Text
from kernel.web.charts import Series, grouped_bars
from kernel.web.downloads import attach
from kernel.web.edge import clock
from kernel.web.forms import load_asked
from kernel.web.language import language
from kernel.web.navigation import NavigationItem
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.measures import papers, service
from matchmaking.measures.additionality import CLASSES
from matchmaking.measures.api import READERS, MeasuresAskedSchema, asked_report
from matchmaking.measures.bulletin_workbook import bulletin_workbook as bulletin_workbook_of
from matchmaking.measures.definitions import GROUPINGS, MEASURES, MeasuredValue
from matchmaking.measures.left_open import LeftOpen, left_open
from matchmaking.measures.reading import WHOLE_CITY, Span
from matchmaking.measures.service import SessionReport
from matchmaking.measures.words import fraction_words, value_words
from matchmaking.rooms import MATCHING

blueprint = Blueprint("measures", __name__, url_prefix="/measures", template_folder="../templates")
NAVIGATION = [NavigationItem("measures.index", Text("成效", "Measures"), frozenset(READERS), MATCHING)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TREND = 12
LEAGUE = ("contact_rate", "approval_rate", "disbursement_rate", "answered_in_time", "first_loan_share", "weighted_rate")


def _typed() -> dict[str, Any]:
    typed = {name: value for name, value in request.args.items() if value}
    loaded: dict[str, Any] = MeasuresAskedSchema().load(typed, unknown=EXCLUDE)
    return loaded


def _asked() -> SessionReport:
    return asked_report(_typed())


def _left_open(report: SessionReport) -> LeftOpen | None:
    """The figure of the 13710 clock, for whoever sees the whole city."""
    if caller().role not in WHOLE_CITY:
        return None
    today = clock().today()
    return left_open(database.current(), report.span, book=policy_book(), work=work_calendar(), today=today)


def _ranked(report: SessionReport, sort: str) -> list[tuple[str, Mapping[str, MeasuredValue]]]:
    """The league table: best first by the chosen measure, groups without a value last; weeks in order."""
    rows = list(report.groups.items())
    if report.by == "week" or sort.lstrip("-") not in MEASURES:
        return rows
    falling = sort.startswith("-")

    def place(row: tuple[str, Mapping[str, MeasuredValue]]) -> tuple[bool, Any]:
        value = row[1][sort.lstrip("-")].value
        return value is None, 0 if value is None else (-value if falling else value)

    return sorted(rows, key=place)


def _week_words(week: str) -> Text:
    number = int(week[6:])
    return Text(f"{number} 周", f"W{number}")


def _trend(report: SessionReport) -> Any:
    weeks = list(report.weeks.items())[-LONGEST_TREND:]
    if not weeks:
        return None
    approved = [one["disbursement_rate"].denominator for _week, one in weeks]
    drawn = [int(one["disbursement_rate"].numerator) for _week, one in weeks]
    series = [Series(Text("授信", "approved"), approved), Series(Text("放款", "disbursed"), drawn)]
    return grouped_bars(
        [_week_words(week) for week, _one in weeks], series, Text("每周授信和放款", "Approved and disbursed by week")
    )


@blueprint.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """Total, league table, trend, duty."""
    asked, form = load_asked(MeasuresAskedSchema())
    report = asked_report(MeasuresAskedSchema().load({}) if asked is None else asked)
    sort = request.args.get("sort", "-contact_rate")
    page = render_template(
        "measures/index.html",
        form=form,
        report=report,
        rows=_ranked(report, sort),
        sort=sort,
        trend=_trend(report),
        league=LEAGUE,
        MEASURES=MEASURES,
        GROUPINGS=GROUPINGS,
        value_words=value_words,
        fraction_words=fraction_words,
        whole_city=caller().role in WHOLE_CITY,
        kept=_left_open(report),
    )
    return page, 422 if form.errors else 200


@blueprint.get("/followed")
@requires(*sorted(WHOLE_CITY))
def what_followed() -> ResponseReturnValue:
    """Which loans of the certified returns came after a session, with the window stated."""
    asked = _typed()
    days, classes = service.what_followed(
        database.current(),
        span=Span(asked["first"], asked["last"]),
        filed=current_app.extensions["filed_loans"],
        book=policy_book(),
        at=clock().now(),
    )
    return render_template("measures/followed.html", days=days, classes=classes, CLASSES=CLASSES)


@blueprint.get("/measures.csv")
@requires(*READERS)
def measures_csv() -> ResponseReturnValue:
    response = Response(papers.measures_csv(_asked()), content_type="text/csv; charset=utf-8")
    return attach(response, "measures.csv")


@blueprint.get("/bulletin.pdf")
@requires(*READERS)
def bulletin() -> ResponseReturnValue:
    report, name = _asked(), _("对接通报") + ".pdf"
    return attach(
        Response(papers.bulletin(report, language(), _left_open(report)), content_type="application/pdf"), name
    )


@blueprint.get("/bulletin.xlsx")
@requires(*READERS)
def bulletin_workbook() -> ResponseReturnValue:
    """The same as a workbook, with every group behind the sums."""
    report = _asked()
    content = bulletin_workbook_of(report, language(), _left_open(report))
    response = Response(content, content_type=XLSX)
    return attach(response, _("对接通报") + ".xlsx")
