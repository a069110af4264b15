"""The books: balanced groups, nothing edited, either date, closed months, one guarded fund."""

import random
import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy
from flask import Flask
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from kernel import database
from kernel.audit.service import THE_SERVICE, Actor
from kernel.errors import Conflict, Refused
from kernel.ledger import closing, funds
from kernel.ledger.accounts import ACCOUNTS
from kernel.ledger.balances import AsOf, ClaimKey, balances, claim_balances, normal, trial_balance
from kernel.ledger.invariants import crooked_reversals, miscounted_periods, overtaken_funds, unbalanced_groups
from kernel.ledger.models import LedgerPeriod, Posting, PostingGroup
from kernel.ledger.service import Booking, Entry, PeriodClosed, Unbalanced, post, reverse
from kernel.ledger.workflow import CLOSED
from tests.factories import make_bureau, make_institution, make_person
from tests.seeds import seeded

pytestmark = pytest.mark.both_databases

AT = datetime(2022, 11, 21, 2, 0, tzinfo=UTC)
TODAY = date(2022, 11, 21)
BOOK = "410411"


def booking(effective: date = TODAY, booked: date = TODAY) -> Booking:
    return Booking(effective, booked, AT, THE_SERVICE)


def claim(db: Session, key: str, fen: int, *, party: int | None = None, when: Booking | None = None) -> PostingGroup:
    entries = [Entry("award", fen, party, "s", "2022Q3"), Entry("payable", -fen, party, "s", "2022Q3")]
    return database.write(db, lambda db: post(db, BOOK, key, "claim", entries, booking=when or booking()))


def test_a_group_that_does_not_balance_is_not_posted(db: Session) -> None:
    with pytest.raises(Unbalanced):
        database.write(
            db,
            lambda db: post(db, BOOK, "k", "claim", [Entry("award", 5), Entry("payable", -4)], booking=booking()),
        )
    assert balances(db, BOOK) == {}


def test_an_event_is_posted_once(db: Session) -> None:
    claim(db, "k", 500)
    with pytest.raises(Conflict):
        claim(db, "k", 500)
    assert balances(db, BOOK) == {"award": 500, "payable": -500}


def test_the_database_itself_refuses_to_change_or_delete_what_was_posted(db: Session) -> None:
    claim(db, "k", 500)
    for table in ("ledger_group", "ledger_posting"):
        for statement in (f"UPDATE {table} SET id = id + 1", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"):
                database.write(db, lambda db, statement=statement: db.execute(sqlalchemy.text(statement)))  # type: ignore[misc]
    assert balances(db, BOOK) == {"award": 500, "payable": -500}


def test_a_reversal_mirrors_the_group_once(db: Session) -> None:
    group = claim(db, "k", 500)
    database.write(db, lambda db: reverse(db, group, key="undo", booking=booking()))
    assert balances(db, BOOK) == {"award": 0, "payable": 0}
    with pytest.raises(Conflict):
        database.write(db, lambda db: reverse(db, group, key="undo again", booking=booking()))
    assert crooked_reversals(db) == []


def test_a_balance_stands_as_of_either_date(db: Session) -> None:
    claim(db, "q2", 100, when=booking(date(2022, 6, 30), date(2022, 7, 15)))
    claim(db, "late", 20, when=booking(date(2022, 6, 30), date(2022, 11, 21)))
    claim(db, "q3", 400, when=booking(date(2022, 9, 30), date(2022, 10, 20)))
    assert balances(db, BOOK, AsOf(effective_on=date(2022, 6, 30)))["award"] == 120
    assert balances(db, BOOK, AsOf(booked_on=date(2022, 7, 31)))["award"] == 100
    assert balances(db, BOOK, AsOf(effective_on=date(2022, 6, 30), booked_on=date(2022, 10, 31)))["award"] == 100
    assert balances(db, BOOK)["award"] == 520
    assert balances(db, "city") == {}


def test_an_effective_date_after_the_booking_is_refused(db: Session) -> None:
    with pytest.raises(Refused) as refused:
        claim(db, "k", 5, when=booking(date(2022, 12, 1), TODAY))
    assert refused.value.code == "effective_after_booking"


def officials(db: Session) -> tuple[Actor, Actor]:
    bureau = make_bureau(db)
    return make_person(db, bureau, "operator").actor, make_person(db, bureau, "reviewer").actor


def closed(db: Session, month: str, maker: Actor, checker: Actor) -> LedgerPeriod:
    database.write(db, lambda db: closing.propose_closing(db, BOOK, month, by=maker, at=AT, today=TODAY))
    return database.write(db, lambda db: closing.close(db, BOOK, month, by=checker, at=AT))


def test_a_closed_month_takes_nothing_and_late_data_goes_to_the_open_one(db: Session) -> None:
    maker, checker = officials(db)
    claim(db, "k", 100, when=booking(date(2022, 9, 30), date(2022, 10, 20)))
    assert closed(db, "2022-10", maker, checker).state == CLOSED
    with pytest.raises(PeriodClosed):
        claim(db, "back-dated", 1, when=booking(date(2022, 9, 30), date(2022, 10, 31)))
    claim(db, "late", 7, when=booking(date(2022, 9, 30), TODAY))
    assert balances(db, BOOK, AsOf(booked_on=date(2022, 10, 31)))["award"] == 100
    assert balances(db, BOOK, AsOf(effective_on=date(2022, 9, 30)))["award"] == 107
    assert miscounted_periods(db) == []


def test_closing_needs_two_people_an_ended_month_and_every_month_before_it(db: Session) -> None:
    maker, checker = officials(db)
    claim(db, "september", 1, when=booking(date(2022, 9, 1), date(2022, 9, 1)))
    claim(db, "october", 1, when=booking(date(2022, 10, 1), date(2022, 10, 1)))

    def propose(month: str) -> Any:
        return database.write(db, lambda db: closing.propose_closing(db, BOOK, month, by=maker, at=AT, today=TODAY))

    codes = []
    for month in ("2022-11", "2022-10"):
        with pytest.raises(Refused) as refused:
            propose(month)
        codes.append(refused.value.code)
    assert codes == ["period_runs", "earlier_period_open"]
    propose("2022-09")
    with pytest.raises(Refused) as same:
        database.write(db, lambda db: closing.close(db, BOOK, "2022-09", by=maker, at=AT))
    assert same.value.code == "same_person"
    assert database.write(db, lambda db: closing.close(db, BOOK, "2022-09", by=checker, at=AT)).state == CLOSED


def test_what_is_posted_after_the_proposal_stops_the_closing(db: Session) -> None:
    maker, checker = officials(db)
    claim(db, "k", 1, when=booking(date(2022, 10, 1), date(2022, 10, 1)))
    database.write(db, lambda db: closing.propose_closing(db, BOOK, "2022-10", by=maker, at=AT, today=TODAY))
    claim(db, "k2", 1, when=booking(date(2022, 10, 2), date(2022, 10, 2)))
    with pytest.raises(Conflict):
        database.write(db, lambda db: closing.close(db, BOOK, "2022-10", by=checker, at=AT))
    database.write(db, lambda db: closing.reopen_proposed(db, BOOK, "2022-10", by=checker, at=AT))
    assert closed(db, "2022-10", maker, checker).state == CLOSED


def test_a_fund_gives_no_more_than_was_granted_however_many_ask_at_once(app: Flask, db: Session) -> None:
    database.write(
        db, lambda db: funds.grant(db, BOOK, 2022, 1_000, key="g", booking=booking(), reference="预〔2022〕1号")
    )
    db.rollback()
    taken: list[int] = []

    def ask() -> None:
        with app.app_context():
            try:
                database.write(database.current(), lambda db: funds.take(db, BOOK, 2022, 300))
            except Conflict:
                return
            taken.append(300)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [300, 300, 300]
    assert funds.available(db, BOOK, 2022) == 100


def test_a_budget_that_is_taken_cannot_be_withdrawn(db: Session) -> None:
    def grant(fen: int, key: str) -> None:
        database.write(
            db, lambda db: funds.grant(db, BOOK, 2022, fen, key=key, booking=booking(), reference="预〔2022〕1号")
        )

    grant(1_000, "more")
    grant(-400, "less")
    database.write(db, lambda db: funds.take(db, BOOK, 2022, 600))
    with pytest.raises(Refused):
        grant(-1, "too much")
    assert [violation.invariant for violation in overtaken_funds(db)] == ["I2"]  # taken, but nobody posted what for


def test_the_trial_balance_adds_up_and_every_account_has_its_side(db: Session) -> None:
    bank = make_institution(db)
    claim(db, "k", 500, party=bank.id)
    claim(db, "adjusted", -120, party=bank.id)
    lines = trial_balance(db, BOOK)
    assert [(line.account.code, line.debit, line.credit) for line in lines] == [
        ("award", 500, 120),
        ("payable", 120, 500),
    ]
    assert sum(line.balance for line in lines) == 0
    assert normal("payable", -380) == 380
    assert claim_balances(db, BOOK) == {ClaimKey(bank.id or 0, "s", "2022Q3"): {"award": 380, "payable": -380}}


def test_random_postings_and_reversals_leave_no_group_unbalanced(db: Session) -> None:
    dice = seeded()
    posted: list[PostingGroup] = []
    expected = 0
    for number in range(40):
        if posted and dice.random() < 0.3:
            group = posted.pop(dice.randrange(len(posted)))
            expected -= _amount(db, group)
            database.write(
                db, lambda db, group=group, number=number: reverse(db, group, key=f"u{number}", booking=booking())
            )  # type: ignore[misc]
        else:
            fen = dice.choice([1, -1, 10**15, random.Random(number).randrange(1, 10**9)])
            posted.append(claim(db, f"k{number}", fen))
            expected += fen
    assert balances(db, BOOK) == {"award": expected, "payable": -expected}
    assert unbalanced_groups(db) == crooked_reversals(db) == miscounted_periods(db) == []


def _amount(db: Session, group: PostingGroup) -> int:
    query = select(Posting.amount).where(Posting.group_id == group.id, Posting.account == "award")
    return db.exec(query).one()


def test_a_reversal_of_a_part_is_found(db: Session) -> None:
    group = claim(db, "k", 500)
    entries = [Entry("award", -400, None, "s", "2022Q3"), Entry("payable", 400, None, "s", "2022Q3")]
    made = database.write(db, lambda db: post(db, BOOK, "part", "reverse", entries, booking=booking()))
    assert crooked_reversals(db) == []
    false = PostingGroup(
        book=BOOK, key="false", act="reverse", effective_on=TODAY, booked_on=TODAY, booked_at=AT, reverses_id=group.id
    )
    database.write(db, lambda db: db.add(false))
    assert made.reverses_id is None
    assert [one.subject for one in crooked_reversals(db)] == [f"{BOOK}/false"]


def test_a_planted_posting_is_found(db: Session) -> None:
    group = claim(db, "k", 500)
    assert group.id is not None
    database.write(db, lambda db: db.add(Posting(group_id=group.id or 0, place=9, account="paid", amount=-500)))
    assert [(one.invariant, one.subject) for one in unbalanced_groups(db)] == [("I1", f"{BOOK}/k")]


def test_every_account_is_named_once_in_both_languages() -> None:
    assert len({account.code for account in ACCOUNTS}) == len({account.title.zh for account in ACCOUNTS}) == 13
