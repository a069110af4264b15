"""The day: both sides check in around the time, one “did not happen” is a no-show, two no-shows pause, outcomes are noted."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from kernel import database
from kernel.clock import business_day
from kernel.errors import Conflict, Invalid, NotFound, Refused
from kernel.outbox.models import OutboxEvent
from matchmaking.attendance.reading import attended_at
from matchmaking.attendance.service import settle_due
from matchmaking.pauses.models import NoShow
from matchmaking.pauses.service import note_no_show, paused_until
from matchmaking.sessions import sign_ups
from matchmaking.sessions.models import SessionRequest
from tests.matchmaking.day import BOOK, MINUTE, Day, the_day
from tests.matchmaking.people import WEEK, ask, join_bank, join_request, session

HOUR = timedelta(hours=1)


def settle(day: Day, at: datetime) -> int:
    return settle_due(day.db, book=BOOK, at=at)


def test_both_sides_check_in_around_the_time_once_each_and_nobody_else_does(db: Session) -> None:
    day = the_day(db)
    meeting = day.meetings[0]
    firm, starts = day.firm_of(meeting), day.start(meeting)
    for moment in (starts - 31 * MINUTE, starts + 15 * MINUTE):
        with pytest.raises(Conflict):
            day.check_in(firm, meeting, moment)
    stranger = next(one for one in day.people.firms if one != firm)
    for other in (stranger, day.people.far, day.people.organiser):
        with pytest.raises(NotFound):
            day.check_in(other, meeting, starts)
    day.check_in(firm, meeting, starts - 30 * MINUTE)
    day.check_in(firm, meeting, starts)
    day.check_in(day.people.near, meeting, starts + 14 * MINUTE)
    attended = attended_at(db, [meeting.id or 0])[meeting.id or 0]
    assert attended.enterprise.checked_in_at == starts - 30 * MINUTE
    assert attended.institution.checked_in_at == starts + 14 * MINUTE
    assert attended.took_place
    assert not attended.is_no_show


def test_one_did_not_happen_is_a_no_show_of_the_side_that_did_not_come(db: Session) -> None:
    day = the_day(db)
    first, second, third = day.meetings
    bank = day.people.near
    for meeting in (first, second, third):
        day.check_in(bank, meeting, day.start(meeting))
    day.say(bank, first, False, day.start(first) + 10 * MINUTE)
    day.check_in(day.firm_of(second), second, day.start(second))
    day.say(bank, second, False, day.start(second) + 10 * MINUTE)
    day.say(bank, third, True, day.start(third) + 10 * MINUTE)
    over = day.session.ends_at + 24 * HOUR
    assert settle(day, over - MINUTE) == 0
    assert settle(day, over) == 1
    assert settle(day, over) == 0
    (row,) = db.exec(select(NoShow))
    assert (row.party_id, row.meeting_id, row.consequence) == (first.enterprise_id, first.id, "warning")
    said = attended_at(db, [one.id or 0 for one in day.meetings])
    assert [said[one.id or 0].is_no_show for one in day.meetings] == [True, True, False]
    events = [one.event for one in db.exec(select(OutboxEvent)) if one.event.startswith("attendance.")]
    assert events == ["attendance.warned"]


def test_the_second_no_show_pauses_and_a_paused_party_cannot_sign_up_until_the_day(db: Session) -> None:
    day = the_day(db)
    meeting, earlier = day.meetings[:2]
    firm = day.firm_of(meeting)
    before = business_day(day.session.starts_at) - timedelta(days=89)
    database.write(
        db,
        lambda db: note_no_show(
            db,
            firm.organisation_id,
            earlier.id or 0,
            day=before,
            pause_from=None,
            pause_days=28,
            at=day.session.starts_at,
        ),
    )
    day.say(day.people.near, meeting, False, day.start(meeting))
    over = day.session.ends_at + 24 * HOUR
    assert settle(day, over) == 1
    until = paused_until(db, firm.organisation_id, business_day(over))
    assert until == business_day(over) + timedelta(days=28)
    assert paused_until(db, firm.organisation_id, until) is None
    next_week = session(db, day.people.organiser, week=WEEK.next)
    request = ask(db, firm).id

    def join(at: datetime) -> SessionRequest:
        return database.write(db, lambda db: sign_ups.join_request(db, firm, next_week.id or 0, request, at=at))

    with pytest.raises(Refused, match="paused_for_no_shows"):
        join(over)
    assert join(over + timedelta(days=28)).state == "signed_up"
    join_bank(db, day.people.far, next_week, desks=1)
    assert join_request(db, day.people.firms[1], next_week, ask(db, day.people.firms[1]).id).state == "signed_up"


def test_outcomes_are_noted_by_both_sides_and_an_intent_alone_has_an_amount(db: Session) -> None:
    day = the_day(db)
    meeting = day.meetings[0]
    firm, bank, starts = day.firm_of(meeting), day.people.near, day.start(meeting)
    with pytest.raises(Conflict):
        day.note(bank, meeting, "no_interest", None, starts - MINUTE)
    for outcome, amount in (("intent", None), ("no_interest", 100), ("material_needed", 1), ("sold", None)):
        with pytest.raises(Invalid):
            day.note(bank, meeting, outcome, amount, starts)
    day.note(bank, meeting, "material_needed", None, starts + 5 * MINUTE)
    day.note(bank, meeting, "intent", 100_000_000, starts + 9 * MINUTE)
    day.note(firm, meeting, "material_needed", None, starts + 30 * 24 * HOUR)
    db.rollback()
    said = attended_at(db, [meeting.id or 0])[meeting.id or 0]
    assert (said.enterprise.outcome, said.enterprise.amount) == ("material_needed", None)
    assert (said.institution.outcome, said.institution.amount) == ("intent", 100_000_000)
