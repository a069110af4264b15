"""A session from announcement to publication, through the services."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, select

from config.settings import Settings
from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import broken_at, entries_about
from kernel.clock import business_day
from kernel.errors import Conflict, Invalid, NotFound
from kernel.policies import PolicyBook
from kernel.web.paging import Asked
from matchmaking.products import service as products
from matchmaking.products.reading import own_products
from matchmaking.releases import retracting
from matchmaking.requests.models import FinancingRequest
from matchmaking.sessions import outcome, running, service
from matchmaking.sessions.files import file_for
from matchmaking.sessions.frame import template
from matchmaking.sessions.models import SessionRequest
from matchmaking.verifier.check import verify
from tests.factories import make_bureau, make_person
from tests.matchmaking.people import (
    KEY,
    NONCE,
    NOW,
    SEED,
    WEEK,
    Town,
    ask,
    firm,
    held_session,
    join_bank,
    join_request,
    matched,
    offer,
    organiser,
    session,
    step,
    town,
)

BOOK = PolicyBook.load(Settings().policies_dir)
TODAY = business_day(NOW)


def market_town(db: Session) -> Town:
    """Both banks with a product."""
    people = town(db)
    offer(db, people.near)
    offer(db, people.far, name="惠企周转贷", rate_min=Decimal("4.05"))
    return people


def test_a_session_runs_from_announcement_to_publication(db: Session) -> None:
    people = market_town(db)
    made = session(db, people.organiser)
    for place in (people.near, people.far):
        join_bank(db, place, made, desks=2)
    for one in people.firms:
        join_request(db, one, made, ask(db, one).id)
    step(db, people.organiser, made, "close")
    running.match(db, made.id or 0, book=BOOK, key=KEY, by=people.organiser.actor, at=NOW)
    assert outcome.meetings_for(db, people.near, made, today=TODAY) == []
    assert len(outcome.meetings_for(db, people.organiser, made, today=TODAY)) == 6
    step(db, people.organiser, made, "publish")
    assert len(outcome.meetings_for(db, people.near, made, today=TODAY)) == 3
    mine = outcome.meetings_for(db, people.firms[0], made, today=TODAY)
    assert {line.bank.name for line in mine} == {"沙河农村商业银行", "应河城市商业银行"}
    assert verify(outcome.run_of(db, people.firms[0], made).certificate.encode()) == ()
    assert db.exec(select(FinancingRequest.state)).all() == ["matched"] * 3
    acts = [entry.act for entry in entries_about(db, ("weekly_session", made.id))]
    assert acts.count("session.early") == 3  # opened, closed and published before the announced time
    acts = [act for act in acts if act != "session.early"]
    assert acts[:2] == ["session.announce", "session.open"]
    assert acts[-3:] == ["session.close", "session.match", "session.publish"]
    assert broken_at(db) is None


def test_a_meeting_keeps_the_terms_it_saw(db: Session) -> None:
    people = market_town(db)
    made = held_session(db, people, BOOK)
    listing = own_products(db, people.near, Asked()).items[0]
    dearer = replace(listing.terms, rate_min=Decimal("4.60"))
    database.write(db, lambda db: products.change(db, people.near, listing.id, terms=dearer, seen=1, at=NOW))
    line = outcome.meetings_for(db, people.near, made, today=TODAY)[0]
    assert (line.product.number, line.product.rate_min) == (1, Decimal("3.85"))


def test_an_organiser_holds_one_session_a_week(db: Session) -> None:
    by = organiser(db)
    session(db, by)
    with pytest.raises(Conflict) as refused:
        session(db, by)
    assert refused.value.code == "week_taken"
    session(db, organiser(db))


def test_the_seed_is_committed_to_before_and_shown_after(db: Session) -> None:
    people = market_town(db)
    made = matched(db, people, BOOK)
    assert made.commitment == hashlib.sha256(SEED).hexdigest()
    with pytest.raises(NotFound) as refused:
        outcome.run_of(db, people.near, made)
    assert refused.value.code == "not_published_yet"
    assert SEED.hex() in outcome.run_of(db, people.organiser, made).certificate


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sign_up_until": template(WEEK).sign_up_from}, "sign_up_until"),
        ({"match_at": template(WEEK).sign_up_until - timedelta(minutes=1)}, "match_at"),
        ({"publish_at": template(WEEK).starts_at + timedelta(minutes=1)}, "starts_at"),
        ({"slot_minutes": 240}, "slot_minutes"),
        ({"week": WEEK.next}, "starts_at"),
    ],
)
def test_a_frame_out_of_order_is_refused_at_its_field(db: Session, changes: dict[str, object], field: str) -> None:
    by = organiser(db)
    frame = replace(template(WEEK), **changes)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        database.write(db, lambda db: service.announce(db, by, frame=frame, key=KEY, nonce=NONCE, at=NOW))
    assert field in {error.field for error in refused.value.errors}


@pytest.mark.parametrize("verb", ["open", "publish"])
def test_a_move_out_of_turn_is_refused_and_says_where_the_session_stands(db: Session, verb: str) -> None:
    by = organiser(db)
    made = session(db, by)
    with pytest.raises(Conflict) as refused:
        step(db, by, made, verb)
    assert "报名中" in refused.value.text.zh


def test_another_bureau_cannot_move_a_session(db: Session) -> None:
    made = session(db, organiser(db))
    with pytest.raises(NotFound):
        step(db, organiser(db), made, "close")


def test_another_bureaus_organiser_sees_a_result_once_it_is_published(db: Session) -> None:
    people = market_town(db)
    county = make_person(db, make_bureau(db, "汝州市金融工作局"), "organiser")
    made = matched(db, people, BOOK)

    def seen(by: Caller) -> tuple[int, int, bool]:
        lines = outcome.meetings_for(db, by, made, today=TODAY)
        sign_ups = outcome.sign_ups_for(db, by, made, today=TODAY)
        return len(lines), len(sign_ups), outcome.run_if_out(db, by, made) is not None

    assert seen(county) == (0, 0, False)
    with pytest.raises(NotFound):
        file_for(db, county, made, "ranking.csv", today=TODAY)
    mine = seen(people.organiser)
    assert mine[1:] == (3, True)
    step(db, people.organiser, made, "publish")
    assert seen(county) == seen(people.organiser) == mine


def test_a_session_is_matched_only_once_it_is_closed(db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    with pytest.raises(Conflict):
        running.match(db, made.id or 0, book=BOOK, key=KEY, by=by.actor, at=NOW)


def test_an_outcome_computed_before_somebody_left_is_not_stored(db: Session) -> None:
    people = market_town(db)
    made = session(db, people.organiser)
    join_bank(db, people.near, made, desks=1)
    filed = [ask(db, one) for one in people.firms]
    for one, request in zip(people.firms, filed, strict=True):
        join_request(db, one, made, request.id)
    step(db, people.organiser, made, "close")
    prepared = running.prepare(db, made.id or 0, book=BOOK, key=KEY)
    computed = running.compute(prepared)
    database.write(db, lambda db: retracting.revoke_consent(db, people.firms[0], filed[0].id, at=NOW))
    with pytest.raises(Conflict):
        database.write(db, lambda db: running.store(db, prepared, computed, by=people.organiser.actor, at=NOW))
    running.match(db, made.id or 0, book=BOOK, key=KEY, by=people.organiser.actor, at=NOW)
    names = {line.enterprise.name for line in outcome.meetings_for(db, people.organiser, made, today=TODAY)}
    assert names == {"清源环保设备有限公司", "李记粮油商行"}


def test_the_unmatched_learn_why_and_what_to_change(db: Session) -> None:
    people = market_town(db)
    lonely = firm(db, "天青瓷业有限公司")
    made = session(db, people.organiser)
    join_bank(db, people.near, made, desks=1)
    filed = ask(db, lonely, guarantee_kinds=("pledge",))
    join_request(db, lonely, made, filed.id)
    matched(db, people, BOOK, made)
    step(db, people.organiser, made, "publish")
    unmet = outcome.unmet_for(db, lonely, made)
    assert [(one.filed.id, dict(one.codes)) for one in unmet] == [(filed.id, {"guarantee": 1})]
    assert [miss.code for miss in unmet[0].near_misses] == ["guarantee+mortgage:1", "guarantee+surety:1"]
    sign_up = db.exec(select(SessionRequest)).one()
    assert (sign_up.state, filed.request.state) == ("unmatched", "published")


def test_breaks_and_a_banks_own_limit_cut_its_seats(db: Session) -> None:
    people = market_town(db)
    hour = template(WEEK).starts_at + timedelta(minutes=30)
    made = session(db, people.organiser, ends_at=hour)
    assert made.slots == 2
    join_bank(db, people.near, made, desks=2, breaks=2)
    join_bank(db, people.far, made, desks=2, seats=1)
    for one in people.firms:
        join_request(db, one, made, ask(db, one).id)
    matched(db, people, BOOK, made)
    by_bank = [line.bank.name for line in outcome.meetings_for(db, people.organiser, made, today=TODAY)]
    assert (by_bank.count("沙河农村商业银行"), by_bank.count("应河城市商业银行")) == (2, 1)


def test_a_session_without_anybody_is_matched_and_certified_too(db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    step(db, by, made, "close")
    running.match(db, made.id or 0, book=BOOK, key=KEY, by=by.actor, at=NOW)
    step(db, by, made, "publish")
    assert outcome.meetings_for(db, by, made, today=TODAY) == []
    assert verify(outcome.run_of(db, by, made).certificate.encode()) == ()
