"""Calls for returns by working day: the first call, reminders near the deadline, late notices, each once a day."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from kernel import database
from kernel.periods import Quarter
from kernel.workdays import CalendarUnpublished, WorkCalendar
from settlement.batches.tasks import calendar_to_enter
from settlement.calendar import season_of
from settlement.calls.kinds import CallRule, kind_due
from settlement.calls.service import call_filers, waited_for
from tests.factories import Visitor, username_of
from tests.settlement.filing_floor import Q3, Floor, loan

CALENDAR, RULE = WorkCalendar(), CallRule(3, 10)


@pytest.mark.parametrize(
    ("day", "was_called", "kind"),
    [
        (date(2022, 9, 30), False, None),
        (date(2022, 10, 3), False, None),  # National Day week: nobody is called
        (date(2022, 10, 8), False, "call"),  # a Saturday that is worked 调休
        (date(2022, 10, 8), True, "reminder"),
        (date(2022, 10, 10), True, "reminder"),
        (date(2022, 10, 11), True, "late"),
        (date(2022, 10, 15), True, None),
        (date(2022, 10, 24), True, "late"),
        (date(2022, 10, 25), True, None),
    ],
)
def test_calls_follow_the_working_days(floor: Floor, day: date, was_called: bool, kind: str | None) -> None:
    season = season_of(floor.premises.book, Q3, CALENDAR)
    assert season.filing_until == date(2022, 10, 10)
    assert kind_due(season, day, CALENDAR, RULE, was_called=was_called) == kind


def call(floor: Floor, day: date) -> int:
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    book = floor.premises.book
    return database.write(floor.db, lambda db: call_filers(db, book=book, calendar=CALENDAR, at=at, today=day))


def test_who_has_not_filed_is_called_once_a_day_and_listed_as_late(app: Flask, floor: Floor) -> None:
    late = floor.another_bank()
    floor.certify(floor.file([loan(1)], Q3), floor.bank)
    assert (call(floor, date(2022, 10, 10)), call(floor, date(2022, 10, 10))) == (1, 0)
    assert call(floor, date(2022, 10, 12)) == 1
    season = season_of(floor.premises.book, Q3, CALENDAR)
    (one,) = waited_for(floor.db, Q3, season=season, calendar=CALENDAR, today=date(2022, 10, 12))
    assert (one.party.code, one.days_over, one.calls) == (late.party.code, 2, 2)
    assert one.last_call is not None
    assert one.last_call.kind == "late"
    operator = Visitor(app, username_of(floor.db, floor.operator))
    assert late.party.name in operator.get("/calls/2022Q3").text
    assert floor.bank.party.name not in operator.get("/calls/2022Q3").text
    exported = operator.get("/calls/2022Q3?format=csv").text.splitlines()
    assert [line.split(",")[0] for line in exported[1:]] == [late.party.code]
    assert exported[1].endswith(",2,late,2022-10-12")
    bank = Visitor(app, username_of(floor.db, late.maker))
    assert "财政局催报 2022Q3，第 1 次" in bank.get("/").text


def test_an_unpublished_year_is_seen_by_the_operator_from_december(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(CalendarUnpublished):
        CALENDAR.is_working_day(date(2050, 1, 4))
    with app.test_request_context():
        assert list(calendar_to_enter(CALENDAR, date(2049, 11, 30))) == []
        (task,) = calendar_to_enter(CALENDAR, date(2049, 12, 1))
        assert task.title.zh == "录入 2050 年放假安排"
        assert list(calendar_to_enter(CALENDAR, date(2022, 12, 1))) == []


def test_the_deadlines_of_an_unpublished_year_are_an_error_not_a_guess(floor: Floor) -> None:
    with pytest.raises(CalendarUnpublished):
        season_of(floor.premises.book, Quarter(2049, 4), CALENDAR)
