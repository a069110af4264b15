"""Two at once on one listing, and what the database itself refuses."""

from datetime import date
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from kernel import database
from matchmaking.whitelist import hearing, service
from matchmaking.whitelist.models import WhitelistSpan
from matchmaking.whitelist.scope import listing_for
from matchmaking.whitelist.service import Said
from tests.at_once import at_once
from tests.factories import make_person
from tests.matchmaking.pool import town as pool_town
from tests.matchmaking.whitelist.offices import (
    LISTED,
    MONDAY,
    Offices,
    listed,
    moved,
    offices,
    on,
    pool_firm,
    publicised,
)

pytestmark = pytest.mark.both_databases

OVERDUE = Said(ground="overdue", reason="逾期 41 天", document="平金〔2022〕30号")


@pytest.fixture
def people(db: Session) -> Offices:
    return offices(db)


def test_the_database_refuses_days_that_overlap(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    entry = listed(db, people, party)
    moved(db, people.reviewer, entry, "suspend", date(2022, 9, 10), OVERDUE)
    common = {"entry_id": entry.id, "enterprise_id": party.id, "reference": ""}
    overlapping = (
        {"number": 2, "previous": 1, "after": date(2022, 9, 10), "since": date(2022, 9, 1)},
        {"number": 2, "previous": 1, "after": date(2022, 9, 1), "since": date(2022, 9, 1)},
        {"number": 2, "previous": None, "after": None, "since": date(2022, 9, 1)},
        {"number": 1, "previous": None, "after": None, "since": date(2022, 9, 1)},
        {"number": 3, "previous": 2, "after": date(2022, 9, 10), "since": date(2022, 9, 11)},
    )
    for row in overlapping:
        with pytest.raises(IntegrityError):
            database.write(db, lambda db, row=row: db.execute(insert(WhitelistSpan).values(**common, **row)))  # type: ignore[misc]


def test_of_two_decisions_at_once_one_takes_effect(app: Flask, db: Session, people: Offices) -> None:
    second = make_person(db, pool_town.make_bureau(db, "市财政局二"), "reviewer", name="方复")
    for round_number in range(5):
        party = pool_firm(db, people, f"第{round_number}厂")
        entry = publicised(db, people, party)

        def activate(db: Session, by: object, number: int) -> object:
            return service.move(db, by, number, "activate", frame=on(LISTED))  # type: ignore[arg-type]

        works = [partial(activate, by=one, number=entry.id or 0) for one in (people.reviewer, second)]
        assert sorted(at_once(app, works)) == ["done", "move_not_possible"]
        spans = db.execute(select(WhitelistSpan).where(WhitelistSpan.enterprise_id == party.id)).scalars().all()
        assert len(spans) == 1


def test_an_objection_and_the_listing_at_once_never_leave_a_listed_firm_with_an_open_objection(
    app: Flask, db: Session, people: Offices
) -> None:
    last = date(2022, 8, 29)
    for round_number in range(5):
        entry = publicised(db, people, pool_firm(db, people, f"第{round_number}厂"))

        def activate(db: Session, number: int) -> object:
            return service.move(db, people.reviewer, number, "activate", frame=on(LISTED))

        def object_late(db: Session, number: int) -> object:
            return hearing.object_to(db, people.town.there, number, "欠薪", frame=on(last))

        number = entry.id or 0
        at_once(app, [partial(activate, number=number), partial(object_late, number=number)])
        db.expire_all()
        kept = listing_for(db, people.organiser, number)[0]
        assert (kept.state, kept.open_objections) in {("active", 0), ("publicised", 1)}


def test_two_recommendations_of_one_firm_at_once_leave_one(app: Flask, db: Session, people: Offices) -> None:
    party = pool_firm(db, people)

    def recommend(db: Session) -> object:
        return service.nominate(db, people.organiser, party.code, Said(), frame=on(MONDAY))

    assert sorted(at_once(app, [recommend] * 2)) == ["done", "on_its_way_already"]
