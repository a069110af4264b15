"""The fund through its services, on both databases."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from kernel.ledger.invariants import overtaken_funds, unbalanced_groups
from matchmaking.bridging import contributions, pools, reading, running, service
from matchmaking.bridging.jobs import watch_due
from matchmaking.bridging.models import BridgingCase, PoolContribution
from matchmaking.bridging.pools import PoolBalance, balance_of
from matchmaking.bridging.statement import statement_of
from matchmaking.bridging.tasks import tasks
from tests.factories import make_bureau, make_institution, make_person
from tests.matchmaking.bridging.fund_people import (
    BOOK,
    COUNTY,
    FIRST,
    TODAY,
    WAN,
    FundPeople,
    act,
    applied,
    approved,
    asked,
    committed,
    entered,
    fund_people,
    funded,
    lent_anew,
    moment,
    put_in,
)
from tests.matchmaking.told import told


def balances(db: Session, people: FundPeople) -> tuple[PoolBalance, PoolBalance]:
    """The county's and the city's pool."""
    return balance_of(db, people.county_pool), balance_of(db, people.city_pool)


def sound(db: Session) -> None:
    assert unbalanced_groups(db) == []
    assert overtaken_funds(db) == []


def refused(db: Session, work: Callable[[Session], Any]) -> str:
    with pytest.raises(DomainError) as refusal:
        database.write(db, work)
    return refusal.value.code


def test_the_county_gives_first_and_the_money_comes_back_with_its_fee(db: Session) -> None:
    people = fund_people(db)
    filed = lent_anew(db, people)
    assert balances(db, people) == (
        PoolBalance(500 * WAN, 0, 0, 500 * WAN),
        PoolBalance(20_000 * WAN, 19_700 * WAN, 0, 300 * WAN),
    )
    back = act(people.cashier, filed, 7)
    database.write(
        db, lambda db: running.take_back(db, filed.id, back, verb="return", day=date(2022, 10, 27), book=BOOK)
    )
    case = reading.case_for(db, people.firm, filed.id).case
    assert (case.state, case.fee, case.recovered, case.ended_on) == (
        "returned",
        1_440_000,
        800 * WAN,
        date(2022, 10, 27),
    )
    assert balances(db, people) == (
        PoolBalance(500 * WAN + 900_000, 500 * WAN + 900_000, 0, 0),
        PoolBalance(20_000 * WAN + 540_000, 20_000 * WAN + 540_000, 0, 0),
    )
    sound(db)


def test_a_promise_sets_cash_aside_and_a_rejection_gives_it_back(db: Session) -> None:
    people = fund_people(db)
    filed = approved(db, people)
    assert balances(db, people)[0] == PoolBalance(500 * WAN, 0, 500 * WAN, 0)
    said = act(people.approver, filed, note="新贷条件变了")
    database.write(db, lambda db: service.refuse(db, filed.id, "reject", said, code="no_new_loan"))
    assert balances(db, people) == (
        PoolBalance(500 * WAN, 500 * WAN, 0, 0),
        PoolBalance(20_000 * WAN, 20_000 * WAN, 0, 0),
    )
    sound(db)


def test_a_county_officer_decides_over_the_county_pool_alone(db: Session) -> None:
    people = fund_people(db)
    filed = committed(db, people)
    said = act(people.county, filed)
    assert refused(db, lambda db: service.approve(db, filed.id, said, book=BOOK)) == "pools_short"
    approved(db, people, people.county, number="HT-002", amount=400 * WAN)
    assert [balance.promised for balance in balances(db, people)] == [400 * WAN, 0]


def test_a_pool_never_gives_more_than_it_holds(db: Session) -> None:
    people = fund_people(db, city=0, county=700 * WAN)
    filed = committed(db, people)
    said = act(people.approver, filed)
    assert refused(db, lambda db: service.approve(db, filed.id, said, book=BOOK)) == "pools_short"
    assert reading.case_for(db, people.firm, filed.id).case.state == "committed"
    assert (
        refused(db, lambda db: put_in(db, people.county, people.reviewer, people.county_pool, -701 * WAN, "收回出资"))
        == "appropriation_taken"
    )
    assert balances(db, people)[0] == PoolBalance(700 * WAN, 700 * WAN, 0, 0)


def test_a_contribution_is_entered_once_and_only_by_the_keeper_of_the_pool(db: Session) -> None:
    people = fund_people(db)
    again = partial(entered, by=people.county, pool=people.county_pool, amount=WAN, document="首期出资")
    assert refused(db, again) == "contribution_entered"
    other = partial(entered, by=people.operator, pool=people.county_pool, amount=WAN, document="二期出资")
    assert refused(db, other) == "not_your_pool"
    assert refused(db, lambda db: pools.open_pool(db, people.county, document="重复", at=FIRST)) == "pool_exists"


def check_of(people: FundPeople, one: PoolContribution, by: Caller, **said: Any) -> Callable[[Session], Any]:
    return lambda db: contributions.check(db, by, one.id or 0, **{"accept": True, "at": FIRST, **said})


def test_nothing_is_in_a_pool_until_a_second_person_books_it(db: Session) -> None:
    people = fund_people(db, county=0)
    one = database.write(db, partial(entered, by=people.county, pool=people.county_pool, amount=WAN, document="一期"))
    assert balances(db, people)[0] == PoolBalance(0, 0, 0, 0)
    assert refused(db, check_of(people, one, people.county)) == "same_person"
    assert refused(db, check_of(people, one, people.operator)) == "role_may_not"
    elsewhere = make_person(db, make_bureau(db, "鲁山县财政局", region="410423"), "county_officer")
    assert refused(db, check_of(people, one, elsewhere)) == "bridging_pool_not_found"
    second = make_person(db, make_bureau(db, "汝州市金融办", region=COUNTY), "county_officer")
    assert [waits.id for waits, _pool in contributions.to_check(db, second)] == [one.id]
    assert contributions.to_check(db, elsewhere) == contributions.to_check(db, people.county) == []
    database.write(db, check_of(people, one, second))
    assert balances(db, people)[0] == PoolBalance(WAN, WAN, 0, 0)
    assert refused(db, check_of(people, one, people.reviewer)) == "contribution_checked"
    sound(db)


def test_a_contribution_that_was_refused_moves_nothing_and_its_document_may_come_again(db: Session) -> None:
    people = fund_people(db, county=0)
    enter = partial(entered, by=people.county, pool=people.county_pool, amount=WAN, document="一期")
    one = database.write(db, enter)
    assert refused(db, check_of(people, one, people.reviewer, accept=False)) == "invalid"
    database.write(db, check_of(people, one, people.reviewer, accept=False, reason="金额与文件不符"))
    assert balances(db, people)[0] == PoolBalance(0, 0, 0, 0)
    database.write(db, check_of(people, database.write(db, enter), people.reviewer))
    assert balances(db, people)[0] == PoolBalance(WAN, WAN, 0, 0)


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("amount", {"amount": 1_001 * WAN}),
        ("days", {"days": 11}),
    ],
)
def test_an_application_over_a_limit_is_told_beside_its_field(db: Session, field: str, terms: dict[str, int]) -> None:
    people = fund_people(db)
    with pytest.raises(Invalid) as refusal:
        applied(db, people, **terms)
    assert [error.field for error in refusal.value.errors] == [field]


def test_a_commitment_too_small_for_the_advance_is_refused(db: Session) -> None:
    people = fund_people(db)
    filed = applied(db, people)
    said = act(people.checker, filed)

    def commit(db: Session) -> None:
        service.commit(db, filed.id, said, amount=800 * WAN, document="承诺", account="1", book=BOOK)

    with pytest.raises(Invalid) as refusal:
        database.write(db, commit)
    assert [error.code for error in refusal.value.errors] == ["over_cap"]


def test_one_old_loan_has_one_live_case(db: Session) -> None:
    people = fund_people(db)
    applied(db, people)
    with pytest.raises(Conflict):
        applied(db, people)


def test_a_step_from_an_old_version_is_a_conflict(db: Session) -> None:
    people = fund_people(db)
    filed = committed(db, people)
    late = act(people.approver, filed)
    database.write(db, lambda db: service.withdraw(db, filed.id, act(people.firm, filed)))
    assert refused(db, lambda db: service.approve(db, filed.id, late, book=BOOK)) == "move_not_possible"


def test_a_late_case_is_called_on_the_third_day_and_its_bank_stands_aside_until_all_is_back(db: Session) -> None:
    people = fund_people(db)
    filed = funded(db, people)  # due on the 27th
    assert watch_due(db, book=BOOK, at=moment(7)) == {"overdue": 0, "called": 0}
    assert watch_due(db, book=BOOK, at=moment(8)) == {"overdue": 1, "called": 0}
    assert watch_due(db, book=BOOK, at=moment(9)) == {"overdue": 0, "called": 0}
    assert watch_due(db, book=BOOK, at=moment(10)) == {"overdue": 0, "called": 1}
    assert watch_due(db, book=BOOK, at=moment(11)) == {"overdue": 0, "called": 0}
    firm, bank = people.firm.organisation_id, people.checker.organisation_id
    late = "转贷逾期：HT-001 贷款 HT-001 的转贷资金 2022-10-27 到期，还有 8,000,000.00 元没有归还。"
    assert told(db, "bridging.overdue") == [(firm, late), (bank, late)]
    [(told_to, text)] = told(db, "bridging.called")
    assert told_to == bank
    assert f"请按承诺书 {filed.case.commitment_document} 履行。追回以前，贵行暂停参加转贷。" in text
    other = applied(db, people, number="HT-009", amount=100 * WAN)
    promise = act(people.checker, other)

    def commit(db: Session) -> None:
        service.commit(db, other.id, promise, amount=200 * WAN, document="承诺", account="1", book=BOOK)

    assert refused(db, commit) == "bank_suspended"
    recover(db, people, filed.id, 400 * WAN, 10)
    assert [balance.out for balance in balances(db, people)] == [250 * WAN, 150 * WAN]
    assert refused(db, commit) == "bank_suspended"
    recover(db, people, filed.id, 400 * WAN, 11)
    case = reading.case_for(db, people.firm, filed.id).case
    # 8000 + 6400, three days of default at 4800, one at 2400
    assert (case.state, case.fee) == ("recovered", 1_440_000 + 3 * 480_000 + 240_000)
    database.write(db, commit)
    sound(db)


def come_back(db: Session, people: FundPeople, case_id: int, amount: int, days: int, verb: str) -> None:
    said = act(people.cashier, reading.case_for(db, people.cashier, case_id), days)
    running.take_back(db, case_id, said, verb=verb, day=moment(days).date(), book=BOOK, amount=amount)


def recover(db: Session, people: FundPeople, case_id: int, amount: int, days: int) -> None:
    database.write(db, lambda db: come_back(db, people, case_id, amount, days, "recover"))


def test_a_write_off_is_the_pools_loss_in_proportion_and_the_bank_stays_out(db: Session) -> None:
    people = fund_people(db)
    filed = funded(db, people)
    watch_due(db, book=BOOK, at=moment(12))
    recover(db, people, filed.id, 160 * WAN, 12)
    late = reading.case_for(db, people.approver, filed.id)
    said = act(people.approver, late, 30, "法院裁定终结执行")
    database.write(db, lambda db: running.write_off(db, filed.id, said))
    assert balances(db, people) == (
        PoolBalance(100 * WAN, 100 * WAN, 0, 0),
        PoolBalance(19_760 * WAN, 19_760 * WAN, 0, 0),
    )
    assert list(reading.standing_suspensions(db)) == [people.checker.organisation_id]
    sound(db)


def test_a_bank_that_performs_after_the_write_off_is_cleared(db: Session) -> None:
    people = fund_people(db)
    filed = funded(db, people)  # due on the 27th
    watch_due(db, book=BOOK, at=moment(10))
    late = reading.case_for(db, people.approver, filed.id)
    database.write(db, lambda db: running.write_off(db, filed.id, act(people.approver, late, 10, "停业")))
    lost = balances(db, people)
    assert (lost[0].capital, lost[1].capital) == (0, 19_700 * WAN)
    assert refused(db, lambda db: come_back(db, people, filed.id, 400 * WAN, 40, "recover")) == "move_not_possible"
    database.write(db, lambda db: come_back(db, people, filed.id, 400 * WAN, 40, "regain"))
    assert list(reading.standing_suspensions(db)) == [people.checker.organisation_id]
    database.write(db, lambda db: come_back(db, people, filed.id, 400 * WAN, 41, "regain"))
    case = reading.case_for(db, people.firm, filed.id).case
    # 14,400 for the seven days and three days of default at 4,800; nothing after the write-off
    assert (case.state, case.fee) == ("recovered", 1_440_000 + 3 * 480_000)
    assert reading.standing_suspensions(db) == {}
    assert [one.out for one in balances(db, people)] == [0, 0]
    assert balances(db, people)[0].capital == 500 * WAN + case.fee * 5 // 8
    made = statement_of(db, people.county_pool, moment(41).date())
    assert (made.moved["regain"], made.adds_up) == (500 * WAN, True)
    sound(db)


def test_nobody_sees_or_moves_anothers_case(db: Session) -> None:
    people = fund_people(db)
    filed = applied(db, people)
    strangers = [
        make_person(db, make_institution(db, "别家银行"), "checker"),
        make_person(db, make_bureau(db, "鲁山县财政局", region="410423"), "county_officer"),
    ]
    for stranger in strangers:
        with pytest.raises(NotFound):
            reading.case_for(db, stranger, filed.id)
    with pytest.raises(NotFound):
        reading.pool_for(db, strangers[1], people.county_pool.id or 0)
    assert reading.pools_for(db, people.county)[0].region == COUNTY
    with pytest.raises(Forbidden):
        service.approve(db, filed.id, act(people.cashier, filed), book=BOOK)


def test_an_old_loan_past_its_day_is_not_bridged(db: Session) -> None:
    people = fund_people(db)
    with pytest.raises(Invalid) as refusal:
        database.write(db, lambda db: service.apply(db, people.firm, asked(people), book=BOOK, at=moment(6)))
    assert [error.code for error in refusal.value.errors] == ["matured"]


def test_money_cannot_come_back_before_it_went_out(db: Session) -> None:
    people = fund_people(db)
    filed = lent_anew(db, people)
    said = act(people.cashier, filed, 7)

    def early(db: Session) -> None:
        running.take_back(db, filed.id, said, verb="return", day=date(2022, 10, 19), book=BOOK)

    assert refused(db, early) == "invalid"


def test_an_applied_case_stays_on_the_banks_list_below_however_many_newer_ones(app: Flask, db: Session) -> None:
    people = fund_people(db)
    old = applied(db, people)
    columns = old.case.model_dump(exclude={"id"})
    ended = [BridgingCase(**columns | {"old_loan": f"HT-1{n:02}", "state": "withdrawn"}) for n in range(51)]
    database.write(db, lambda db: db.add_all(ended))
    with app.test_request_context():
        found = list(tasks(db, people.checker, TODAY))
    assert [(task.url, task.due) for task in found] == [(f"/bridging/{old.id}", date(2022, 10, 25))]
