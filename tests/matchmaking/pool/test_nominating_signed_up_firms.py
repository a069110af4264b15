"""A county nominates a firm that signed itself up: nothing that a stranger typed enters the pool, nor keeps the firm out of it."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlmodel import Session, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.models import AuditEntry
from kernel.errors import Conflict, DomainError, NotFound
from kernel.parties.models import Enterprise, Party
from matchmaking.enrolment import service as enrolment
from matchmaking.enrolment.models import Enrolment
from matchmaking.pool import service
from matchmaking.pool.models import PoolEntry
from tests.factories import Visitor, username_of
from tests.matchmaking.enrolment.applicants import CODE, FIRM, city, enrolled, owner_of
from tests.matchmaking.pool.town import HERE, NOW, THERE, TODAY, WAN, county_town, rules

KNOWN = service.Nomination(CODE, 1200 * WAN, 2021, "叶县新苗精密机械有限公司", "C34", "medium", "叶工信〔2022〕3号")


def nominate(db: Session, by: Caller, said: service.Nomination = KNOWN) -> PoolEntry:
    return database.write(db, lambda db: service.nominate(db, by, said, rules=rules(), at=NOW, today=TODAY))


def confirm(db: Session, row: Enrolment) -> None:
    officer = city(db)
    database.write(db, lambda db: enrolment.confirm(db, officer, row.id or 0, at=NOW))


def refuse(db: Session, row: Enrolment) -> None:
    officer = city(db)
    database.write(db, lambda db: enrolment.refuse(db, officer, row.id or 0, reason="对不上", at=NOW))


def facts(db: Session) -> tuple[str, str, str, str, bool]:
    party, firm = db.exec(
        select(Party, Enterprise).join(Enterprise, Enterprise.party_id == Party.id).where(Party.code == CODE)  # type: ignore[arg-type]
    ).one()
    return party.name, party.fiscal_region, firm.industry, firm.size_class, firm.identity_confirmed


TYPED = (FIRM.name, HERE, FIRM.industry, FIRM.size_class, False)
OF_THE_COUNTY = (KNOWN.name, THERE, "C34", "medium", True)


def test_while_its_sign_up_waits_no_county_nominates_it(db: Session) -> None:
    town = county_town(db)
    enrolled(db)
    for said in (KNOWN, replace(KNOWN, name="", industry="", size_class="")):
        for county in (town.here, town.there):
            with pytest.raises(Conflict) as told:
                nominate(db, county, said)
            assert told.value.code == "sign_up_waits"
    assert db.exec(select(PoolEntry)).all() == []
    assert facts(db) == TYPED


def test_after_a_refusal_the_countys_own_facts_stand_and_the_next_sign_up_waits_outside(db: Session) -> None:
    town, row = county_town(db), enrolled(db)
    refuse(db, row)
    with pytest.raises(NotFound):
        nominate(db, town.here, replace(KNOWN, name=""))
    assert facts(db) == TYPED
    assert nominate(db, town.there).region == THERE
    assert facts(db) == OF_THE_COUNTY
    (kept,) = db.exec(select(AuditEntry).where(AuditEntry.act == "pool.put_right")).all()
    assert FIRM.name in str(kept.detail)
    again = enrolled(db, username="miaoqing2")
    assert owner_of(db, again) is None
    confirm(db, again)
    assert facts(db) == OF_THE_COUNTY
    with pytest.raises(DomainError) as twice:
        nominate(db, town.there)
    assert twice.value.code == "in_pool_already"


def test_once_it_is_confirmed_its_county_nominates_it_as_it_stands(db: Session) -> None:
    town, row = county_town(db), enrolled(db, replace(FIRM, industry="C"))
    confirm(db, row)
    assert nominate(db, town.here, replace(KNOWN, name="", industry="", size_class="")).region == HERE
    assert facts(db) == (FIRM.name, HERE, "C", FIRM.size_class, True)


def test_no_register_of_scale_takes_it_before(db: Session) -> None:
    industry, reached = county_town(db).industry, service.Reached(TODAY, 2500 * WAN, False)
    enrolled(db)

    def work(db: Session) -> Party:
        return service.record_entry(db, industry, CODE, reached, document="", at=NOW, today=TODAY)

    with pytest.raises(NotFound):
        database.write(db, work)


def test_the_page_leads_to_the_sign_up_that_waits(app: Flask, db: Session) -> None:
    officer = Visitor(app, username_of(db, county_town(db).here))
    enrolled(db)
    db.rollback()
    officer.get("/pool/nominate")
    told = officer.post("/pool/nominate", code=CODE, revenue="12000000", year="2021")
    assert (told.status_code, "先核实这家企业的注册" in told.text) == (422, True)
    assert "去核实新注册的企业" in told.text
    assert "/sign-ups?state=waiting" in told.text
