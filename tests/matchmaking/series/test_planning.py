"""From a template to days: holidays, make-up days, exempt weeks, an unpublished year; nothing here touches a database."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from config.city_calendar import load_calendar
from config.settings import Settings
from kernel.clock import SHANGHAI
from kernel.errors import Invalid
from kernel.periods import IsoWeek
from kernel.workdays import WorkCalendar
from matchmaking.series.planning import (
    DutyRule,
    SeriesTemplate,
    check_template,
    frame_on,
    is_exempt,
    plan_week,
    session_day,
    weeks_from,
)

CALENDAR = load_calendar(Settings().city_dir)
RULE = DutyRule(1, ("spring_festival", "national_day"), 3)
THURSDAYS = SeriesTemplate("全市专场")
SATURDAY_WORKED = date(2022, 10, 8)


def planned(week: str, **changes: object) -> date | str | None:
    one = plan_week(replace(THURSDAYS, **changes), IsoWeek.parse(week), RULE, CALENDAR)
    return one.skipped or (one.frame.starts_at.date() if one.frame else None)


@pytest.mark.parametrize(
    ("week", "weekday", "day"),
    [
        ("2022-W43", 4, date(2022, 10, 27)),  # an ordinary Thursday
        ("2022-W22", 5, date(2022, 6, 2)),  # Dragon Boat Friday moves to Thursday
        ("2022-W36", 5, date(2022, 9, 9)),  # the Friday before Mid-Autumn is worked
        ("2022-W37", 1, date(2022, 9, 13)),  # Mid-Autumn Monday moves to Tuesday
        ("2022-W18", 2, date(2022, 5, 5)),  # Labour days Mon-Wed: the nearest worked day is Thursday
        ("2022-W18", 1, date(2022, 5, 5)),
        ("2023-W17", 5, date(2023, 4, 28)),
        ("2023-W18", 1, date(2023, 5, 4)),
        ("2022-W14", 2, date(2022, 4, 6)),  # Tomb-sweeping Monday and Tuesday: Wednesday
        (
            "2023-W25",
            4,
            date(2023, 6, 21),
        ),  # Dragon Boat Thursday and Friday; Wednesday is nearer than the make-up Sunday
        ("2023-W25", 5, date(2023, 6, 25)),  # from Friday the make-up Sunday and Wednesday are as near: the later one
    ],
)
def test_a_holiday_moves_to_the_nearest_working_day_of_its_week(week: str, weekday: int, day: date) -> None:
    assert planned(week, weekday=weekday) == day


def test_a_make_up_saturday_counts_where_the_week_is_not_exempt() -> None:
    assert CALENDAR.is_working_day(SATURDAY_WORKED)
    none_exempt = replace(RULE, exempt_festivals=())
    one = plan_week(THURSDAYS, IsoWeek(2022, 40), none_exempt, CALENDAR)
    assert one.frame is not None
    assert (one.frame.starts_at.date(), one.is_moved) == (SATURDAY_WORKED, True)
    assert IsoWeek.containing(one.frame.starts_at.date()) == one.week


@pytest.mark.parametrize(
    ("week", "exempt"),
    [
        ("2022-W05", True),  # Spring Festival, all five days
        ("2022-W04", False),
        ("2022-W06", False),
        ("2022-W39", False),  # National Day begins on its Saturday: five days are worked
        ("2022-W40", True),
        ("2023-W04", True),
        ("2023-W40", True),
        ("2023-W39", False),
        ("2025-W40", True),  # Wednesday to Friday
        ("2025-W41", True),  # Mid-Autumn inside the National Day week counts with it
        ("2026-W08", True),
        ("2026-W09", False),  # Monday alone
        ("2022-W18", False),  # Labour Day is not among the exempt
    ],
)
def test_weeks_of_the_long_festivals_are_exempt(week: str, exempt: bool) -> None:
    assert is_exempt(IsoWeek.parse(week), RULE, CALENDAR) is exempt


def test_exemption_is_the_policys_choice() -> None:
    week = IsoWeek(2022, 40)
    assert not is_exempt(week, replace(RULE, exempt_festivals=("spring_festival",)), CALENDAR)
    assert not is_exempt(week, replace(RULE, exempt_days_off=6), CALENDAR)


def test_every_week_of_four_years_is_planned_on_a_working_day_of_itself() -> None:
    calls = without = 0
    for week in weeks_from(IsoWeek(2022, 2), 200):
        for weekday in range(1, 6):
            day, calls = session_day(week, weekday, CALENDAR), calls + 1
            if day is None:
                assert not any(CALENDAR.is_working_day(week.monday + timedelta(days=one)) for one in range(7))
                without += 1
                continue
            assert CALENDAR.is_working_day(day)
            assert IsoWeek.containing(day) == week
            wanted = week.monday + timedelta(days=weekday - 1)
            nearer = [one for one in range(7) if abs(one - weekday + 1) < abs((day - wanted).days)]
            assert not any(CALENDAR.is_working_day(week.monday + timedelta(days=one)) for one in nearer)
    assert (calls, without) == (1000, 5)  # the Spring Festival of 2022 took a whole week, Monday to Sunday


def test_an_unpublished_year_is_an_error_in_words_not_a_guess() -> None:
    one = plan_week(THURSDAYS, IsoWeek(2031, 20), RULE, CALENDAR)
    assert (one.frame, one.skipped) == (None, "")
    assert one.error is not None
    assert "2031" in one.error.zh


def test_a_year_entered_by_hand_names_its_festivals(tmp_path: Path) -> None:
    (tmp_path / "workdays.toml").write_text(
        "years = [2031]\n[overrides]\n"
        + "".join(f"2031-10-{day:02d} = false\n" for day in range(1, 8))
        + "[festivals]\n"
        + "".join(f'2031-10-{day:02d} = "national_day"\n' for day in range(1, 8)),
        encoding="utf-8",
    )
    calendar = load_calendar(tmp_path)
    assert is_exempt(IsoWeek.containing(date(2031, 10, 2)), RULE, calendar)
    assert not is_exempt(IsoWeek.containing(date(2031, 10, 15)), RULE, calendar)


def test_sign_up_opens_and_closes_so_many_working_days_before() -> None:
    frame = frame_on(THURSDAYS, IsoWeek(2022, 41), date(2022, 10, 13), CALENDAR)
    assert frame.sign_up_from == datetime(2022, 10, 9, 9, tzinfo=SHANGHAI)  # the make-up Sunday is the fourth before
    assert frame.sign_up_until == datetime(2022, 10, 12, 12, tzinfo=SHANGHAI)
    assert frame.match_at == datetime(2022, 10, 12, 12, 30, tzinfo=SHANGHAI)
    assert frame.publish_at == datetime(2022, 10, 12, 15, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("slot_minutes", "break_after", "break_minutes", "slots"),
    [
        (15, None, 0, 12),
        (15, 6, 15, 11),
        (15, 6, 30, 10),
        (20, None, 0, 9),
        (15, 4, 10, 10),
        (180, None, 0, 1),
        (15, 12, 60, 12),
    ],
)
def test_breaks_take_their_time_out_of_the_window(
    slot_minutes: int, break_after: int | None, break_minutes: int, slots: int
) -> None:
    template = replace(THURSDAYS, slot_minutes=slot_minutes, break_after=break_after, break_minutes=break_minutes)
    frame = frame_on(template, IsoWeek(2022, 43), date(2022, 10, 27), CALENDAR)
    assert frame.slots == slots


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"ends_minute": 13 * 60}, ["ends_minute", "slot_minutes"]),
        ({"close_days": 5}, []),
        ({"close_days": 4, "close_minute": 8 * 60}, ["close_days"]),
        ({"match_minutes": 300, "publish_minutes": 200}, ["publish_minutes"]),
        ({"publish_minutes": 60 * 48}, ["publish_minutes"]),
        ({"break_after": 4}, ["break_minutes"]),
        ({"scope": "joint"}, ["partners"]),
        ({"scope": "joint", "partners": ("91410402MA0000015P",)}, []),
        ({"theme_code": "policy_banks", "institution_kinds": ("branch",)}, ["institution_kinds"]),
    ],
)
def test_a_template_that_cannot_hold_is_refused_field_by_field(changes: dict[str, object], fields: list[str]) -> None:
    try:
        check_template(replace(THURSDAYS, **changes))
        refused: list[str] = []
    except Invalid as error:
        refused = sorted(one.field for one in error.errors)
    if changes == {"close_days": 5}:  # closes before it opens
        fields = ["close_days"]
    assert refused == sorted(fields)


def test_without_any_working_day_there_is_no_session() -> None:
    nobody_works = WorkCalendar({date(2022, 10, 24) + timedelta(days=day): False for day in range(7)})
    assert session_day(IsoWeek(2022, 43), 4, nobody_works) is None
    assert plan_week(THURSDAYS, IsoWeek(2022, 43), RULE, nobody_works).skipped == "no_working_day"
