"""What a bank still sees of a firm once the firm's consent is gone: nothing, by page, API or file."""

from datetime import timedelta

from sqlmodel import Session

from config.settings import Settings
from kernel import database
from kernel.clock import business_day
from kernel.policies import PolicyBook
from matchmaking.releases import retracting
from matchmaking.requests import service as requests
from matchmaking.sessions import outcome
from matchmaking.sessions.files import file_for
from tests.matchmaking.people import CONSENT_UNTIL, NOW, held_session, offer, town

BOOK = PolicyBook.load(Settings().policies_dir)
TODAY = business_day(NOW)


def test_after_revocation_a_bank_sees_neither_the_firm_nor_what_it_asked_for(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    made = held_session(db, people, BOOK)
    line = outcome.meetings_for(db, people.near, made, today=TODAY)[0]
    assert line.enterprise is not None
    firm = next(one for one in people.firms if one.organisation_id == line.enterprise.id)
    code, request_id = line.enterprise.code, line.meeting.request_id
    database.write(db, lambda db: retracting.revoke_consent(db, firm, request_id, at=NOW))

    left = outcome.meetings_for(db, people.near, made, today=TODAY)
    assert request_id not in {one.meeting.request_id for one in left}
    (shut,) = outcome.meetings_named(db, people.near, made, [line.meeting.id or 0], today=TODAY)
    assert (shut.is_open, shut.enterprise, shut.request, shut.request_code) == (False, None, None, "")
    assert code.encode() not in file_for(db, people.near, made, "meetings.csv", today=TODAY)
    seen = outcome.sign_ups_for(db, people.near, made, today=TODAY)
    assert request_id not in {one.filed.id for one in seen}


def test_a_consent_given_later_opens_no_earlier_session(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    made = held_session(db, people, BOOK)
    meeting = outcome.meetings_for(db, people.near, made, today=TODAY)[0].meeting
    firm = next(one for one in people.firms if one.organisation_id == meeting.enterprise_id)
    later = NOW + timedelta(days=1)
    database.write(db, lambda db: retracting.revoke_consent(db, firm, meeting.request_id, at=later))
    database.write(
        db,
        lambda db: requests.publish(
            db, firm, meeting.request_id, audience="session_banks", until=CONSENT_UNTIL, at=later
        ),
    )
    (line,) = outcome.meetings_named(db, people.near, made, [meeting.id or 0], today=TODAY)
    assert not line.is_open


def test_an_expired_consent_shows_a_bank_nothing_more(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    made = held_session(db, people, BOOK)
    after = CONSENT_UNTIL + timedelta(days=1)
    assert all(line.enterprise is None for line in outcome.meetings_for(db, people.near, made, today=after))
    assert outcome.sign_ups_for(db, people.near, made, today=after) == []
