"""Who gets in by signing up, what an official decides, and what banks hear of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session, select

from kernel import database
from kernel.accounts.service import AccountClosed, sign_in
from kernel.audit.models import AuditEntry
from kernel.clock import business_day
from kernel.errors import Conflict, NotFound, Refused
from kernel.outbox.models import OutboxEvent
from kernel.parties.models import Enterprise, Party
from kernel.parties.service import StatusSpan, record_statuses
from kernel.web.paging import Asked
from matchmaking.enrolment import service
from matchmaking.enrolment.models import Enrolment
from matchmaking.enrolment.reading import closed_because, enrolments_for, waiting_count
from matchmaking.recommendations.choosing import needs_of_pool_firms
from matchmaking.sessions import sign_ups
from tests.at_once import at_once
from tests.factories import NOW, PASSWORD, make_enterprise, make_institution
from tests.matchmaking import people
from tests.matchmaking.enrolment.applicants import (
    FIRM,
    account_of,
    applicant,
    city,
    county,
    enrolled,
    name_of,
    owner_of,
)

LATER = NOW + timedelta(hours=2)


def confirm(db: Session, by: object, row: Enrolment) -> None:
    database.write(db, lambda db: service.confirm(db, by, row.id or 0, at=LATER))


def refuse(db: Session, by: object, row: Enrolment, reason: str = "电话打不通，执照对不上") -> None:
    database.write(db, lambda db: service.refuse(db, by, row.id or 0, reason=reason, at=LATER))


def test_a_firm_nobody_knew_writes_at_once_and_meets_banks_once_confirmed(db: Session) -> None:
    row = enrolled(db)
    owner, organiser = owner_of(db, row), city(db)
    assert owner is not None
    asked = people.ask(db, owner, audience="recommended")
    session = people.session(db, people.organiser(db))
    with pytest.raises(Refused) as kept_out:
        database.write(db, lambda db: sign_ups.join_request(db, owner, session.id or 0, asked.id, at=NOW))
    assert kept_out.value.code == "identity_unconfirmed"
    assert sign_ups.sessions_to_join(db, asked, NOW) == sign_ups.ready_to_join(db, owner, session) == []
    day, pool = business_day(NOW), [StatusSpan("pool", business_day(NOW), None)]
    database.write(db, lambda db: record_statuses(db, row.party_id, pool))
    assert needs_of_pool_firms(db, day) == []
    confirm(db, organiser, row)
    assert [one.id for one in sign_ups.ready_to_join(db, owner, session)] == [asked.id]
    database.write(db, lambda db: sign_ups.join_request(db, owner, session.id or 0, asked.id, at=NOW))
    assert [one.filed.id for one in needs_of_pool_firms(db, day)] == [asked.id]
    told = db.exec(select(OutboxEvent.event).where(OutboxEvent.party_id == row.party_id)).all()
    assert "enrolment.confirmed" in told


def test_a_firm_the_city_knows_waits_and_its_own_entry_stays(db: Session) -> None:
    known = make_enterprise(db, "汝瓷老窑有限公司", region="410482")
    row = enrolled(db, replace(FIRM, code=known.code))
    assert owner_of(db, row) is None
    with pytest.raises(AccountClosed):
        sign_in(db, username="miaoqing", password=PASSWORD, at=NOW)
    said = closed_because(db, row.account_id or 0)
    assert said is not None
    assert "核实" in said.zh
    assert known.name not in said.zh
    confirm(db, county(db, "410482"), row)
    assert sign_in(db, username="miaoqing", password=PASSWORD, at=NOW).id == row.account_id
    assert (name_of(db, row), account_of(db, row).is_active) == ("汝瓷老窑有限公司", True)


def test_what_was_refused_is_closed_withdrawn_told_and_may_be_tried_again(db: Session) -> None:
    row = enrolled(db)
    owner = owner_of(db, row)
    assert owner is not None
    asked = people.ask(db, owner)
    refuse(db, city(db), row)
    assert owner_of(db, row) is None
    db.refresh(asked.request)
    assert asked.request.state == "withdrawn"
    said = closed_because(db, row.account_id or 0)
    assert said is not None
    assert "电话打不通，执照对不上" in said.zh
    again = enrolled(db, replace(FIRM, name="宝丰县新苗农业机械有限公司"), username="miaoqing2")
    assert (again.brought_firm, owner_of(db, again)) == (False, None)
    confirm(db, city(db), again)
    firm = db.exec(select(Enterprise).where(Enterprise.party_id == row.party_id)).one()
    assert (name_of(db, again), firm.identity_confirmed) == ("宝丰县新苗农业机械有限公司", True)
    trail = db.exec(
        select(AuditEntry.act).where(AuditEntry.subject_kind == "enrolment").order_by(AuditEntry.number)
    ).all()
    assert trail == ["enrolment.open", "enrolment.refuse", "enrolment.open", "enrolment.confirm"]


def test_a_code_that_is_taken_is_refused_in_the_same_words_whoever_has_it(db: Session) -> None:
    waits, bank, firm = enrolled(db).code, make_institution(db).code, people.party_code(db, people.firm(db))
    words = set()
    for code in (waits, bank, firm):
        with pytest.raises(Conflict) as refused:
            enrolled(db, replace(FIRM, code=code), username="second")
        words.add((refused.value.code, *refused.value.text))
    assert [code for code, _zh, _en in words] == ["code_taken"]
    assert len(db.exec(select(Enrolment)).all()) == 1


@pytest.mark.parametrize("known", [False, True], ids=["a code nobody knows", "a code the city knows"])
@pytest.mark.both_databases
def test_of_two_who_sign_one_code_up_at_once_one_is_told(app: Flask, db: Session, known: bool) -> None:
    firm = replace(FIRM, code=make_enterprise(db).code) if known else FIRM
    db.rollback()
    works = [lambda db, one=one: service.enrol(db, firm, applicant(one), at=NOW) for one in ("first", "second")]
    assert sorted(at_once(app, works)) == ["code_taken", "done"]
    assert len(db.exec(select(Enrolment)).all()) == 1
    assert len(db.exec(select(Party).where(Party.code == firm.code)).all()) == 1


@pytest.mark.both_databases
def test_of_two_officials_who_decide_at_once_one_is_told(app: Flask, db: Session) -> None:
    row, one, other = enrolled(db), city(db), county(db, FIRM.region)
    number = row.id or 0
    db.rollback()
    works = [
        lambda db: service.confirm(db, one, number, at=LATER),
        lambda db: service.refuse(db, other, number, reason="对不上", at=LATER),
    ]
    assert sorted(at_once(app, works)) == ["done", "move_not_possible"]
    db.refresh(row)
    assert account_of(db, row).is_active is (row.state == "confirmed")


def test_a_county_sees_its_own_firms_and_the_city_all(db: Session) -> None:
    stranger, known = enrolled(db), make_enterprise(db, region="410482")
    enrolled(db, replace(FIRM, code=known.code, region="410421"), username="second")
    seen = {
        region: [one.row.person for one in enrolments_for(db, county(db, region), Asked()).items]
        for region in ("410421", "410482", "410402")
    }
    assert {region: len(rows) for region, rows in seen.items()} == {"410421": 1, "410482": 1, "410402": 0}
    assert waiting_count(db, city(db)) == 2
    with pytest.raises(NotFound):
        confirm(db, county(db, "410402"), stranger)


def test_a_sign_up_for_a_known_firm_lapses_after_thirty_days_and_gives_its_code_free(db: Session) -> None:
    known, newcomer = make_enterprise(db, "汝瓷老窑有限公司"), enrolled(db, username="newcomer")
    row = enrolled(db, replace(FIRM, code=known.code))

    def lapse(days: int) -> int:
        at = NOW + timedelta(days=days)
        return database.write(db, lambda db: service.lapse_old(db, at=at))

    assert (lapse(29), lapse(30), lapse(31)) == (0, 1, 0)
    db.refresh(row)
    db.refresh(newcomer)
    assert (row.state, newcomer.state) == ("lapsed", "waiting")
    said = closed_because(db, row.account_id or 0)
    assert said is not None
    assert "失效" in said.zh
    assert "enrolment.lapse" in db.exec(select(AuditEntry.act)).all()
    with pytest.raises(Conflict):
        confirm(db, city(db), row)
    assert enrolled(db, replace(FIRM, code=known.code), username="second").state == "waiting"
