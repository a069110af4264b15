"""The match of a large session: computed beside a page of its progress, stored once; small ones are matched in the request."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlmodel import Session, select

from kernel import database
from kernel.clock import Clock
from kernel.works import doing, holding
from kernel.works.kinds import AtWork
from matchmaking.sessions.models import SessionMeeting, SessionRun, WeeklySession
from matchmaking.sessions.works import MATCH
from tests.factories import Visitor, username_of
from tests.matchmaking.people import EARLY, NOW, Town, ask, join_bank, join_request, offer, session, step, town


@pytest.fixture
def people(app: Flask, db: Session) -> Town:
    app.extensions["clock"] = Clock.starting_at(NOW)
    app.extensions["settings"] = replace(app.extensions["settings"], work_requests=0)
    return town(db)


def closed(db: Session, people: Town) -> WeeklySession:
    """A session with a bank and three requests, to be matched."""
    offer(db, people.near)
    made = session(db, people.organiser)
    join_bank(db, people.near, made, desks=2)
    for one in people.firms:
        join_request(db, one, made, ask(db, one).id or 0)
    return step(db, people.organiser, made, "close")


def counts(db: Session) -> tuple[int, int]:
    db.rollback()
    return len(db.exec(select(SessionRun)).all()), len(db.exec(select(SessionMeeting)).all())


def do_next(db: Session) -> bool:
    db.rollback()
    return doing.do_next(db)


def hearing(app: Flask, tell: Callable[[str], None]) -> None:
    def run(work: AtWork) -> None:
        def told(stage: str, done: int, whole: int) -> None:
            tell(stage)
            work.told(stage, done, whole)

        MATCH.run(replace(work, told=told))

    app.extensions["work_kinds"] = {MATCH.name: replace(MATCH, run=run)}


def test_a_large_session_is_matched_beside_its_page_and_once(app: Flask, db: Session, people: Town) -> None:
    made = closed(db, people)
    moves = f"/sessions/{made.id}/moves"
    organiser = Visitor(app, username_of(db, people.organiser))
    organiser.get(f"{moves}/match")
    assert organiser.post(f"{moves}/match").status_code == 422  # too early without a reason, told at once
    reasons = (EARLY, EARLY, f"{EARLY}，大家都到齐了")
    pages = [organiser.post(f"{moves}/match", reason=reason).headers["Location"] for reason in reasons]
    assert pages[0] == pages[1] != pages[2]
    stages: list[str] = []
    hearing(app, stages.append)
    assert do_next(db)
    assert stages == [stage.name for stage in MATCH.stages]
    runs, meetings = counts(db)
    assert (runs, meetings > 0) == (1, True)
    assert organiser.get(pages[0]).headers["Location"] == f"/sessions/{made.id}"
    assert do_next(db)  # the second order finds the session matched
    assert "没有做成" in organiser.get(pages[2]).text
    assert counts(db) == (runs, meetings)


def test_a_match_whose_holder_is_gone_stores_nothing(app: Flask, db: Session, people: Town) -> None:
    made = closed(db, people)
    organiser = Visitor(app, username_of(db, people.organiser))
    answer = organiser.send("POST", f"/sessions/{made.id}/moves", json={"move": "match", "reason": EARLY})
    number = answer.get_json()["id"]
    assert (answer.status_code, answer.get_json()["task"]) == (202, "match_session")

    def lose_it(stage: str) -> None:
        if stage == "storing":
            at = app.extensions["clock"].now() + holding.LEASE * 2
            database.write_apart(lambda db: holding.take_up(db, number, "another", at=at))

    hearing(app, lose_it)
    assert do_next(db)
    assert counts(db) == (0, 0)
    db.refresh(made)
    assert made.state == "closed"
