"""Below today's tasks each side sees where its own part of the matching stands."""

from flask import Flask
from sqlmodel import Session

from kernel.clock import Clock
from tests.factories import Visitor, username_of
from tests.matchmaking.people import NOW, ask, bank, firm, join_bank, join_request, offer, organiser, session


def home(app: Flask, db: Session, person: object) -> str:
    app.extensions["clock"] = Clock.starting_at(NOW)
    return Visitor(app, username_of(db, person)).get("/").text  # type: ignore[arg-type]


def test_the_next_session_stands_on_the_home_of_each_side_in_its_own_words(app: Flask, db: Session) -> None:
    by, coming, absent, owner = organiser(db), bank(db), bank(db, "应河城市商业银行"), firm(db)
    made = session(db, by)
    offer(db, coming)
    join_bank(db, coming, made, desks=2)
    join_request(db, owner, made, ask(db, owner).id)
    assert "本行报了 2 席" in home(app, db, coming)
    assert "本行没有报名" in home(app, db, absent)
    for person in (by, owner):
        assert "报名中，1 家银行，1 份申请" in home(app, db, person)


def test_a_home_without_sessions_shows_no_figure(app: Flask, db: Session) -> None:
    assert "figure-card" not in home(app, db, firm(db))
