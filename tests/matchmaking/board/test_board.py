"""The live board: what stands how from minute to minute; the screen in the room names no firm and no amount."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from sqlmodel import Session

from kernel.clock import Clock
from matchmaking.board.reading import board_of
from matchmaking.board.screens import screen_token, session_of_token
from tests.factories import Visitor, username_of
from tests.matchmaking.day import MINUTE, the_day


def at_moment(app: Flask, moment: datetime) -> None:
    app.extensions["clock"] = Clock.starting_at(moment)


def test_the_board_follows_the_day(db: Session) -> None:
    day = the_day(db)
    meeting = day.meetings[0]
    starts, firm, bank = day.start(meeting), day.firm_of(meeting), day.people.near

    def stands(at: datetime) -> str:
        board = board_of(db, day.session, at=at)
        return next(one.standing for one in board.lines if one.line.meeting.id == meeting.id)

    assert [stands(starts + minutes * MINUTE) for minutes in (-60, -15, 0, 2)] == [
        "later",
        "next",
        "running",
        "running",
    ]
    assert stands(starts + 3 * MINUTE) == "late"
    day.check_in(bank, meeting, starts)
    late = next(one for one in board_of(db, day.session, at=starts + 5 * MINUTE).of("late"))
    assert late.missing == ("enterprise",)
    day.check_in(firm, meeting, starts + 4 * MINUTE)
    assert [stands(starts + minutes * MINUTE) for minutes in (5, 14, 15)] == ["running", "running", "done"]
    day.say(firm, meeting, False, starts + 16 * MINUTE)
    assert stands(starts + 16 * MINUTE) == "no_show"


def test_the_organisers_board_answers_304_until_something_changes(app: Flask, db: Session) -> None:
    day = the_day(db)
    meeting = day.meetings[0]
    at_moment(app, day.start(meeting) + timedelta(seconds=1))
    visitor = Visitor(app, username_of(db, day.people.organiser))
    path = f"/sessions/{day.session.id}/board"
    page = visitor.get(path)
    assert page.status_code == 200
    assert f'data-live="{path}/live"' in page.text
    first = visitor.get(f"{path}/live")
    again = visitor.get(f"{path}/live", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    day.check_in(day.people.near, meeting, day.start(meeting))
    day.say(day.people.near, meeting, False, day.start(meeting))
    changed = visitor.get(f"{path}/live", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "没谈成" in changed.text
    for other in (day.people.near, day.people.firms[0]):
        assert Visitor(app, username_of(db, other)).get(path).status_code == 403


def test_the_screen_in_the_room_names_no_firm_and_no_amount_and_opens_by_its_own_address_alone(
    app: Flask, db: Session
) -> None:
    day = the_day(db)
    meeting = day.meetings[0]
    starts = day.start(meeting)
    day.note(day.people.near, meeting, "intent", 123_000_000, starts)
    at_moment(app, starts)
    key = app.extensions["settings"].channel_sealing_key.encode()
    token = screen_token(key, day.session.id or 0)
    for path in (f"/screens/{token}", f"/screens/{token}/live"):
        answer = app.test_client().get(path)
        assert answer.status_code == 200
        assert "沙河农村商业银行" in answer.text
        assert not any(firm.organisation_name in answer.text for firm in day.people.firms)
        assert "123" not in answer.text.replace(token, "")
    for wrong in (f"{day.session.id}-{'0' * 40}", token[:-1], token + "0", "x", "9" * 30, screen_token(b"other", 1)):
        assert session_of_token(key, wrong) is None
        assert app.test_client().get(f"/screens/{wrong}").status_code == 404


def test_a_participant_checks_in_and_notes_the_outcome_on_the_page_of_the_day(app: Flask, db: Session) -> None:
    day = the_day(db)
    meeting = day.meetings[0]
    at_moment(app, day.start(meeting))
    visitor: Callable[[object], Visitor] = lambda who: Visitor(app, username_of(db, who))  # type: ignore[arg-type]  # noqa: E731
    firm, bank = visitor(day.firm_of(meeting)), visitor(day.people.near)
    path = f"/sessions/{day.session.id}/day"
    assert "签到" in firm.get(path).text
    assert firm.post(f"/meetings/{meeting.id}/check-in").status_code == 302
    bank.get(path)
    assert bank.post(f"/meetings/{meeting.id}/note", outcome="intent").status_code == 422
    assert bank.post(f"/meetings/{meeting.id}/note", outcome="intent", amount="1000000").status_code == 302
    assert bank.post(f"/meetings/{meeting.id}/said", took_place="yes").status_code == 302
    assert "有意向" in bank.get(path).text
    stranger = visitor(day.people.far)
    stranger.get(path)
    assert stranger.post(f"/meetings/{meeting.id}/check-in").status_code == 404
    assert bank.post(f"/sessions/{day.session.id}/video-link", url="https://127.0.0.1/x").status_code == 422
    assert bank.post(f"/sessions/{day.session.id}/video-link", url="https://video.bank.cn/x").status_code == 302
    assert "https://video.bank.cn/x" in firm.get(path).text
