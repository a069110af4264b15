"""A published plan that somebody calls off: repaired, released anew with what changed, told to whom it concerns."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from config.settings import Settings
from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import entries_about
from kernel.clock import Clock
from kernel.errors import Conflict, Invalid, NotFound, Refused
from kernel.outbox.models import OutboxEvent
from kernel.policies import PolicyBook
from matchmaking.releases import reading, retracting, service
from matchmaking.releases.causes import CallOff
from matchmaking.releases.models import PlanRelease
from matchmaking.releases.repair import Cause, compute, prepare
from matchmaking.requests.models import FinancingRequest
from matchmaking.sessions import outcome
from matchmaking.sessions.files import file_for
from matchmaking.sessions.models import SessionMeeting, SessionRequest, WeeklySession
from matchmaking.sessions.outcome import slot_start
from matchmaking.sessions.reading import own_place
from matchmaking.sessions.service import session_by_id
from matchmaking.sessions.views import Grid, grid_of
from matchmaking.verifier.check import verify
from tests.factories import Visitor, username_of
from tests.matchmaking.people import (
    NOW,
    Town,
    ask,
    bank,
    firm,
    held_session,
    join_bank,
    join_request,
    matched,
    offer,
    organiser,
    party_code,
    session,
    step,
)

BOOK = PolicyBook.load(Settings().policies_dir)
TODAY = date(2022, 10, 20)
WHY = "厂里停电，来不了"
FIRMS = ("恒润精密铸造有限公司", "清源环保设备有限公司", "李记粮油商行", "天青瓷业有限公司")


def full_house(db: Session, seats: int = 3) -> tuple[WeeklySession, Caller, list[Caller], Caller]:
    """One bank with two desks and fewer seats than the four firms that want to meet it, published."""
    lender, firms, by = bank(db), [firm(db, name) for name in FIRMS], organiser(db)
    offer(db, lender)
    made = session(db, by)
    join_bank(db, lender, made, desks=2, seats=seats)
    for one in firms:
        join_request(db, one, made, ask(db, one).id)
    made = matched(db, Town(lender, lender, tuple(firms), by), BOOK, made)
    return step(db, by, made, "publish"), lender, firms, by


def standing(db: Session, made: WeeklySession) -> dict[int, SessionMeeting]:
    db.expire_all()
    return {one.enterprise_id: one for one in reading.current_meetings(db, made.id or 0)}


def grid(db: Session, lender: Caller, made: WeeklySession) -> Grid:
    """The bank's own desks and slots as its page shows them."""
    db.expire_all()
    place = own_place(db, lender, made.id or 0)
    assert place is not None
    lines = outcome.meetings_for(db, lender, made, today=TODAY)
    return grid_of(session_by_id(db, made.id or 0), place, lines, NOW)


def call_off(
    db: Session, by: Caller, made: WeeklySession, asked: CallOff | None = None, at: datetime = NOW
) -> PlanRelease:
    asked = asked or CallOff("everything")
    return service.call_off(db, by, made.id or 0, asked=asked, reason=WHY, book=BOOK, at=at)


def told(db: Session) -> list[tuple[str, int]]:
    events = db.exec(select(OutboxEvent).order_by(col(OutboxEvent.id)))
    return [(one.event, one.party_id) for one in events if one.event.startswith("meeting.")]


def state_of(db: Session, by: Caller) -> tuple[str, str]:
    """Of the only request of a firm: its own state, and that of its sign-up."""
    query = select(FinancingRequest.state, SessionRequest.state).where(
        FinancingRequest.enterprise_id == by.organisation_id, SessionRequest.request_id == FinancingRequest.id
    )
    return db.exec(query).one()


def test_a_firm_that_does_not_come_makes_room_for_the_one_that_waits(db: Session) -> None:
    made, lender, firms, _ = full_house(db)
    before = standing(db, made)
    waiting = next(one for one in firms if one.organisation_id not in before)
    leaving = next(one for one in firms if one.organisation_id in before)
    release = call_off(db, leaving, made)
    after = standing(db, made)
    assert (release.number, release.cause, release.is_quiet) == (2, "enterprise", False)
    assert after.keys() == before.keys() - {leaving.organisation_id} | {waiting.organisation_id}
    assert after[waiting.organisation_id].release == 2
    gone = db.exec(select(SessionMeeting).where(SessionMeeting.state == "cancelled")).one()
    assert (gone.enterprise_id, gone.release) == (leaving.organisation_id, 2)
    assert state_of(db, leaving) == ("published", "unmatched")
    assert state_of(db, waiting) == ("matched", "matched")
    assert told(db) == [
        ("meeting.cancelled", leaving.organisation_id),
        ("meeting.cancelled", lender.organisation_id),
        ("meeting.changed", waiting.organisation_id),
        ("meeting.changed", lender.organisation_id),
    ]
    entry = [one for one in entries_about(db, ("weekly_session", made.id)) if one.act == "session.release"]
    assert len(entry) == 1


def test_everybody_else_keeps_bank_time_desk_and_room(db: Session) -> None:
    made, _, firms, _ = full_house(db)
    before = {one.id: (one.slot, one.desk, one.room) for one in standing(db, made).values()}
    leaving = next(one for one in firms if one.organisation_id in standing(db, made))
    call_off(db, leaving, made)
    after = {one.id: (one.slot, one.desk, one.room) for one in standing(db, made).values()}
    assert len(before.items() & after.items()) == 2


def test_who_called_off_once_is_called_for_no_later_release(db: Session) -> None:
    made, _, firms, _ = full_house(db)
    first, second, third = [one for one in firms if one.organisation_id in standing(db, made)]
    for number, one in enumerate((first, second, third), start=2):
        assert call_off(db, one, made).number == number
    assert len(standing(db, made)) == 1
    with pytest.raises(Refused):
        call_off(db, first, made)


def test_a_firm_that_took_its_consent_back_is_not_called(db: Session) -> None:
    made, _, firms, _ = full_house(db)
    waiting = next(one for one in firms if one.organisation_id not in standing(db, made))
    request_id = db.exec(
        select(FinancingRequest.id).where(FinancingRequest.enterprise_id == waiting.organisation_id)
    ).one()
    leaving = next(one for one in firms if one.organisation_id in standing(db, made))
    cause = Cause("enterprise", leaving.organisation_id)
    begun = prepare(db, session_by_id(db, made.id or 0), cause, book=BOOK, at=NOW)
    repaired = compute(begun)
    assert [one.enterprise_code for one in repaired.added] == [party_code(db, waiting)]
    database.write(db, lambda db: retracting.revoke_consent(db, waiting, request_id or 0, at=NOW))
    late = database.write(db, lambda db: service.store(db, leaving, begun, repaired, reason=WHY, at=NOW))
    assert late is None
    call_off(db, leaving, made)
    assert len(standing(db, made)) == 2


def test_a_meeting_called_off_by_one_side_stays_called_off(db: Session) -> None:
    made, lender, firms, _ = full_house(db, seats=4)
    meeting = standing(db, made)[firms[0].organisation_id]
    call_off(db, lender, made, CallOff("meeting", meeting_id=meeting.id))
    assert firms[0].organisation_id not in standing(db, made)
    call_off(db, firms[1], made)
    assert standing(db, made).keys() == {firms[2].organisation_id, firms[3].organisation_id}


def test_a_desk_taken_away_sends_its_meetings_next_door(db: Session) -> None:
    made, lender, _, _ = full_house(db)
    firms = standing(db, made).keys()
    call_off(db, lender, made, CallOff("desk", desk=2))
    after = standing(db, made)
    assert after.keys() == firms
    assert {one.desk for one in after.values()} == {1}
    assert len({one.slot for one in after.values()}) == 3
    call_off(db, lender, made, CallOff("desk"))
    assert standing(db, made) == {}


def test_a_desk_taken_away_counts_no_free_seat(db: Session) -> None:
    made, lender, _, _ = full_house(db)
    slots = session_by_id(db, made.id or 0).slots
    assert grid(db, lender, made).free == 2 * slots - 3
    call_off(db, lender, made, CallOff("desk", desk=2))
    after = grid(db, lender, made)
    assert (after.free, after.seats) == (slots - 3, slots)
    assert {row["cells"][1]["kind"] for row in after.slots} == {"closed"}
    with pytest.raises(NotFound):
        call_off(db, lender, made, CallOff("desk", desk=2))
    call_off(db, lender, made, CallOff("desk"))
    assert (grid(db, lender, made).free, grid(db, lender, made).seats) == (0, 0)


def test_the_organisers_meetings_file_is_the_plan_as_released_last(db: Session) -> None:
    made, _, firms, by = full_house(db)
    first = file_for(db, by, made, "meetings.csv", today=TODAY)
    assert first == file_for(db, by, made, "meetings-1.csv", today=TODAY)
    leaving = next(one for one in firms if one.organisation_id in standing(db, made))
    waiting = next(one for one in firms if one.organisation_id not in standing(db, made))
    call_off(db, leaving, made)
    now = file_for(db, by, made, "meetings.csv", today=TODAY).decode()
    assert party_code(db, waiting) in now
    assert party_code(db, leaving) not in now
    assert file_for(db, by, made, "meetings-1.csv", today=TODAY) == first


def test_an_organiser_acts_for_those_who_ring_up(db: Session) -> None:
    made, _, firms, by = full_house(db)
    leaving = next(one for one in firms if one.organisation_id in standing(db, made))
    release = call_off(db, by, made, CallOff("everything", party_code=party_code(db, leaving)))
    assert release.made_for == leaving.organisation_id
    with pytest.raises(NotFound):
        call_off(db, organiser(db), made, CallOff("everything", party_code=party_code(db, firms[1])))
    with pytest.raises(Invalid):
        call_off(db, by, made, CallOff("everything", party_code="无"))


def test_anothers_meeting_is_the_same_as_none(db: Session) -> None:
    made, lender, firms, _ = full_house(db)
    mine = next(one for one in firms if one.organisation_id in standing(db, made))
    theirs = next(one for one in standing(db, made).values() if one.enterprise_id != mine.organisation_id)
    stranger, rival = firm(db, "银河电子有限公司"), bank(db, "应河城市商业银行")
    for who, asked in (
        (mine, CallOff("meeting", meeting_id=theirs.id)),
        (mine, CallOff("desk", desk=1)),
        (rival, CallOff("meeting", meeting_id=theirs.id)),
        (rival, CallOff("desk", desk=1)),
        (stranger, CallOff("everything")),
        (lender, CallOff("everything")),
        (lender, CallOff("desk", desk=3)),
    ):
        with pytest.raises(NotFound):
            call_off(db, who, made, asked)


def test_nothing_is_called_off_before_publication_and_nothing_without_a_reason(db: Session) -> None:
    lender, mine, by = bank(db), firm(db), organiser(db)
    offer(db, lender)
    made = session(db, by)
    join_bank(db, lender, made, desks=1)
    join_request(db, mine, made, ask(db, mine).id)
    made = matched(db, Town(lender, lender, (mine,), by), BOOK, made)
    with pytest.raises(Conflict):
        call_off(db, mine, made)
    made = step(db, by, made, "publish")
    with pytest.raises(Invalid):
        service.call_off(db, mine, made.id or 0, asked=CallOff("everything"), reason="病", book=BOOK, at=NOW)


def test_on_the_day_freed_seats_are_filled_and_nobody_moves(db: Session) -> None:
    made, _, firms, _ = full_house(db)
    before = standing(db, made)
    late = max(before.values(), key=lambda one: one.slot)
    waiting = next(one for one in firms if one.organisation_id not in before)
    leaving = next(one for one in firms if one.organisation_id == late.enterprise_id)
    at = made.starts_at - timedelta(minutes=30)
    assert call_off(db, leaving, made, at=at).is_quiet
    assert standing(db, made).keys() == before.keys() - {leaving.organisation_id} | {waiting.organisation_id}


def test_what_has_begun_stands_and_nothing_new_starts_in_the_past(db: Session) -> None:
    made, _, firms, _ = full_house(db)
    before = standing(db, made)
    late = max(one.slot for one in before.values())
    at = slot_start(made, late)
    early = next(one for one in firms if one.organisation_id in before)
    with pytest.raises(Refused):
        call_off(db, early, made, at=at)
    assert standing(db, made).keys() == before.keys()


def test_the_certificate_stays_that_of_the_first_plan(db: Session) -> None:
    made, _, firms, by = full_house(db)
    first = file_for(db, by, made, "certificate.json", today=TODAY)
    leaving = next(one for one in firms if one.organisation_id in standing(db, made))
    call_off(db, leaving, made)
    kept = file_for(db, by, session_by_id(db, made.id or 0), "certificate.json", today=TODAY)
    assert kept == first
    assert verify(kept) == ()


@pytest.mark.both_databases
def test_two_who_call_off_at_once_both_get_a_release_and_no_seat_is_given_twice(app: Flask, db: Session) -> None:
    made, _, firms, _ = full_house(db)
    leaving = [one for one in firms if one.organisation_id in standing(db, made)][:2]
    db.commit()

    def act(by: Caller) -> int:
        with app.app_context():
            return call_off(database.current(), by, made).number

    with ThreadPoolExecutor(2) as pool:
        numbers = sorted(pool.map(act, leaving))
    assert numbers == [2, 3]
    assert standing(db, made).keys() == {one.organisation_id for one in firms} - {
        one.organisation_id for one in leaving
    }


def test_each_side_reads_its_own_changes_and_the_reason_where_it_concerns_them(db: Session) -> None:
    made, lender, firms, by = full_house(db)
    before = standing(db, made)
    waiting = next(one for one in firms if one.organisation_id not in before)
    leaving, bystander = [one for one in firms if one.organisation_id in before][:2]
    call_off(db, leaving, made)
    made = session_by_id(db, made.id or 0)
    read = {
        name: reading.releases_for(db, who, made, today=TODAY)[0]
        for name, who in {
            "left": leaving,
            "came": waiting,
            "bystander": bystander,
            "bank": lender,
            "organiser": by,
        }.items()
    }
    shown = {name: ([change.change.change for change in one.changes], one.reason) for name, one in read.items()}
    assert shown == {
        "left": (["cancelled"], WHY),
        "came": (["added"], ""),
        "bystander": ([], ""),
        "bank": (["cancelled", "added"], WHY),
        "organiser": (["cancelled", "added"], WHY),
    }
    assert [one.number for one in reading.releases_for(db, leaving, made, today=TODAY)] == [2, 1]


def test_the_newest_meetings_file_holds_what_stands(db: Session) -> None:
    made, lender, firms, _ = full_house(db)
    leaving = next(one for one in firms if one.organisation_id in standing(db, made))
    call_off(db, leaving, made)
    made = session_by_id(db, made.id or 0)
    assert len(outcome.meetings_for(db, lender, made, today=TODAY)) == 3
    rows = file_for(db, lender, made, "meetings.csv", today=TODAY).decode()
    assert party_code(db, leaving) not in rows


def test_a_firm_calls_off_on_its_page_and_reads_the_new_release(app: Flask, db: Session) -> None:
    made, _, firms, _ = full_house(db)
    leaving = next(one for one in firms if one.organisation_id in standing(db, made))
    app.extensions["clock"] = Clock.starting_at(NOW)
    mine = Visitor(app, username_of(db, leaving))
    assert "我不来了，1 场都取消" in mine.get(f"/sessions/{made.id}/call-off").text
    assert mine.post(f"/sessions/{made.id}/call-off", choice="everything", reason="").status_code == 422
    assert mine.post(f"/sessions/{made.id}/call-off", choice="everything", reason="病").status_code == 422
    done = mine.post(f"/sessions/{made.id}/call-off", choice="everything", reason=WHY)
    assert done.location == f"/sessions/{made.id}/releases"
    page = mine.get(f"/sessions/{made.id}/releases").text
    assert "第 2 版" in page
    assert WHY in page
    assert "没有还没开始的面谈可以取消" in mine.get(f"/sessions/{made.id}/call-off").text


def test_a_bank_takes_a_desk_away_through_the_api(app: Flask, db: Session) -> None:
    made, lender, _, _ = full_house(db)
    app.extensions["clock"] = Clock.starting_at(NOW)
    theirs = Visitor(app, username_of(db, lender))
    page = theirs.get(f"/sessions/{made.id}/call-off").text
    assert "撤下 2 号席" in page
    done = theirs.post(f"/sessions/{made.id}/call-off", choice="desk-2", reason=WHY)
    assert done.location == f"/sessions/{made.id}/releases"
    listed = json.loads(theirs.get(f"/api/v1/sessions/{made.id}/releases").text)
    assert [one["number"] for one in listed] == [2, 1]
    assert {one["change"] for one in listed[0]["changes"]} == {"moved"}
    assert {one["desk_after"] for one in listed[0]["changes"]} == {1}


def test_a_session_that_was_held_knows_one_release(db: Session) -> None:
    lender, mine, by = bank(db), firm(db), organiser(db)
    offer(db, lender)
    made = held_session(db, Town(lender, bank(db, "应河城市商业银行"), (mine,), by), BOOK)
    assert [(one.number, one.cause) for one in reading.releases_for(db, mine, made, today=TODAY)] == [(1, None)]
    assert made.release == 1
