"""The referral's clock on the calendar of 2022 to 2026, against a walk over chinesecalendar that shares no code with it."""

import os
import random
import shutil
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import chinese_calendar
import pytest

from config.settings import Settings
from kernel.policies import PolicyBook
from kernel.workdays import CalendarUnpublished, WorkCalendar
from matchmaking.referrals import clock
from matchmaking.referrals.clock import PROMPT, ClockTerms, Pause
from tests.seeds import is_full

WORK = WorkCalendar()
ORDINARY = ClockTerms("working_days", 2, 3, 10)
QUICK = ClockTerms(PROMPT, 1, 3, 7, 1)
FIRST, LAST = date(2022, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)
CASES = 200
RANDOM = 20_000 if is_full() else 300


@dataclass(frozen=True)
class Boundary:
    """One delivery on or next to a boundary of the calendar, and the pauses of its clock."""

    delivered: date
    pauses: tuple[Pause, ...]
    terms: ClockTerms
    stage: str


def worked_days() -> list[date]:
    span = (LAST - FIRST).days + 1
    return [day for day in (FIRST + i * DAY for i in range(span)) if chinese_calendar.is_workday(day)]


WORKED = worked_days()


def edges() -> list[date]:
    """Make-up weekend days, the last worked day before and the first after each rest of over two days, and both ends of each year."""
    makeup = [day for day in WORKED if day.isoweekday() > 5]
    around = [day for before, after in pairwise(WORKED) if (after - before).days > 3 for day in (before, after)]
    ends = [day for year in range(2022, 2026) for day in (date(year, 12, 30), date(year, 12, 31), date(year + 1, 1, 1))]
    return sorted({*makeup, *around, *ends})


def boundaries() -> list[Boundary]:
    """Two hundred cases: each edge, with no pause, one pause over the rest, two pauses, a pause still open."""
    draw, cases = random.Random(2022), []
    days = [day for day in edges() if day < date(2026, 11, 1)]
    while len(cases) < CASES:
        delivered = days[len(cases) % len(days)] - draw.randrange(3) * DAY
        if delivered < FIRST:
            continue
        pauses = pauses_of(delivered, draw)
        terms = QUICK if len(cases) % 3 == 2 else ORDINARY
        stage = "decision" if len(cases) < len(days) else draw.choice(("answer", "contact", "decision"))
        cases.append(Boundary(delivered, pauses, terms, stage))
    return cases


def pauses_of(delivered: date, draw: random.Random) -> tuple[Pause, ...]:
    kind = draw.randrange(4)
    asked = delivered + draw.randrange(1, 6) * DAY
    came = asked + draw.randrange(0, 12) * DAY
    if kind == 0:
        return ()
    if kind == 1:
        return (Pause(asked, came),)
    again = came + draw.randrange(0, 4) * DAY
    return (Pause(asked, came), Pause(again, None if kind == 3 else again + draw.randrange(0, 6) * DAY))


def by_hand(case: Boundary) -> date | None:
    """The deadline by crossing days off a list of worked days, one after the other."""
    left = {"answer": case.terms.answer, "contact": case.terms.contact, "decision": case.terms.decision}[case.stage]
    crossed = None
    for day in WORKED:
        if day <= case.delivered:
            continue
        if any(p.since < day and (p.until is None or day <= p.until) for p in case.pauses):
            continue
        left -= 1
        if left == 0:
            crossed = day
            break
    if case.terms.longest_months is None:
        return crossed
    month = case.delivered.month % 12 + 1
    year = case.delivered.year + (case.delivered.month == 12)
    same_day = date(year, month, min(case.delivered.day, days_in(year, month)))
    limit = next(day for day in WORKED if day >= same_day)
    return limit if crossed is None else min(crossed, limit)


def days_in(year: int, month: int) -> int:
    return (date(year + (month == 12), month % 12 + 1, 1) - DAY).day


def found(case: Boundary) -> date | None:
    return clock.deadline(case.delivered, case.stage, case.terms, case.pauses, WORK)


def test_two_hundred_boundary_cases_agree_with_crossing_days_off_by_hand() -> None:
    cases = boundaries()
    assert len(cases) == CASES
    wrong = [(case, found(case), by_hand(case)) for case in cases if found(case) != by_hand(case)]
    assert wrong == []


def test_the_cases_meet_every_kind_of_boundary() -> None:
    spans = [(case.delivered, found(case) or case.delivered + 30 * DAY) for case in boundaries()]
    makeup = {day for day in WORKED if day.isoweekday() > 5 and day < date(2026, 10, 1)}
    crossed = {day for day in makeup if any(first <= day <= last for first, last in spans)}
    assert crossed == makeup
    assert {last.year for first, last in spans if last.year > first.year} == {2023, 2024, 2025, 2026}
    assert sum(any(p.until is None for p in case.pauses) for case in boundaries()) >= 20


def test_random_deliveries_agree_too() -> None:
    seed = int(os.environ.get("YINQI_SEED", "0")) or random.SystemRandom().randrange(10**6)
    print("seed", seed)
    draw = random.Random(seed)
    for _ in range(RANDOM):
        delivered = FIRST + draw.randrange((date(2026, 9, 30) - FIRST).days) * DAY
        terms = replace(draw.choice((ORDINARY, QUICK)), decision=draw.randrange(1, 20))
        case = Boundary(delivered, pauses_of(delivered, draw), terms, draw.choice(("answer", "contact", "decision")))
        assert found(case) == by_hand(case), (seed, case)


def test_a_year_without_a_published_calendar_is_an_error() -> None:
    with pytest.raises(CalendarUnpublished):
        clock.deadline(date(2026, 12, 25), "decision", ORDINARY, (), WORK)


def test_a_make_up_saturday_counts_and_the_national_holiday_does_not() -> None:
    assert clock.deadline(date(2022, 9, 30), "answer", ORDINARY, (), WORK) == date(2022, 10, 9)
    assert clock.deadline(date(2022, 9, 30), "contact", ORDINARY, (), WORK) == date(2022, 10, 10)


def test_the_worked_example_of_the_picture() -> None:
    """Delivered on 13 October 2022, papers asked for on the 18th and there on the 20th: the eighth day is the 27th, the last the 31st."""
    pauses = (Pause(date(2022, 10, 18), date(2022, 10, 20)),)
    today = date(2022, 10, 27)
    stands = clock.standing(date(2022, 10, 13), "decision", ORDINARY, pauses, WORK, today)
    assert (stands.used, stands.left, stands.deadline, stands.over) == (8, 2, date(2022, 10, 31), 0)
    ruler = clock.cells(date(2022, 10, 13), stands, pauses, WORK, today)
    assert ruler == [
        ("past", 14), ("past", 17), ("past", 18), ("paused", 19), ("paused", 20), ("past", 21),
        ("past", 24), ("past", 25), ("past", 26), ("today", 27), ("left", 28), ("left", 31),
    ]  # fmt: skip


def test_days_over_are_working_days() -> None:
    stands = clock.standing(date(2022, 10, 13), "answer", ORDINARY, (), WORK, date(2022, 10, 24))
    assert (stands.deadline, stands.over) == (date(2022, 10, 17), 5)
    assert clock.is_late(date(2022, 10, 13), "answer", ORDINARY, (), WORK, date(2022, 10, 18))
    assert not clock.is_late(date(2022, 10, 13), "answer", ORDINARY, (), WORK, date(2022, 10, 17))


def test_the_month_of_13710_runs_on_while_the_clock_is_stopped() -> None:
    waiting = (Pause(date(2022, 10, 14)),)
    assert clock.deadline(date(2022, 10, 13), "decision", ORDINARY, waiting, WORK) is None
    assert clock.deadline(date(2022, 10, 13), "decision", QUICK, waiting, WORK) == date(2022, 11, 14)


def test_both_clocks_come_from_the_dated_policies() -> None:
    book = PolicyBook.load(Settings().policies_dir)
    assert clock.terms_on(book, date(2022, 10, 20)) == ORDINARY


def test_a_document_can_set_the_clock_to_13710(tmp_path: Path) -> None:
    shutil.copytree(Settings().policies_dir, tmp_path / "policies")
    file = tmp_path / "policies" / "referrals.toml"
    file.write_text(file.read_text().replace('value = "working_days"', 'value = "13710"'))
    assert clock.terms_on(PolicyBook.load(tmp_path / "policies"), date(2022, 10, 20)) == QUICK
