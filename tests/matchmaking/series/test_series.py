"""Series announced by the scheduler alone: once a week, on working days, and what the city owes is counted from what was held."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session, select

from config.city_calendar import load_calendar
from config.settings import Settings
from kernel import database
from kernel.accounts.service import Caller
from kernel.errors import Conflict, Invalid, NotFound, Refused
from kernel.outbox.models import OutboxEvent
from kernel.periods import IsoWeek
from kernel.policies import PolicyBook
from kernel.web.paging import Asked
from matchmaking import jobs as session_jobs
from matchmaking.series import duty, jobs, reading, service
from matchmaking.series.models import SeriesWeek, SessionSeries
from matchmaking.series.planning import SeriesTemplate, weeks_from
from matchmaking.sessions import running, sign_ups
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.reading import weeks_taken
from matchmaking.themes import GENERAL
from tests.factories import Visitor, make_institution, make_person, username_of
from tests.matchmaking.people import KEY, ask, bank, firm, offer, organiser, party_code, session, step

BOOK = PolicyBook.load(Settings().policies_dir)
CALENDAR = load_calendar(Settings().city_dir)
THURSDAYS = SeriesTemplate("全市专场")
START = datetime(2022, 9, 19, 1, 0, tzinfo=UTC)  # Monday of W38


def made(db: Session, by: Caller, template: SeriesTemplate = THURSDAYS) -> SessionSeries:
    return database.write(db, lambda db: service.create(db, by, template=template, at=START))


def wake(db: Session, at: datetime) -> dict[str, int]:
    return jobs.announce_due(db, book=BOOK, calendar=CALENDAR, key=KEY, at=at)


def run(db: Session, at: datetime) -> None:
    wake(db, at)
    session_jobs.move_due(db, book=BOOK, key=KEY, at=at)


def outcomes(db: Session) -> dict[str, str]:
    db.expire_all()
    return {row.week: row.outcome for row in db.exec(select(SeriesWeek).order_by(SeriesWeek.week))}


def test_the_scheduler_announces_the_coming_weeks_once_and_skips_the_holiday_week(db: Session) -> None:
    made(db, organiser(db))
    assert wake(db, START) == {"announced": 3, "exempt": 1}
    assert wake(db, START) == {}
    assert outcomes(db) == {
        "2022-W38": "announced",
        "2022-W39": "announced",
        "2022-W40": "exempt",
        "2022-W41": "announced",
    }
    sessions = db.exec(select(WeeklySession).order_by(WeeklySession.week)).all()
    assert [one.starts_at.astimezone(jobs.SHANGHAI).date().isoformat() for one in sessions] == [
        "2022-09-22",
        "2022-09-29",
        "2022-10-13",
    ]
    assert wake(db, START + timedelta(days=7)) == {"announced": 1}


@pytest.mark.both_databases
def test_two_schedulers_at_once_announce_each_week_once(app: Flask, db: Session) -> None:
    made(db, organiser(db))

    def one() -> None:
        with app.app_context():
            wake(database.current(), START)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: one(), range(2)))
    assert sorted(outcomes(db).values()) == ["announced", "announced", "announced", "exempt"]
    assert len(db.exec(select(WeeklySession.id)).all()) == 3


def queries_of(work: Callable[[], object]) -> int:
    sent: list[str] = []

    def note(*call: Any) -> None:
        sent.append(call[2])

    event.listen(database.books.engine, "before_cursor_execute", note)
    work()
    event.remove(database.books.engine, "before_cursor_execute", note)
    return len(sent)


def test_series_are_paged_and_found_by_state_with_as_many_queries_for_one_as_for_many(db: Session) -> None:
    by = organiser(db)
    series = [made(db, by, replace(THURSDAYS, name=f"第 {number} 个")) for number in range(1, 5)]
    database.write(db, lambda db: service.move(db, by, series[0].id or 0, "pause", at=START))
    wake(db, START)
    at = START + timedelta(hours=1)
    pages = [reading.series_page(db, by, Asked(number, per_page=2), at=at) for number in (1, 2)]
    assert [line.series.id for page in pages for line in page.items] == [one.id for one in [*series[1:], series[0]]]
    paused = reading.series_page(db, by, Asked(), at=at, state="paused")
    assert [(line.series.id, line.weeks) for line in paused.items] == [(series[0].id, 0)]
    assert (
        len({queries_of(lambda size=size: reading.series_page(db, by, Asked(1, size), at=at)) for size in (1, 4)}) == 1
    )
    assert [line.weeks for line in reading.series_of(db, by, at=at)] == [4, 4, 4, 0]


def test_a_paused_series_waits_and_a_changed_one_leaves_what_is_announced(db: Session) -> None:
    by = organiser(db)
    series = made(db, by)
    wake(db, START)
    database.write(db, lambda db: service.move(db, by, series.id or 0, "pause", at=START))
    assert wake(db, START + timedelta(days=21)) == {}
    database.write(db, lambda db: service.move(db, by, series.id or 0, "resume", at=START))
    changed = replace(THURSDAYS, weekday=2)
    database.write(db, lambda db: service.change(db, by, series.id or 0, template=changed, seen=1, at=START))
    assert wake(db, START + timedelta(days=21)) == {"announced": 3}
    db.expire_all()
    days = [one.starts_at.isoweekday() for one in db.exec(select(WeeklySession).order_by(WeeklySession.week))]
    assert days == [4, 4, 4, 2, 2, 2]
    with pytest.raises(Conflict):
        database.write(db, lambda db: service.change(db, by, series.id or 0, template=changed, seen=1, at=START))


def test_a_week_that_was_planned_from_an_older_template_is_not_announced(db: Session) -> None:
    by = organiser(db)
    series = made(db, by)
    planned = reading.planned_weeks(THURSDAYS, [IsoWeek(2022, 38)], book=BOOK, calendar=CALENDAR)[0]
    db.expunge(series)  # as another process has read it
    changed = replace(THURSDAYS, weekday=2)
    database.write(db, lambda db: service.change(db, by, series.id or 0, template=changed, seen=1, at=START))

    def settle(db: Session) -> object:
        return service.settle_week(db, series, planned, key=KEY, draw=lambda: bytes(32), at=START)

    with pytest.raises(Conflict) as refused:
        database.write(db, settle)
    assert (refused.value.code, outcomes(db)) == ("series_changed", {})


def test_anothers_series_is_not_there_and_partners_must_be_bureaus(db: Session) -> None:
    by, other = organiser(db), organiser(db)
    series = made(db, by)
    with pytest.raises(NotFound):
        database.write(db, lambda db: service.move(db, other, series.id or 0, "pause", at=START))
    joint = replace(THURSDAYS, scope="joint", partners=(party_code(db, firm(db)),))
    with pytest.raises(Invalid):
        made(db, by, joint)
    kept = made(db, by, replace(joint, theme_code="first_loan", partners=(party_code(db, other),)))
    assert kept.partners == (party_code(db, other),)


def test_a_week_that_was_announced_by_hand_or_too_late_is_on_record(db: Session) -> None:
    by = organiser(db)
    made(db, by)
    wake(db, START)
    made(db, by, replace(THURSDAYS, name="又一个"))
    assert wake(db, START) == {"taken": 3, "exempt": 1}
    made(db, organiser(db))
    assert wake(db, datetime(2022, 9, 21, 4, 1, tzinfo=UTC))["too_late"] == 1


def test_an_unpublished_year_settles_nothing_and_its_organiser_reads_of_it_in_time(app: Flask, db: Session) -> None:
    by = organiser(db)
    series = made(db, by)
    late = datetime(2030, 12, 2, 1, 0, tzinfo=UTC)
    assert wake(db, late) == {"calendar_unpublished": 4}
    assert outcomes(db) == {}
    weeks = reading.preview(reading.template_of(series), book=BOOK, calendar=CALENDAR, at=late)
    assert all(one.error is not None and "放假安排还没有发布" in one.error.zh for one in weeks)


def test_a_series_for_policy_banks_turns_others_away_by_name_of_the_kinds(db: Session) -> None:
    by = organiser(db)
    kinds = ("development_bank", "policy_bank")
    made(db, by, replace(THURSDAYS, name="开发性政策性专场", theme_code="policy_banks", institution_kinds=kinds))
    wake(db, START)
    assert "2022-W38" in weeks_taken(db, by) - weeks_taken(db, by, GENERAL)
    first = db.exec(select(WeeklySession).order_by(WeeklySession.week)).all()[0]
    policy = make_person(db, make_institution(db, "农业发展银行", kind="policy_bank"), "product_manager")
    join: Callable[[Caller], object] = lambda who: database.write(  # noqa: E731
        db, lambda db: sign_ups.join_bank(db, who, first.id or 0, desks=1, at=START)
    )
    join(policy)
    with pytest.raises(Refused) as refused:
        join(bank(db))
    assert refused.value.code == "not_of_this_theme"
    assert "政策性银行" in refused.value.text.zh


def test_what_the_city_held_of_what_it_owed_is_counted_with_both_figures(db: Session) -> None:
    by = organiser(db)
    made(db, by)
    made(db, organiser(db), replace(THURSDAYS, scope="county", name="县里的"))
    moment = START
    while moment < datetime(2022, 10, 22, tzinfo=UTC):
        run(db, moment)
        moment += timedelta(hours=3)
    cancelled = IsoWeek(2022, 37)
    weeks = list(weeks_from(cancelled, 7))
    found = duty.city_duty(db, weeks, book=BOOK, calendar=CALENDAR, at=datetime(2022, 10, 22, tzinfo=UTC))
    assert [one.state for one in found.weeks] == ["missing", "held", "held", "exempt", "held", "held", "coming"]
    assert (found.held, found.required, len(found.exempt)) == (4, 5, 1)
    before = duty.city_duty(db, [IsoWeek(2022, 10)], book=BOOK, calendar=CALENDAR, at=START)
    assert [one.state for one in before.weeks] == ["not_owed"]


def of_no_known_year(db: Session) -> None:
    """A published session of a year whose days off nobody knows yet: it must keep no other from being reminded of."""
    by = organiser(db)
    far = session(db, by, week=IsoWeek(2031, 24))
    step(db, by, far, "close")
    running.match(db, far.id or 0, book=BOOK, key=KEY, by=by.actor, at=START)
    step(db, by, far, "publish")


def test_a_session_is_reminded_of_one_working_day_before_and_once(db: Session) -> None:
    by, lender, asker = organiser(db), bank(db), firm(db)
    offer(db, lender)
    of_no_known_year(db)
    made(db, by, replace(THURSDAYS, weekday=1))  # Monday 24 October: the working day before is the Friday
    at = datetime(2022, 10, 17, 4, 0, tzinfo=UTC)
    wake(db, at)
    session_jobs.move_due(db, book=BOOK, key=KEY, at=datetime(2022, 10, 18, 1, 0, tzinfo=UTC))
    monday = db.exec(select(WeeklySession).where(WeeklySession.week == "2022-W43")).one()
    filed = ask(db, asker)
    joins = (
        partial(sign_ups.join_bank, caller=lender, session_id=monday.id, desks=1, at=at),
        partial(sign_ups.join_request, caller=asker, session_id=monday.id, request_id=filed.id, at=at),
    )
    for join in joins:
        database.write(db, join)
    session_jobs.move_due(db, book=BOOK, key=KEY, at=datetime(2022, 10, 21, 7, 0, tzinfo=UTC))
    remind = partial(jobs.remind_due, db, book=BOOK, calendar=CALENDAR)
    assert remind(at=datetime(2022, 10, 20, 15, 59, tzinfo=UTC)) == 0
    assert remind(at=datetime(2022, 10, 21, 8, 0, tzinfo=UTC)) == 1
    assert remind(at=datetime(2022, 10, 21, 9, 0, tzinfo=UTC)) == 0
    db.expire_all()
    events = db.exec(select(OutboxEvent).where(OutboxEvent.event == "session.reminded")).all()
    assert {one.party_id for one in events} == {lender.organisation_id, asker.organisation_id}
    session_jobs.move_due(db, book=BOOK, key=KEY, at=monday.ends_at)
    db.expire_all()
    state = db.exec(select(WeeklySession.state).where(WeeklySession.id == monday.id)).one()
    assert state == "concluded"


def test_an_organiser_sets_a_series_up_on_the_pages(app: Flask, db: Session) -> None:
    by = organiser(db)
    visitor = Visitor(app, username_of(db, by))
    assert visitor.get("/series").status_code == 200
    form = {
        **{"name": "首贷专场", "theme_code": "first_loan", "scope": "city", "weekday": "3", "starts": "14:00"},
        **{"ends": "17:00", "slot_minutes": "15", "break_after": "6", "break_minutes": "15", "request_places": "60"},
        **{"host": "video", "rooms": "8", "open_days": "4", "open_at": "09:00", "close_days": "1", "close_at": "12:00"},
        **{"match_minutes": "30", "publish_minutes": "180", "weeks_ahead": "3"},
        "partners": "",  # a text field is sent even when it is empty
    }
    visitor.get("/series/new")
    assert visitor.post("/series/new", **form | {"ends": "13:00"}).status_code == 422
    answer = visitor.post("/series/new", **form)
    assert answer.status_code == 302
    page = visitor.get(answer.location)
    assert page.status_code == 200
    assert "每 6 场休 15 分钟" in page.text
    assert visitor.post(f"{answer.location}/pause").status_code == 302
    edited = visitor.get(f"{answer.location}/edit")
    assert edited.status_code == 200
    assert visitor.post(f"{answer.location}/edit", **form | {"seen": "1", "weekday": "2"}).status_code == 302
    assert visitor.get("/series/duty").status_code == 200
    assert visitor.send("GET", "/series/duty").json["required"] >= 0
    assert len(visitor.send("GET", f"{answer.location}/weeks").json) == 8
