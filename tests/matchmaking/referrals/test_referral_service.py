"""What happens to a referral: delivered by itself, moved by its own bank only, refused with a reason, moved to another bank."""

import json
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from kernel.audit.service import entries_about
from kernel.errors import Conflict, NotFound, Refused
from kernel.outbox.models import OutboxEvent
from matchmaking.referrals import drawing, jobs, overseeing, service
from matchmaking.referrals.filed_loans import LoanSeen
from matchmaking.referrals.models import Referral, ReferralMove
from matchmaking.referrals.reading import past_refusers, referrals_for
from matchmaking.releases import retracting
from tests.matchmaking.referrals.city import (
    BOOK,
    DELIVERED,
    GRANTED,
    WORK,
    ReferredTown,
    approved,
    contacted,
    contracted,
    days_on,
    delivered,
    drew,
    now,
    write,
)


def first(city: ReferredTown, db: Session) -> tuple:  # type: ignore[type-arg]
    one = city.referrals[0]
    return one, city.bank_of(one), city.firm_of(one)


def test_a_published_meeting_becomes_one_delivered_referral_however_often_the_job_wakes(db: Session) -> None:
    city = delivered(db)
    meetings = {(one.referral.request_id, one.referral.institution_id) for one in city.referrals}
    assert len(meetings) == len(city.referrals) >= 3
    assert {one.state for one in city.referrals} == {"published"}
    again = jobs.deliver_due(db, book=BOOK, work=WORK, at=DELIVERED + timedelta(minutes=1))
    assert again == {"made": 0, "delivered": 0, "ended": 0}
    one = city.referrals[0]
    assert [move.act for move in one.moves] == ["submit", "deliver"]
    assert (one.referral.answer_days, one.referral.contact_days, one.referral.decision_days) == (2, 3, 10)
    told = db.exec(select(OutboxEvent).where(OutboxEvent.event == "referral.delivered")).all()
    assert {event.party_id for event in told} == {one.referral.institution_id for one in city.referrals}


def test_the_whole_path_leaves_a_history_that_is_only_added_to(db: Session) -> None:
    city = delivered(db)
    one, bank, firm = first(city, db)
    contracted(db, bank, one)
    drew(db, bank, one, "JJ-1", 150_000_000)
    seen = now(db, firm, one)
    acts = [(move.act, move.state_after) for move in seen.moves]
    assert acts == [
        ("submit", "submitted"),
        ("deliver", "published"),
        ("accept", "accepted"),
        ("contact", "contacted"),
        ("approve", "approved"),
        ("sign", "contracted"),
        ("draw", "disbursed"),
    ]
    assert [entry.act for entry in entries_about(db, ("referral", one.id))] == [
        f"referral.{act}" for act, _ in acts[1:]
    ]
    assert (seen.referral.approved_amount, seen.referral.approved_rate) == (GRANTED.amount, GRANTED.rate)


def test_nobody_moves_what_is_not_theirs_and_no_step_is_skipped(db: Session) -> None:
    city = delivered(db)
    one, bank, _firm = first(city, db)
    other = city.people.far if bank == city.people.near else city.people.near
    stranger = next(firm for firm in city.people.firms if firm.organisation_id != one.referral.enterprise_id)
    for act in (
        lambda: write(db, service.accept, other, one.id, at=days_on(1)),
        lambda: write(db, service.withdraw, stranger, one.id, reason="不办了", at=days_on(1)),
        lambda: now(db, stranger, one),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Conflict):
        write(db, service.approve, bank, one.id, granted=GRANTED, at=days_on(1))
    write(db, service.accept, bank, one.id, at=days_on(1))
    with pytest.raises(Conflict):
        write(db, service.accept, bank, one.id, at=days_on(1))


def test_a_refusal_carries_its_code_and_the_pair_is_told_to_the_second_look(db: Session) -> None:
    city = delivered(db)
    one, bank, firm = first(city, db)
    write(db, service.refuse, bank, one.id, code="01", text="只看到 6 个月", at=days_on(1))
    seen = now(db, firm, one)
    assert (seen.state, seen.referral.reason_code, seen.referral.reason_text) == ("refused", "01", "只看到 6 个月")
    pair = (one.referral.enterprise_id, one.referral.institution_id)
    assert past_refusers(db, [party.organisation_id for party in city.people.firms]) == {pair}
    event = db.exec(select(OutboxEvent).where(OutboxEvent.event == "referral.refused")).one()
    assert event.party_id == firm.organisation_id


def test_the_clock_stands_still_while_the_firm_owes_papers(db: Session) -> None:
    city = delivered(db)
    one, bank, firm = first(city, db)
    contacted(db, bank, one)
    write(db, service.ask_for_papers, bank, one.id, papers="近 3 个月电费单", at=days_on(1, 12))
    with pytest.raises(Conflict):
        write(db, service.ask_for_papers, bank, one.id, papers="再要一份", at=days_on(1, 13))
    with pytest.raises(Conflict):
        write(db, service.approve, bank, one.id, granted=GRANTED, at=days_on(4))
    today = days_on(11).date()
    assert now(db, firm, one).standing(WORK, today).is_paused  # type: ignore[union-attr]
    write(db, service.papers_are_in, firm, one.id, at=days_on(7))
    stands = now(db, firm, one).standing(WORK, today)
    assert stands is not None
    assert (stands.deadline, stands.used) == (days_on(20).date(), 3)


def test_what_is_late_is_told_to_the_bureau_once_and_closed_with_a_note(db: Session) -> None:
    city = delivered(db)
    one, bank, _firm = first(city, db)
    assert jobs.escalate_due(db, work=WORK, at=days_on(4)) == 0  # Monday is the second working day
    assert jobs.escalate_due(db, work=WORK, at=days_on(5)) == len(city.referrals)
    assert jobs.escalate_due(db, work=WORK, at=days_on(6)) == 0
    seen = now(db, city.people.organiser, one)
    assert [(raised.stage, raised.deadline) for raised in seen.escalations] == [("answer", days_on(4).date())]
    told = db.exec(select(OutboxEvent).where(OutboxEvent.event == "referral.overdue")).all()
    assert {event.party_id for event in told} >= {city.people.organiser.organisation_id, bank.organisation_id}
    raised = seen.escalations[0].id
    write(db, overseeing.handle, city.people.organiser, raised, note="打电话催过了", at=days_on(6))
    with pytest.raises(Conflict):
        write(db, overseeing.handle, city.people.organiser, raised, note="又催一次", at=days_on(6))
    assert overseeing.open_escalations(db, city.people.organiser) == len(city.referrals) - 1


def test_drawdowns_never_exceed_what_was_approved(db: Session) -> None:
    city = delivered(db)
    one, bank, _firm = first(city, db)
    contracted(db, bank, one)
    drew(db, bank, one, "JJ-1", GRANTED.amount - 1)
    with pytest.raises(Conflict):
        drew(db, bank, one, "JJ-2", 2)
    drew(db, bank, one, "JJ-2", 1)
    with pytest.raises(Conflict):
        drew(db, bank, one, "JJ-2", 1)
    assert now(db, bank, one).referral.drawn == GRANTED.amount
    assert len(now(db, bank, one).drawdowns) == 2


def test_a_drawdown_counts_only_when_bank_firm_and_return_agree(db: Session) -> None:
    city = delivered(db)
    one, bank, firm = first(city, db)
    contracted(db, bank, one)
    for number, amount in ((1, 50_000_000), (2, 60_000_000)):
        drew(db, bank, one, f"JJ-{number}", amount)
    seen = [
        LoanSeen(one.bank.code, one.enterprise.code, "JJ-1", days_on(6).date(), 50_000_000, "2022Q4"),
        LoanSeen(one.bank.code, "91410400MA00000000", "JJ-2", days_on(6).date(), 60_000_000, "2022Q4"),
    ]
    assert jobs.evidence_due(db, filed=lambda _db, _codes: seen, at=days_on(90)) == 1
    assert jobs.evidence_due(db, filed=lambda _db, _codes: seen, at=days_on(91)) == 0
    first_drawn, second = now(db, firm, one).drawdowns
    assert (first_drawn.evidence_quarter, second.evidence_quarter) == ("2022Q4", None)
    write(db, drawing.answer, firm, one.id, first_drawn.id, "confirm", at=days_on(7))
    write(db, drawing.answer, firm, one.id, second.id, "dispute", dispute="没有收到", at=days_on(7))
    with pytest.raises(Conflict):
        write(db, drawing.take_back, bank, one.id, first_drawn.id, reason="记错了", at=days_on(8))
    write(db, drawing.take_back, bank, one.id, second.id, reason="记错了", at=days_on(8))
    assert now(db, firm, one).referral.drawn == 50_000_000
    assert now(db, firm, one).state == "disbursed"


def test_a_referral_with_nothing_drawn_any_more_is_contracted_and_can_be_drawn_again(db: Session) -> None:
    city = delivered(db)
    one, bank, firm = first(city, db)
    contracted(db, bank, one)
    wrong = [drew(db, bank, one, name, 50_000_000) for name in ("JJ-1", "JJ-2")]
    for row, state in zip(wrong, ("disbursed", "contracted"), strict=True):
        write(db, drawing.take_back, bank, one.id, row.id, reason="记错了", at=days_on(8))
        assert now(db, firm, one).state == state
    seen = now(db, firm, one)
    assert (seen.moves[-1].act, seen.moves[-1].note, seen.verbs) == ("cancel_drawdown", "记错了", ["draw"])
    drew(db, bank, one, "JJ-3", 150_000_000)
    assert now(db, firm, one).state == "disbursed"


def ends_told(db: Session) -> list[tuple[int, int, str]]:
    """Who was told of which referral's end, and why."""
    rows = db.exec(select(OutboxEvent).where(OutboxEvent.event == "referral.ended").order_by(col(OutboxEvent.id)))
    return [(row.party_id, row.subject_id, json.loads(row.facts)["why"]) for row in rows]


def test_the_other_side_hears_that_a_referral_ended_and_no_bank_of_one_it_never_had(db: Session) -> None:
    city = delivered(db, meetings_wanted=1)
    one, bank, firm = first(city, db)
    choices = service.other_banks(db, one)
    write(db, service.withdraw, firm, one.id, reason="不办了", at=days_on(1))
    assert ends_told(db) == [(bank.organisation_id, one.id, "企业撤回了")]
    made = write(
        db, service.move_elsewhere, firm, one.id,
        institution_id=choices[0].institution_id, reason="换一家", at=days_on(1),
    )  # fmt: skip
    write(db, service.withdraw, firm, made.id, reason="也不办了", at=days_on(1))
    assert len(ends_told(db)) == 1
    jobs.deliver_due(db, book=BOOK, work=WORK, at=days_on(150))
    ended = [each for each in city.referrals if each.id != one.id]
    assert ends_told(db)[1:] == [
        (party_id, each.id, "同意的期限到了")
        for each in ended
        for party_id in (each.referral.institution_id, each.referral.enterprise_id)
    ]


def test_moving_to_another_bank_ends_it_here_and_starts_the_clock_there_at_delivery(db: Session) -> None:
    city = delivered(db, meetings_wanted=1)
    one = city.referrals[0]
    firm = city.firm_of(one)
    choices = service.other_banks(db, one)
    assert len(choices) == 1
    here = one.referral.institution_id
    with pytest.raises(Refused):
        write(db, service.move_elsewhere, firm, one.id, institution_id=here, reason="换一家", at=days_on(2))
    made = write(
        db, service.move_elsewhere, firm, one.id,
        institution_id=choices[0].institution_id, reason="换一家", at=days_on(2),
    )  # fmt: skip
    assert now(db, firm, one).state == "withdrawn"
    assert jobs.deliver_due(db, book=BOOK, work=WORK, at=days_on(3))["delivered"] == 1
    there = db.exec(select(Referral).where(Referral.id == made.id)).one()
    assert (there.source, there.moved_from_id, there.delivered_at) == ("moved", one.id, days_on(3))


def test_revoked_consent_closes_the_referral_and_hides_it_from_the_bank_at_once(db: Session) -> None:
    city = delivered(db)
    one, bank, firm = first(city, db)
    write(db, retracting.revoke_consent, firm, one.referral.request_id, at=days_on(1))
    assert [seen.id for seen in referrals_for(db, bank, today=days_on(1).date()) if seen.id == one.id] == []
    jobs.deliver_due(db, book=BOOK, work=WORK, at=days_on(1, 11))
    assert now(db, firm, one).state == "withdrawn"


def test_a_referral_expires_with_the_consent_unless_it_was_approved(db: Session) -> None:
    city = delivered(db)
    kept, lost = city.referrals[0], city.referrals[-1]
    approved(db, city.bank_of(kept), kept)
    jobs.deliver_due(db, book=BOOK, work=WORK, at=days_on(150))
    assert now(db, city.people.organiser, kept).state == "approved"
    assert now(db, city.people.organiser, lost).state == "expired"
    numbers = db.exec(
        select(ReferralMove.number).where(ReferralMove.referral_id == lost.id).order_by(col(ReferralMove.number))
    )
    assert list(numbers) == [1, 2, 3]
