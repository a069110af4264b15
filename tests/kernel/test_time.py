"""Quarters, weeks, working days, the business day."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from marshmallow import ValidationError

from kernel.clock import Clock, business_day
from kernel.fields import Day, MomentField
from kernel.periods import IsoWeek, NotAPeriod, Quarter
from kernel.workdays import CalendarUnpublished, WorkCalendar


def test_a_quarter_knows_its_days_and_neighbours() -> None:
    quarter = Quarter.parse("2022Q4")
    assert (quarter.first_day, quarter.last_day) == (date(2022, 10, 1), date(2022, 12, 31))
    assert (str(quarter.previous), str(quarter.next)) == ("2022Q3", "2023Q1")


def test_every_day_of_four_years_lies_in_the_quarter_that_contains_it() -> None:
    day = date(2020, 1, 1)
    while day < date(2024, 1, 1):
        quarter = Quarter.containing(day)
        assert quarter.first_day <= day <= quarter.last_day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    "text", ["2022", "2022Q5", "22Q1", "2022Q1x", "２０２２Q1", "", "0000Q1", "1999Q4", "2101Q1", "9999Q4"]
)
def test_what_is_not_a_quarter_is_refused(text: str) -> None:
    with pytest.raises(NotAPeriod):
        Quarter.parse(text)


def test_the_six_rewarded_quarters_in_order() -> None:
    quarters = Quarter(2022, 1).through(Quarter(2023, 2))
    assert [str(quarter) for quarter in quarters] == ["2022Q1", "2022Q2", "2022Q3", "2022Q4", "2023Q1", "2023Q2"]


def test_a_week_begins_on_monday_and_a_year_may_have_53() -> None:
    assert IsoWeek.parse("2022-W24").monday == date(2022, 6, 13)
    assert str(IsoWeek.parse("2020-W53").next) == "2021-W01"
    with pytest.raises(NotAPeriod):
        IsoWeek.parse("2022-W53")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2022, 3, 31, 15, 59, 59, tzinfo=UTC), date(2022, 3, 31)),
        (datetime(2022, 3, 31, 16, 0, 0, tzinfo=UTC), date(2022, 4, 1)),
        (datetime(2022, 12, 31, 16, 0, 0, tzinfo=UTC), date(2023, 1, 1)),
        (datetime(2024, 2, 28, 16, 0, 0, tzinfo=UTC), date(2024, 2, 29)),
    ],
)
def test_the_business_day_is_shanghais(moment: datetime, day: date) -> None:
    assert business_day(moment) == day


@pytest.mark.parametrize("text", ["0001-W01", "1999-W52", "2101-W01", "9999-W52", "2022W24", ""])
def test_what_is_not_a_week_is_refused(text: str) -> None:
    with pytest.raises(NotAPeriod):
        IsoWeek.parse(text)


def test_the_business_day_has_an_answer_at_both_ends_of_the_calendar() -> None:
    assert business_day(datetime.max.replace(tzinfo=UTC)) == date.max
    assert business_day(datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))) == date.min


@pytest.mark.parametrize("year", ["0001", "1999", "2101", "9999"])
def test_a_day_or_moment_of_a_year_nobody_means_is_refused_in_both_languages(year: str) -> None:
    for field, text in ((Day(), f"{year}-06-01"), (MomentField(), f"{year}-06-01T00:00:00+08:00")):
        with pytest.raises(ValidationError) as refused:
            field.deserialize(text)
        assert refused.value.messages == [("年份填 2000 到 2100", "Write a year from 2000 to 2100")]
        assert field.deserialize(text.replace(year, "2022"))


def test_a_clock_can_start_in_another_year() -> None:
    start = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)
    assert abs(Clock.starting_at(start).now() - start) < timedelta(seconds=5)


def test_working_days_follow_the_state_council_with_make_up_saturdays() -> None:
    calendar = WorkCalendar()
    assert not calendar.is_working_day(date(2022, 10, 7))
    assert calendar.is_working_day(date(2022, 10, 8))  # 调休
    assert calendar.plus(date(2022, 9, 30), 2) == date(2022, 10, 9)
    assert calendar.on_or_after(date(2022, 10, 1)) == date(2022, 10, 8)


def test_the_bureaus_override_wins() -> None:
    calendar = WorkCalendar({date(2022, 10, 8): False})
    assert calendar.on_or_after(date(2022, 10, 1)) == date(2022, 10, 9)
    assert calendar.between(date(2022, 10, 7), date(2022, 10, 10)) == [date(2022, 10, 9), date(2022, 10, 10)]


def test_an_unpublished_year_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(CalendarUnpublished):
        WorkCalendar().is_working_day(date(2035, 1, 4))


def test_a_year_entered_by_overrides_alone_is_known() -> None:
    calendar = WorkCalendar({date(2035, 1, 1): False}, years=frozenset({2035}))
    assert calendar.on_or_after(date(2035, 1, 1)) == date(2035, 1, 2)
