"""A held meeting is the first contact: what a bank notes of it moves its referral, and nothing else does."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import entries_about
from matchmaking.attendance import service as attendance
from matchmaking.referrals import jobs, service
from matchmaking.referrals.held_meetings import take_up
from matchmaking.referrals.models import Referral
from matchmaking.referrals.reading import ShownReferral
from matchmaking.sessions.models import SessionMeeting
from matchmaking.sessions.outcome import slot_start
from tests.matchmaking.referrals.city import BOOK, DELIVERED, WORK, ReferredTown, contacted, delivered, now, write

LARGEST = {"sqlite": 2**63 - 1, "postgresql": 2**31 - 1}  # a version that cannot be counted on


def meeting_of(db: Session, one: ShownReferral) -> SessionMeeting:
    return db.exec(select(SessionMeeting).where(SessionMeeting.id == one.referral.meeting_id)).one()


def noted(db: Session, city: ReferredTown, by: Caller, one: ShownReferral, outcome: str) -> None:
    """The caller's side notes what came of the meeting, ten minutes into it."""
    meeting = meeting_of(db, one)
    at = slot_start(city.session, meeting.slot) + timedelta(minutes=10)
    values = {"outcome": outcome, "amount": 100_000_000 if outcome == "intent" else None, "text": ""}
    write(db, attendance.note, by, meeting.id, **values, book=BOOK, at=at, held=take_up)


def acts(db: Session, one: ShownReferral) -> list[str]:
    db.rollback()
    return [entry.act.removeprefix("referral.") for entry in entries_about(db, ("referral", one.id))]


@pytest.mark.parametrize("outcome", ["intent", "material_needed"])
def test_a_bank_that_goes_on_after_a_meeting_has_accepted_and_made_contact(db: Session, outcome: str) -> None:
    city = delivered(db)
    one = city.referrals[0]
    noted(db, city, city.bank_of(one), one, outcome)
    seen = now(db, city.firm_of(one), one)
    assert (seen.state, acts(db, one)) == ("contacted", ["deliver", "accept", "contact"])
    assert seen.referral.answered_at == seen.referral.contacted_at
    noted(db, city, city.bank_of(one), one, "material_needed")  # said better later: the contact was made once
    assert acts(db, one) == ["deliver", "accept", "contact"]


def test_a_bank_without_interest_has_met_the_firm_and_still_owes_an_answer_with_its_reason(db: Session) -> None:
    city = delivered(db)
    one = city.referrals[0]
    bank, today = city.bank_of(one), DELIVERED.date() + timedelta(days=7)
    noted(db, city, bank, one, "no_interest")
    seen = now(db, bank, one)
    assert (seen.state, acts(db, one)) == ("published", ["deliver", "meet"])
    assert (seen.referral.contacted_at is not None, seen.referral.answered_at) == (True, None)
    stands = seen.standing(WORK, today)
    assert stands is not None
    assert stands.stage == "answer"
    write(db, service.refuse, bank, one.id, code="04", text="担保不够", at=DELIVERED + timedelta(days=8))
    assert now(db, bank, one).state == "refused"


def test_a_bank_that_accepts_after_all_has_made_its_contact_already(db: Session) -> None:
    city = delivered(db)
    one = city.referrals[0]
    noted(db, city, city.bank_of(one), one, "no_interest")
    met_at = now(db, city.bank_of(one), one).referral.contacted_at
    write(db, service.accept, city.bank_of(one), one.id, at=DELIVERED + timedelta(days=8))
    seen = now(db, city.bank_of(one), one)
    assert (seen.state, seen.referral.contacted_at) == ("contacted", met_at)


def test_neither_a_firms_note_nor_a_meeting_said_not_to_have_been_held_is_a_contact(db: Session) -> None:
    city = delivered(db)
    one = city.referrals[0]
    noted(db, city, city.firm_of(one), one, "intent")
    assert now(db, city.firm_of(one), one).state == "published"
    meeting = meeting_of(db, one)
    starts = slot_start(city.session, meeting.slot)
    write(db, attendance.say, city.firm_of(one), meeting.id, took_place=False, book=BOOK, at=starts)
    noted(db, city, city.bank_of(one), one, "intent")
    assert acts(db, one) == ["deliver"]


def test_a_meeting_after_the_contact_or_of_another_bank_changes_nothing(db: Session) -> None:
    city = delivered(db)
    one = city.referrals[0]
    other = next(two for two in city.referrals if two.referral.institution_id != one.referral.institution_id)
    contacted(db, city.bank_of(one), one)
    noted(db, city, city.bank_of(other), other, "intent")
    assert acts(db, one) == ["deliver", "accept", "contact"]
    noted(db, city, city.bank_of(one), one, "intent")
    assert acts(db, one) == ["deliver", "accept", "contact"]


@pytest.mark.both_databases
def test_one_referral_that_cannot_be_delivered_does_not_hold_the_rest(db: Session) -> None:
    city = delivered(db)

    def back(db: Session) -> int:
        rows = list(db.exec(select(Referral).order_by(Referral.id)))  # type: ignore[arg-type]
        for row in rows:
            row.state, row.delivered_at = "submitted", None
        rows[0].version = LARGEST[db.get_bind().dialect.name]
        return rows[0].id or 0

    stuck = database.write(db, back)
    counts = jobs.deliver_due(db, book=BOOK, work=WORK, at=DELIVERED + timedelta(minutes=1))
    assert counts["delivered"] == len(city.referrals) - 1
    db.rollback()
    states = {one.id: one.state for one in db.exec(select(Referral))}
    assert {key for key, state in states.items() if state == "submitted"} == {stuck}
