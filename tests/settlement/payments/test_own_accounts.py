"""An institution keeps its own payee account: maker and checker of it, then the bureau, then the waiting time."""

from datetime import date

import pytest
from flask import Flask

from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from settlement.payments.books.checking import standing_whole_violations
from settlement.payments.models import PayeeAccount
from settlement.payments.own_accounts import confirm_own, enter_own, own_in_force, own_versions
from settlement.payments.payees import AccountDetails, check_payee, payee_by_id
from settlement.payments.rules import payment_rules
from tests.factories import Visitor, username_of
from tests.settlement.filing_floor import Bank, make_bank
from tests.settlement.payments.payment_floor import Counter

DETAILS = AccountDetails("沙河农村商业银行", "6222000011112222", "沙河农商行营业部", "402495000018", "沙函〔2022〕3号")


@pytest.fixture
def bank(counter: Counter) -> Bank:
    return make_bank(counter.db)


def entered(counter: Counter, bank: Bank) -> PayeeAccount:
    row: PayeeAccount = counter.write(lambda db: enter_own(db, bank.maker, DETAILS, at=counter.at))
    return row


def confirmed(
    counter: Counter, bank: Bank, row: PayeeAccount, *, accept: bool = True, reason: str = ""
) -> PayeeAccount:
    number = row.id or 0
    found: PayeeAccount = counter.write(
        lambda db: confirm_own(db, bank.checker, number, accept=accept, reason=reason, at=counter.at)
    )
    return found


def test_three_hands_and_the_waiting_time_stand_before_the_first_payment(counter: Counter, bank: Bank) -> None:
    row = entered(counter, bank)
    rules, number = payment_rules(counter.book, counter.today), row.id or 0

    def check() -> PayeeAccount:
        found: PayeeAccount = counter.write(
            lambda db: check_payee(
                db,
                counter.reviewer,
                payee_by_id(db, number),
                accept=True,
                rules=rules,
                calendar=counter.calendar,
                at=counter.at,
                today=counter.today,
            )
        )
        return found

    with pytest.raises(Conflict, match="payee_moved"):
        check()
    assert confirmed(counter, bank, row).state == "proposed"
    done = check()
    assert (done.state, done.confirmed_by, done.checked_by) == (
        "checked",
        bank.checker.account_id,
        counter.reviewer.account_id,
    )
    starts = done.effective_from or date.max
    assert starts > counter.today
    assert own_in_force(counter.db, bank.maker, counter.today) is None
    assert (own_in_force(counter.db, bank.maker, starts) or row).id == number
    assert standing_whole_violations(counter.db) == []


def test_one_entry_waits_at_a_time_and_a_refused_one_is_kept(counter: Counter, bank: Bank) -> None:
    row = entered(counter, bank)
    with pytest.raises(Conflict, match="payee_waits"):
        entered(counter, bank)
    with pytest.raises(Conflict, match="payee_waits"):
        counter.account(bank.party.code)
    with pytest.raises(Invalid):
        confirmed(counter, bank, row, accept=False)
    assert confirmed(counter, bank, row, accept=False, reason="账号少一位").state == "refused"
    again = entered(counter, bank)
    assert [(one.version, one.state) for one in own_versions(counter.db, bank.checker)] == [
        (2, "entered"),
        (1, "refused"),
    ]
    assert again.version == 2


def test_nobody_else_enters_or_confirms_it(counter: Counter, bank: Bank) -> None:
    stranger = make_bank(counter.db, "香山农村商业银行", "410421")
    for other in (bank.checker, counter.operator):
        with pytest.raises(Forbidden):
            counter.write(lambda db, other=other: enter_own(db, other, DETAILS, at=counter.at))
    row = entered(counter, bank)
    number = row.id or 0
    for other, refusal in ((bank.maker, Forbidden), (counter.reviewer, Forbidden), (stranger.checker, NotFound)):
        with pytest.raises(refusal):
            counter.write(lambda db, other=other: confirm_own(db, other, number, accept=True, at=counter.at))


def test_the_page_takes_an_entry_and_hands_it_to_the_checker(app: Flask, counter: Counter, bank: Bank) -> None:
    maker, checker = (Visitor(app, username_of(counter.db, one)) for one in (bank.maker, bank.checker))
    sent = maker.post("/own-account", **{**DETAILS.__dict__, "account_number": "12"})
    assert (sent.status_code, "8 到 34 位" in sent.text) == (422, True)
    assert maker.post("/own-account", **DETAILS.__dict__).status_code == 302
    assert "等你确认" in checker.get("/own-account").text
    assert "确认本机构的收款账户" in checker.get("/").text
    counter.db.rollback()
    (row,) = own_versions(counter.db, bank.maker)
    assert checker.post(f"/own-account/{row.id}/confirm", accept="true").status_code == 302
    counter.db.rollback()
    assert own_versions(counter.db, bank.maker)[0].state == "proposed"
