"""A notice ends what was said about it: whoever is given notice again is heard again."""

from datetime import date

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.models import AuditEntry
from kernel.errors import Conflict
from matchmaking.whitelist import hearing
from matchmaking.whitelist.models import WhitelistEntry, WhitelistSubmission
from matchmaking.whitelist.scope import listing_for
from matchmaking.whitelist.service import Said
from matchmaking.whitelist.tasks import tasks
from tests.factories import make_person
from tests.matchmaking.whitelist.offices import MONDAY, Offices, listed, moved, offices, on, pool_firm, publicised

OVERDUE = Said(ground="overdue", reason="逾期 41 天")
PAID = Said(reason="已还清")


@pytest.fixture
def people(db: Session) -> Offices:
    return offices(db)


def listed_with_owner(db: Session, people: Offices) -> tuple[WhitelistEntry, Caller]:
    party = pool_firm(db, people)
    return listed(db, people, party), make_person(db, party, "owner", name="周恒")


def stated(db: Session, owner: Caller, entry: WhitelistEntry, day: date) -> int:
    made = database.write(db, lambda db: hearing.state_before_removal(db, owner, entry.id or 0, "已还", frame=on(day)))
    return made.id or 0


def appealed(db: Session, owner: Caller, entry: WhitelistEntry, day: date) -> int:
    return database.write(db, lambda db: hearing.appeal(db, owner, entry.id or 0, "误判", frame=on(day))).id or 0


def answered(db: Session, by: Caller, submission: int, day: date, *, upheld: bool) -> None:
    database.write(db, lambda db: hearing.answer(db, by, submission, upheld=upheld, words="已核实", frame=on(day)))


def kept(db: Session, submission: int) -> WhitelistSubmission:
    return db.execute(select(WhitelistSubmission).where(col(WhitelistSubmission.id) == submission)).scalars().one()


def test_a_firm_whose_removal_was_called_off_is_heard_on_the_next_notice(db: Session, people: Offices) -> None:
    entry, owner = listed_with_owner(db, people)
    moved(db, people.organiser, entry, "announce_removal", date(2022, 9, 1), OVERDUE)
    first = stated(db, owner, entry, date(2022, 9, 2))
    moved(db, people.reviewer, entry, "call_off_removal", date(2022, 9, 5), PAID)
    closed = kept(db, first)
    assert (closed.state, closed.answer, closed.answered_on) == ("closed", "撤销移出告知：已还清", date(2022, 9, 5))
    assert closed.answered_by == people.reviewer.account_id
    trail = select(AuditEntry.subject_id).where(col(AuditEntry.act) == "whitelist.close")
    assert list(db.execute(trail).scalars()) == [str(first)]
    moved(db, people.organiser, entry, "announce_removal", date(2022, 9, 13), OVERDUE)
    with pytest.raises(Conflict) as stale:
        answered(db, people.reviewer, first, date(2022, 9, 14), upheld=False)
    assert stale.value.code == "answered_already"
    second = stated(db, owner, entry, date(2022, 9, 14))
    with pytest.raises(Conflict) as unheard:
        moved(db, people.reviewer, entry, "remove", date(2022, 9, 30))
    assert unheard.value.code == "to_be_answered"
    answered(db, people.reviewer, second, date(2022, 9, 30), upheld=False)
    assert moved(db, people.reviewer, entry, "remove", date(2022, 9, 30)).state == "removed"


def test_an_upheld_objection_closes_the_others_and_a_declined_firm_has_none_open(db: Session, people: Offices) -> None:
    entry = publicised(db, people, pool_firm(db, people))
    ids = [
        database.write(db, lambda db, by=by: hearing.object_to(db, by, entry.id or 0, "欠薪", frame=on(MONDAY))).id or 0  # type: ignore[misc]
        for by in (people.town.there, people.town.industry)
    ]
    answered(db, people.reviewer, ids[0], MONDAY, upheld=True)
    assert [kept(db, one).state for one in ids] == ["upheld", "closed"]
    assert kept(db, ids[1]).answer == "不予列入：已核实"
    after = listing_for(db, people.organiser, entry.id or 0)[0]
    assert (after.state, after.open_objections) == ("declined", 0)


def test_a_suspension_that_ended_ends_its_appeal_and_an_upheld_appeal_ends_the_notice_of_removal(
    app: Flask, db: Session, people: Offices
) -> None:
    entry, owner = listed_with_owner(db, people)
    moved(db, people.reviewer, entry, "suspend", date(2022, 9, 5), OVERDUE)
    first = appealed(db, owner, entry, date(2022, 9, 6))
    moved(db, people.reviewer, entry, "resume", date(2022, 9, 7), PAID)
    moved(db, people.reviewer, entry, "suspend", date(2022, 9, 14), OVERDUE)
    moved(db, people.organiser, entry, "announce_removal", date(2022, 9, 15), OVERDUE)
    with app.test_request_context():  # a suspended firm too is asked to speak
        assert [task.due for task in tasks(db, owner, date(2022, 9, 16))] == [date(2022, 9, 22)]
    said, second = stated(db, owner, entry, date(2022, 9, 16)), appealed(db, owner, entry, date(2022, 9, 16))
    answered(db, people.organiser, second, date(2022, 9, 19), upheld=True)
    assert [kept(db, one).state for one in (first, said, second)] == ["closed", "closed", "upheld"]
    after = listing_for(db, owner, entry.id or 0)[0]
    assert (after.state, after.removal_ground, after.open_objections) == ("active", None, 0)
