"""The page of the day: a bank with several desks looks at one of them, and stays there."""

from flask import Flask
from sqlmodel import Session

from kernel.clock import Clock
from matchmaking.attendance.reading import attended_at
from tests.factories import Visitor, username_of
from tests.matchmaking.day import MINUTE, the_day


def test_a_bank_looks_at_one_desk_and_comes_back_to_it(app: Flask, db: Session) -> None:
    day = the_day(db)
    desks = sorted({meeting.desk for meeting in day.meetings})
    first = day.meetings[0]
    app.extensions["clock"] = Clock.starting_at(day.start(first) - 5 * MINUTE)
    bank = Visitor(app, username_of(db, day.people.near))
    url = f"/sessions/{day.session.id}/day"
    assert len(desks) > 1
    for desk in desks:
        page = bank.get(f"{url}?desk={desk}").text
        for meeting in day.meetings:
            assert (f'id="meeting-{meeting.id}"' in page) == (meeting.desk == desk)
    every = bank.get(f"{url}?desk=99").text
    assert all(f'id="meeting-{meeting.id}"' in every for meeting in day.meetings)
    app.extensions["clock"] = Clock.starting_at(day.start(first))
    for typed in ({}, {"took_place": "maybe"}):
        assert bank.post(f"/meetings/{first.id}/said?desk={first.desk}", **typed).status_code == 422
    assert attended_at(db, [first.id or 0]) == {}
    answer = bank.post(f"/meetings/{first.id}/check-in?desk={first.desk}")
    assert answer.headers["Location"].endswith(f"{url}?desk={first.desk}#meeting-{first.id}")
