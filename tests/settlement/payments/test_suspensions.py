"""Serious dishonesty found after an award was accepted holds its payment for 12 months, at every door, and extinguishes nothing."""

from datetime import date

import pytest

from kernel.errors import Invalid, Refused
from settlement.awards.dishonesty import record_listing
from settlement.payments.payable_book import payable_book
from settlement.payments.sending import cancel_order
from tests.settlement.payments.payment_floor import ZHANHE, Counter


def list_as_dishonest(counter: Counter, code: str, since: date) -> None:
    counter.write(
        lambda db: record_listing(
            db, counter.operator, code=code, since=since, document="信用公示", at=counter.at, today=counter.today
        )
    )


def test_an_order_is_refused_while_the_listing_runs_and_pays_afterwards(counter: Counter) -> None:
    firm = counter.beneficiary("失信厂")
    counter.item(firm, 5_000_000)
    counter.budget(ZHANHE, 10_000_000)
    list_as_dishonest(counter, firm.code, date(2022, 11, 1))
    with pytest.raises(Invalid) as refused:
        counter.draw()
    assert [(one.code, one.text.zh) for one in refused.value.errors] == [
        ("suspended", "严重失信暂停给付，2023-11-01 起可付")
    ]
    counter.today = date(2023, 11, 1)
    counter.budget(ZHANHE, 10_000_000, year=2023)
    assert counter.draw().total == 5_000_000


def test_a_drawn_order_is_not_sent_either_and_the_claim_stays_on_the_books(counter: Counter) -> None:
    firm = counter.beneficiary("失信厂")
    counter.item(firm, 5_000_000)
    counter.budget(ZHANHE, 10_000_000)
    order = counter.draw()
    list_as_dishonest(counter, firm.code, counter.today)
    with pytest.raises(Invalid) as refused:
        counter.send(order)
    assert [one.code for one in refused.value.errors] == ["suspended"]
    assert counter.treasury.received == []
    counter.write(
        lambda db: cancel_order(db, counter.cashier, order.number, reason="失信", at=counter.at, today=counter.today)
    )
    assert payable_book(counter.db, ZHANHE).total.payable == 5_000_000


def test_the_growth_reward_of_a_bank_is_no_award_of_these_clauses(counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, 100, scheme="growth-reward")
    counter.budget(ZHANHE, 1_000)
    list_as_dishonest(counter, bank.code, counter.today)
    with pytest.raises((Invalid, Refused)) as refused:
        counter.draw()
    assert "suspended" not in [one.code for one in getattr(refused.value, "errors", ())]
