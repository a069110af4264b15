"""What the week waits for: a calendar that is not published yet, a city without any series, a week without its session."""

from collections.abc import Iterator
from datetime import date, datetime, time

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.clock import SHANGHAI
from kernel.web.navigation import Task
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.series.planning import SeriesTemplate
from matchmaking.series.reading import preview, series_of, template_of

WARNED_WEEKS = 13  # the State Council publishes the next year's days off in November or December


def tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    """The organiser reads of an unpublished year a quarter before its first session would be due."""
    if caller.role != "organiser":
        return
    at = datetime.combine(today, time(12), SHANGHAI)
    for line in series_of(db, caller, at=at):
        if line.series.state == "running":
            yield from _calendar_task(line.series.id or 0, line.series.name, template_of(line.series), at)


def _calendar_task(series_id: int, name: str, template: SeriesTemplate, at: datetime) -> Iterator[Task]:
    weeks = preview(template, book=policy_book(), calendar=work_calendar(), at=at, count=WARNED_WEEKS)
    wrong = next((one for one in weeks if one.error is not None), None)
    if wrong is not None:
        week = wrong.week
        title = Text(
            f"“{name}”从 {week.year} 年第 {week.number} 周起预告不了：日历没有录入",
            f"“{name}” cannot be announced from week {week.number} of {week.year}: no calendar",
        )
        url = url_for("series.show", series_id=series_id)
        yield Task(title, url, Text("去看", "Look"), detail=wrong.error, due=week.monday)
