"""Requests: who sees them, versions, consent, endings."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, col, select

from kernel import database
from kernel.audit.service import THE_SERVICE, broken_at, entries_about
from kernel.errors import Conflict, Invalid, NotFound
from kernel.outbox.models import OutboxEvent
from kernel.web.paging import Asked
from matchmaking.jobs import expire_due
from matchmaking.releases import retracting
from matchmaking.requests import reading, service
from matchmaking.requests.models import Consent
from matchmaking.requests.terms import loosened
from matchmaking.sessions import sign_ups
from tests.matchmaking.people import CONSENT_UNTIL, NOW, REQUEST, ask, bank, draft, firm, organiser, party_code


def test_a_draft_is_seen_by_its_enterprise_alone(db: Session) -> None:
    mine = firm(db)
    filed = draft(db, mine)
    assert reading.own_request(db, mine, filed.id).terms == REQUEST
    for stranger in (firm(db, "清源环保设备有限公司"), bank(db)):
        with pytest.raises(NotFound):
            reading.request_for(db, stranger, filed.id)
    assert reading.requests_for(db, organiser(db), Asked()).items == []


def test_the_organiser_sees_what_was_published_and_other_firms_do_not(db: Session) -> None:
    filed = ask(db, firm(db))
    assert [one.id for one in reading.requests_for(db, organiser(db), Asked()).items] == [filed.id]
    assert reading.requests_for(db, firm(db, "清源环保设备有限公司"), Asked()).items == []


def test_publishing_records_the_consent_with_audience_and_day(db: Session) -> None:
    filed = ask(db, firm(db), audience="matched_banks")
    assert filed.request.state == "published"
    assert filed.consent is not None
    assert (filed.consent.audience, filed.consent.until) == ("matched_banks", CONSENT_UNTIL)
    assert filed.has_consent_on(CONSENT_UNTIL)
    assert not filed.has_consent_on(CONSENT_UNTIL + timedelta(days=1))


@pytest.mark.parametrize("until", [date(2022, 10, 19), date(2023, 10, 22)])
def test_consent_runs_from_today_to_a_year_at_most(db: Session, until: date) -> None:
    mine = firm(db)
    filed = draft(db, mine)
    with pytest.raises(Invalid) as refused:
        database.write(
            db, lambda db: service.publish(db, mine, filed.id, audience="session_banks", until=until, at=NOW)
        )
    assert [error.field for error in refused.value.errors] == ["until"]
    assert reading.own_request(db, mine, filed.id).consent is None


def test_a_change_adds_a_version_and_the_second_from_the_same_one_is_refused(db: Session) -> None:
    mine = firm(db)
    filed = ask(db, mine)
    more = replace(REQUEST, rate_ceiling=Decimal("5.00"))
    changed = database.write(db, lambda db: service.change(db, mine, filed.id, terms=more, seen=1, at=NOW))
    assert (changed.version.number, changed.version.rate_ceiling) == (2, Decimal("5.00"))
    with pytest.raises(Conflict):
        database.write(db, lambda db: service.change(db, mine, filed.id, terms=REQUEST, seen=1, at=NOW))


def test_an_unknown_bank_among_the_wishes_is_named_at_its_field(db: Session) -> None:
    mine = firm(db)
    odd = replace(REQUEST, vetoed_institutions=("91410402MA0000015P",))
    with pytest.raises(Invalid) as refused:
        database.write(db, lambda db: service.create(db, mine, terms=odd, at=NOW))
    assert [error.field for error in refused.value.errors] == ["vetoed_institutions"]


def test_wishes_and_vetoes_of_real_banks_are_kept_in_order(db: Session) -> None:
    near, far = bank(db), bank(db, "应河城市商业银行")
    wishes = (party_code(db, far), party_code(db, near))
    filed = draft(db, firm(db), preferred_institutions=wishes)
    assert filed.terms.preferred_institutions == wishes


def test_revoking_the_consent_makes_it_a_draft_again_and_keeps_the_record(db: Session) -> None:
    mine = firm(db)
    filed = ask(db, mine)
    after = database.write(db, lambda db: retracting.revoke_consent(db, mine, filed.id, at=NOW))
    assert (after.request.state, after.consent, after.request.published_at) == ("draft", None, None)
    again = database.write(
        db, lambda db: service.publish(db, mine, filed.id, audience="session_banks", until=CONSENT_UNTIL, at=NOW)
    )
    assert again.request.state == "published"
    assert len(db.exec(select(Consent)).all()) == 2


def test_a_withdrawn_request_stays_withdrawn(db: Session) -> None:
    mine = firm(db)
    filed = ask(db, mine)
    database.write(db, lambda db: retracting.withdraw_request(db, mine, filed.id, at=NOW))
    with pytest.raises(Conflict):
        database.write(
            db, lambda db: service.publish(db, mine, filed.id, audience="session_banks", until=CONSENT_UNTIL, at=NOW)
        )
    acts = [entry.act for entry in entries_about(db, ("financing_request", filed.id))]
    assert acts == ["financing_request.create", "financing_request.publish", "financing_request.withdraw"]
    assert broken_at(db) is None


@pytest.mark.parametrize(("day", "ended"), [(20, 0), (21, 1)])
def test_a_request_ends_the_day_after_it_was_needed(db: Session, day: int, ended: int) -> None:
    mine = firm(db)
    filed = ask(db, mine, needed_by=date(2022, 11, 20))
    assert expire_due(db, at=datetime(2022, 11, day, 1, tzinfo=UTC)) == ended
    assert reading.own_request(db, mine, filed.id).request.state == ("expired" if ended else "published")


def told(db: Session, event: str) -> list[tuple[int, str]]:
    rows = db.exec(select(OutboxEvent).where(OutboxEvent.event == event).order_by(col(OutboxEvent.id)))
    return [(row.party_id, json.loads(row.facts)["why"]) for row in rows]


def test_what_a_firm_did_after_the_job_looked_is_not_ended_under_it(db: Session) -> None:
    mine, late = firm(db), datetime(2022, 11, 21, 1, tzinfo=UTC)
    moved, renewed, over = (ask(db, mine, needed_by=date(2022, 11, 20)) for _ in range(3))
    seen = {one.id: one for one in service.lapsed(db, date(2022, 11, 21))}
    assert set(seen) == {moved.id, renewed.id, over.id}
    later = replace(REQUEST, needed_by=date(2022, 12, 20))

    def act(db: Session) -> None:
        service.change(db, mine, moved.id, terms=later, seen=1, at=late)
        service.retract(db, mine, renewed.id, "revoke", at=late)
        service.publish(db, mine, renewed.id, audience="session_banks", until=CONSENT_UNTIL, at=late)

    database.write(db, act)
    ended = [
        database.write(db, lambda db: sign_ups.expire(db, seen[one.id], by=THE_SERVICE, at=late))  # noqa: B023
        for one in (moved, renewed, over)
    ]
    db.expire_all()
    assert ended == [False, False, True]
    states = [reading.own_request(db, mine, one.id).request.state for one in (moved, renewed, over)]
    assert states == ["published", "published", "expired"]
    assert told(db, "request.expired") == [(mine.organisation_id, "最迟用款日过了")]


def test_loosening_changes_what_was_ticked_and_nothing_else() -> None:
    changes = {"rate_ceiling": "20", "guarantee": "guarantor", "term": "24", "amount": "250000000"}
    assert loosened(REQUEST, changes) == replace(
        REQUEST,
        rate_ceiling=Decimal("5.00"),
        guarantee_kinds=("surety", "guarantor"),
        term=24,
        amount=250_000_000,
    )
    assert loosened(REQUEST, {}) == REQUEST
    assert loosened(REQUEST, {"guarantee": "surety"}) == REQUEST
