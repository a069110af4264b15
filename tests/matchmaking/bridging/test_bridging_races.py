"""Twenty cases at once on pools with money for seven: never negative, never more than seven, on both databases."""

import random
from functools import partial

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from kernel import database
from kernel.ledger.invariants import miscounted_periods, overtaken_funds, unbalanced_groups
from matchmaking.bridging import running, service
from matchmaking.bridging.models import BridgingCase
from matchmaking.bridging.pools import balance_of
from matchmaking.bridging.reading import FiledCase
from matchmaking.bridging.service import BridgingAct
from tests.at_once import at_once
from tests.matchmaking.bridging.fund_people import BOOK, WAN, FundPeople, act, committed, fund_people, moment, put_in
from tests.seeds import is_full

pytestmark = pytest.mark.both_databases

CASES, MONEY_FOR, EACH = 20, 7, 100 * WAN
ROUNDS = 50 if is_full() else 2


def _free(db: Session, people: FundPeople) -> int:
    return sum(balance_of(db, pool).free for pool in (people.county_pool, people.city_pool))


def _round(app: Flask, db: Session, people: FundPeople, number: int, chance: random.Random) -> tuple[int, list[str]]:
    """One round: twenty fresh cases approved at once after the pools were filled up; how many got money, and every answer."""
    county = chance.randrange(0, MONEY_FOR * EACH, WAN)
    for who, pool, part in (
        (people.county, people.county_pool, county),
        (people.operator, people.city_pool, MONEY_FOR * EACH - county),
    ):
        if part:
            database.write(
                db, partial(put_in, by=who, reviewer=people.reviewer, pool=pool, amount=part, document=f"第{number}轮")
            )
    filed = [committed(db, people, number=f"HT-{number}-{place}", amount=EACH) for place in range(CASES)]
    acts = [act(people.approver, one) for one in filed]
    works = [partial(_approve, filed=one, said=said) for one, said in zip(filed, acts, strict=True)]
    answers = at_once(app, works)
    return answers.count("done"), answers


def _approve(db: Session, filed: FiledCase, said: BridgingAct) -> None:
    service.approve(db, filed.id, said, book=BOOK)


def _pay_out_all(db: Session, people: FundPeople) -> None:
    """Pay out what was approved, so that the next round begins with empty pools."""
    approved = list(db.exec(select(BridgingCase).where(col(BridgingCase.state) == "approved")))
    for case in approved:
        said = BridgingAct(people.cashier, case.version, moment(0))
        database.write(db, partial(running.fund, case_id=case.id or 0, act=said))


def test_twenty_at_once_on_money_for_seven_get_seven(app: Flask, db: Session) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    people = fund_people(db, city=0, county=0)
    for number in range(1, ROUNDS + 1):
        got, answers = _round(app, db, people, number, chance)
        assert sorted(set(answers)) == ["done", "pools_short"]
        assert (got, _free(db, people)) == (MONEY_FOR, 0)
        _pay_out_all(db, people)
    assert [*unbalanced_groups(db), *overtaken_funds(db), *miscounted_periods(db)] == []


def test_one_case_approved_by_many_at_once_draws_once(app: Flask, db: Session) -> None:
    people = fund_people(db)
    filed = committed(db, people, amount=EACH)
    said = act(people.approver, filed)
    answers = at_once(app, [partial(_approve, filed=filed, said=said)] * 8)
    assert sorted(answers) == ["done", *["move_not_possible"] * 7]
    assert balance_of(db, people.county_pool).promised == EACH
