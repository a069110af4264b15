"""Who sees what of a session: nothing that is not its own, nothing before its time."""

import json
from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import Session

from config.settings import Settings
from kernel import database
from kernel.errors import Forbidden, NotFound
from kernel.policies import PolicyBook
from matchmaking.sessions import blocks, outcome, service
from matchmaking.sessions.files import file_for
from matchmaking.verifier.check import verify
from matchmaking.verifier.slice import verify_slice
from tests.factories import make_bureau, make_person
from tests.matchmaking.people import (
    NOW,
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
    town,
)

BOOK = PolicyBook.load(Settings().policies_dir)
TODAY = date(2022, 10, 27)


def names(lines: list[outcome.SignUp]) -> set[str]:
    return {line.filed.party.name for line in lines}


def test_a_bank_sees_the_requests_of_a_session_it_comes_to_once_sign_up_has_closed(db: Session) -> None:
    by, lender, absent, mine = organiser(db), bank(db), bank(db, "应河城市商业银行"), firm(db)
    made = session(db, by)
    join_bank(db, lender, made, desks=1)
    join_request(db, mine, made, ask(db, mine).id)
    assert outcome.sign_ups_for(db, lender, made, today=TODAY) == []
    made = step(db, by, made, "close")
    assert names(outcome.sign_ups_for(db, lender, made, today=TODAY)) == {"恒润精密铸造有限公司"}
    assert outcome.sign_ups_for(db, absent, made, today=TODAY) == []


def test_a_bank_that_a_firm_keeps_off_never_sees_its_request(db: Session) -> None:
    by, lender, mine = organiser(db), bank(db), firm(db)
    made = session(db, by)
    join_bank(db, lender, made, desks=1)
    filed = ask(db, mine, vetoed_institutions=(party_code(db, lender),))
    join_request(db, mine, made, filed.id)
    made = step(db, by, made, "close")
    assert outcome.sign_ups_for(db, lender, made, today=TODAY) == []


def test_a_request_for_matched_banks_only_is_seen_by_whom_it_meets(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    made = session(db, people.organiser)
    join_bank(db, people.near, made, desks=1)
    join_bank(db, people.far, made, desks=1)
    filed = ask(db, people.firms[0], audience="matched_banks")
    join_request(db, people.firms[0], made, filed.id)
    made = matched(db, people, BOOK, made)
    assert outcome.sign_ups_for(db, people.near, made, today=TODAY) == []
    made = step(db, people.organiser, made, "publish")
    assert names(outcome.sign_ups_for(db, people.near, made, today=TODAY)) == {"恒润精密铸造有限公司"}
    assert outcome.sign_ups_for(db, people.far, made, today=TODAY) == []


def test_each_party_sees_its_own_meetings_and_rankings_only(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    offer(db, people.far)
    made = held_session(db, people, BOOK)
    for firm_there in people.firms:
        lines = outcome.meetings_for(db, firm_there, made, today=TODAY)
        assert {line.enterprise.name for line in lines if line.enterprise} == {firm_there.organisation_name}
    for place in (people.near, people.far):
        lines = outcome.meetings_for(db, place, made, today=TODAY)
        assert {line.bank.name for line in lines} == {place.organisation_name}
    theirs = outcome.sign_ups_for(db, people.firms[1], made, today=TODAY)[0].filed
    with pytest.raises(NotFound):
        outcome.ranking_for(db, people.firms[0], made, theirs.id)
    assert len(outcome.ranking_for(db, people.firms[1], made, theirs.id)) == 2


def test_those_who_do_not_take_part_see_counts_and_the_list_of_parts_and_no_names(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    made = held_session(db, people, BOOK)
    reviewer = make_person(db, make_bureau(db), "reviewer")
    for stranger in (reviewer, bank(db, "昆阳农村商业银行"), firm(db, "天青瓷业有限公司")):
        assert outcome.meetings_for(db, stranger, made, today=TODAY) == []
        assert outcome.sign_ups_for(db, stranger, made, today=TODAY) == []
        assert outcome.unmet_for(db, stranger, made) == []
        listed = file_for(db, stranger, made, "slices.json", today=TODAY).decode()
        assert "恒润" not in listed
        assert party_code(db, people.firms[0]) not in listed
        for name in ("ranking.csv", "certificate.json"):
            with pytest.raises(Forbidden):
                file_for(db, stranger, made, name, today=TODAY)
        with pytest.raises(NotFound):
            file_for(db, stranger, made, "slice.json", today=TODAY)


def test_the_whole_certificate_is_for_organiser_and_auditor_and_a_part_names_its_own_pairs_only(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    offer(db, people.far, rate_min=Decimal("4.05"))
    made = held_session(db, people, BOOK)
    auditor = make_person(db, make_bureau(db), "auditor")
    whole = file_for(db, auditor, made, "certificate.json", today=TODAY)
    assert whole == file_for(db, people.organiser, made, "certificate.json", today=TODAY)
    assert verify(whole) == ()
    listed = file_for(db, auditor, made, "slices.json", today=TODAY)
    names = {one["name"] for one in json.loads(whole)["banks"]}
    for party in (people.near, people.far, *people.firms):
        part = file_for(db, party, made, "slice.json", today=TODAY)
        assert verify_slice(part, listed=listed, published_commitment=made.commitment) == ()
        own = json.loads(part)["party"]["name"]
        if party in (people.near, people.far):
            assert not [name for name in names - {own} if name in part.decode()]
        with pytest.raises(Forbidden) as refused:
            file_for(db, party, made, "certificate.json", today=TODAY)
        assert "slice.json" in refused.value.text.zh


def test_a_bank_downloads_its_own_rows_of_the_timetable(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    offer(db, people.far)
    made = held_session(db, people, BOOK)
    rows = file_for(db, people.near, made, "meetings.csv", today=TODAY).decode().splitlines()[1:]
    assert len(rows) == 3
    assert all(party_code(db, people.near) in row for row in rows)
    whole = file_for(db, people.organiser, made, "meetings.csv", today=TODAY).decode().splitlines()[1:]
    assert set(rows) < set(whole)


def test_a_bank_that_has_blocked_a_firm_does_not_meet_it(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    code = party_code(db, people.firms[0])
    database.write(db, lambda db: blocks.block(db, people.near, enterprise_code=code, reason="正在诉讼", at=NOW))
    made = held_session(db, people, BOOK)
    lines = outcome.meetings_for(db, people.organiser, made, today=TODAY)
    assert {line.enterprise.name for line in lines if line.enterprise} == {"清源环保设备有限公司", "李记粮油商行"}
    (unmet,) = outcome.unmet_for(db, people.firms[0], made)
    assert dict(unmet.codes) == {"vetoed": 1}


def test_an_unknown_session_is_not_found(db: Session) -> None:
    with pytest.raises(NotFound):
        service.session_by_id(db, 999)
