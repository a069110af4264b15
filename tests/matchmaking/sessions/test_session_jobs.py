"""The timetable's jobs: each step at its time, once, and one failing session does not stop the rest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlmodel import Session, select

from config.settings import Settings
from kernel import database
from kernel.audit.service import entries_about
from kernel.jobs.models import JobRun
from kernel.policies import PolicyBook
from matchmaking import jobs
from matchmaking.sessions import running, service
from matchmaking.sessions.frame import template
from matchmaking.sessions.models import SessionMeeting, WeeklySession
from tests.matchmaking.people import KEY, WEEK, ask, join_bank, join_request, offer, organiser, session, town

BOOK = PolicyBook.load(Settings().policies_dir)
FRAME = template(WEEK)
SECOND = timedelta(seconds=1)


def due(db: Session, at: datetime) -> dict[str, int]:
    return {verb: count for verb, count in jobs.move_due(db, book=BOOK, key=KEY, at=at).items() if count}


def state_of(db: Session, made: WeeklySession) -> str:
    db.expire_all()
    return service.session_by_id(db, made.id or 0).state


def test_every_step_comes_at_its_time_and_not_a_second_before(db: Session) -> None:
    made = session(db, organiser(db), open_now=False)
    for verb, moment, state in (
        ("open", FRAME.sign_up_from, "open"),
        ("close", FRAME.sign_up_until, "closed"),
        ("match", FRAME.match_at, "matched"),
        ("publish", FRAME.publish_at, "published"),
    ):
        assert due(db, moment - SECOND) == {}
        assert due(db, moment) == {verb: 1}
        assert state_of(db, made) == state
        assert due(db, moment) == {}


def test_a_scheduler_that_slept_catches_up_in_order(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    made = session(db, people.organiser)
    join_bank(db, people.near, made, desks=1)
    for one in people.firms:
        join_request(db, one, made, ask(db, one).id)
    assert due(db, FRAME.publish_at) == {"close": 1, "match": 1, "publish": 1}
    assert len(db.exec(select(SessionMeeting.id)).all()) == 3
    acts = [entry.act for entry in entries_about(db, ("weekly_session", made.id))]
    assert [act for act in acts if act.startswith("session.") and "join" not in act and act != "session.early"] == [
        "session.announce",
        "session.open",
        "session.close",
        "session.match",
        "session.publish",
    ]


@pytest.mark.both_databases
def test_two_schedulers_at_once_take_each_step_once(app: Flask, db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    made = session(db, people.organiser)
    join_bank(db, people.near, made, desks=1)
    join_request(db, people.firms[0], made, ask(db, people.firms[0]).id)

    def wake() -> dict[str, int]:
        with app.app_context():
            return jobs.move_due(database.current(), book=BOOK, key=KEY, at=FRAME.publish_at)

    with ThreadPoolExecutor(2) as pool:
        counts = [future.result() for future in [pool.submit(wake) for _ in range(2)]]
    wake()
    assert state_of(db, made) == "published"
    claims = [(run.job, run.key) for run in db.exec(select(JobRun))]
    assert len(claims) == len(set(claims)) == 3
    assert sum(sum(count.values()) for count in counts) <= 3
    assert len(db.exec(select(SessionMeeting.id)).all()) == 1


def test_one_sessions_failure_does_not_stop_the_rest(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = session(db, organiser(db)), session(db, organiser(db))
    due(db, FRAME.sign_up_until)
    prepare = running.prepare

    def failing(db: Session, session_id: int, *, book: PolicyBook, key: bytes) -> running.MatchInput:
        if session_id == broken.id:
            raise RuntimeError("a disk is full")
        return prepare(db, session_id, book=book, key=key)

    monkeypatch.setattr(running, "prepare", failing)
    assert due(db, FRAME.match_at) == {"match": 1}
    assert (state_of(db, broken), state_of(db, sound)) == ("closed", "matched")
    monkeypatch.undo()
    assert due(db, FRAME.match_at) == {"match": 1}
