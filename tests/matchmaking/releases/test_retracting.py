"""A firm that withdraws, or takes its consent back, has no meeting left, and none of them counts against it."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, col, select

from config.settings import Settings
from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import entries_about
from kernel.clock import business_day
from kernel.outbox.models import OutboxEvent
from kernel.policies import PolicyBook
from matchmaking.attendance.service import settle_due
from matchmaking.pauses.models import NoShow
from matchmaking.releases import retracting, service
from matchmaking.releases.causes import CallOff
from matchmaking.releases.models import PlanRelease
from matchmaking.requests.models import Consent
from matchmaking.sessions import outcome
from matchmaking.sessions.models import SessionMeeting, SessionRequest
from tests.matchmaking.day import MINUTE, Day, the_day
from tests.matchmaking.people import (
    NOW,
    ask,
    join_bank,
    join_request,
    matched,
    offer,
    session,
    step,
    town,
)

BOOK = PolicyBook.load(Settings().policies_dir)
RETRACT = {"withdraw": retracting.withdraw_request, "revoke": retracting.revoke_consent}


def retract(db: Session, verb: str, by: Caller, request_id: int, at: object = NOW) -> None:
    database.write(db, lambda db: RETRACT[verb](db, by, request_id, at=at))  # type: ignore[arg-type]


def mine(day: Day) -> tuple[SessionMeeting, Caller]:
    """The last meeting of the day and the firm it is with."""
    meeting = day.meetings[-1]
    return meeting, day.firm_of(meeting)


def states_told(db: Session, request_id: int) -> list[str]:
    return [one.act.removeprefix("financing_request.") for one in entries_about(db, ("financing_request", request_id))]


def test_a_consent_taken_back_after_publication_calls_its_meetings_off_and_the_bank_is_told(db: Session) -> None:
    day = the_day(db)
    meeting, firm = mine(day)
    retract(db, "revoke", firm, meeting.request_id)
    assert {one.id: one.state for one in day.meetings}[meeting.id] == "cancelled"
    assert [one.state for one in day.meetings].count("standing") == 2
    release = db.exec(select(PlanRelease)).one()
    assert (release.number, release.cause, release.made_for) == (2, "meeting", firm.organisation_id)
    told = [one for one in db.exec(select(OutboxEvent)) if one.event == "meeting.cancelled"]
    assert {one.party_id for one in told} == {firm.organisation_id, day.people.near.organisation_id}
    sign_up = db.exec(select(SessionRequest).where(SessionRequest.request_id == meeting.request_id)).one()
    assert (sign_up.state, states_told(db, meeting.request_id)) == (
        "unmatched",
        ["create", "publish", "match", "revoke"],
    )
    other = day.meetings[0]
    leaving, off = day.firm_of(other), CallOff("everything")
    made = service.call_off(db, leaving, day.session.id or 0, asked=off, reason="来不了了", book=BOOK, at=NOW)
    assert made.number == 3
    assert {one.enterprise_id for one in day.meetings if one.state == "standing"} == {day.meetings[1].enterprise_id}
    assert states_told(db, other.request_id)[-1] == "unmatch"
    acts = [one.act for one in entries_about(db, ("weekly_session", day.session.id))]
    assert acts.count("session.release") == 2


def test_only_a_consent_in_force_when_a_meeting_began_makes_a_no_show_and_what_has_begun_stays(db: Session) -> None:
    day = the_day(db)
    early, late, begun = day.meetings
    ended = {early.request_id: day.start(early) - MINUTE, late.request_id: day.start(late) + MINUTE}

    def end(db: Session) -> None:
        for consent in db.exec(select(Consent).where(col(Consent.request_id).in_(ended))):
            consent.revoked_at = ended[consent.request_id]

    database.write(db, end)
    retract(db, "revoke", day.firm_of(begun), begun.request_id, day.start(begun))
    assert [one.state for one in day.meetings] == ["standing"] * 3
    for one in (early, late, begun):
        day.say(day.people.near, one, False, day.start(one))
    settle_due(db, book=BOOK, at=day.session.ends_at + timedelta(hours=24))
    assert {one.meeting_id for one in db.exec(select(NoShow))} == {late.id}


def test_a_consent_taken_back_between_match_and_publication_is_published_for_nobody(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    made = matched(db, people, BOOK)
    gone = db.exec(select(SessionMeeting)).all()[0]
    firm = next(one for one in people.firms if one.organisation_id == gone.enterprise_id)
    retract(db, "revoke", firm, gone.request_id)
    made = step(db, people.organiser, made, "publish")
    lines = outcome.meetings_for(db, people.organiser, made, today=business_day(NOW))
    assert lines
    assert gone.request_id not in {line.meeting.request_id for line in lines}
    assert (made.release, db.exec(select(PlanRelease)).all()) == (1, [])


def test_a_withdrawn_request_meets_nobody_and_another_of_its_firm_keeps_its_meetings(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    offer(db, people.far, name="设备贷", guarantee_kinds=("mortgage",))
    firm = people.firms[0]
    first, second = ask(db, firm), ask(db, firm, guarantee_kinds=("mortgage",), amount=200_000_000)
    made = session(db, people.organiser)
    for place in (people.near, people.far):
        join_bank(db, place, made, desks=1)
    for one in (first, second):
        join_request(db, firm, made, one.id)
    made = step(db, people.organiser, matched(db, replace(people, firms=(firm,)), BOOK, made), "publish")
    before = {one.request_id for one in db.exec(select(SessionMeeting))}
    assert before == {first.id, second.id}
    retract(db, "withdraw", firm, first.id)
    db.expire_all()
    left = {one.request_id for one in db.exec(select(SessionMeeting).where(SessionMeeting.state == "standing"))}
    assert left == {second.id}
    assert states_told(db, first.id)[-1] == "withdraw"
    assert db.exec(select(PlanRelease.cause)).all() == ["meeting"]
