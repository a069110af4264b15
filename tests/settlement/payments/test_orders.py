"""Orders: what is paid, set off, carried or cut; what refuses an order; and that the books hold after each."""

import pytest

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from kernel.ledger import funds
from kernel.ledger.balances import balances
from settlement.payments import orders
from settlement.payments.invariants import violations
from settlement.payments.payable_book import payable_book
from settlement.payments.workflow import CANCELLED, DRAWN, SENT, SETTLED
from tests.settlement.payments.payment_floor import ZHANHE, Counter, with_value


def sound(counter: Counter) -> bool:
    return violations(counter.db) == []


def test_a_claim_is_ordered_sent_and_paid_and_the_books_follow(counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, 5_000_000)
    counter.budget(ZHANHE, 8_000_000)
    order = counter.draw()
    assert (order.number, order.state, order.total) == ("PO-410411-2022-0001", DRAWN, 5_000_000)
    assert funds.available(counter.db, ZHANHE, 2022) == 3_000_000
    assert counter.send(order).state == SENT
    assert [reference for reference, _ in counter.treasury.received] == [order.number]
    counter.receipt_of(order)
    assert orders.order_by_number(counter.db, order.number).state == SETTLED
    assert balances(counter.db, ZHANHE) == {
        "appropriation": -8_000_000, "available": 3_000_000, "committed": 0, "spent": 5_000_000,
        "award": 5_000_000, "payable": 0, "in_transit": 0, "paid": -5_000_000,
    }  # fmt: skip
    assert sound(counter)


def test_each_payer_is_ordered_its_own_share(counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, 3_150_681, shares=(("city", 1_575_341), (ZHANHE, 1_575_340)))
    counter.budget("city", 10_000_000)
    counter.budget(ZHANHE, 10_000_000)
    assert counter.draw("city").total == 1_575_341
    assert counter.draw(ZHANHE).total == 1_575_340
    assert sound(counter)


def test_nothing_is_paid_twice(counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, 100)
    counter.budget(ZHANHE, 1_000)
    counter.draw()
    with pytest.raises(Refused) as refused:
        counter.draw()
    assert refused.value.code == "nothing_due"
    assert sound(counter)


def test_only_the_cashier_pays_and_only_who_has_not_signed(counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    item = counter.item(bank, 100)
    counter.budget(ZHANHE, 1_000)
    for other in (counter.operator, counter.reviewer, counter.approver):
        with pytest.raises(Forbidden):
            counter.draw(by=other)
    counter.change(item, hands=frozenset({*list(item.hands)[:2], counter.cashier.account_id}))
    with pytest.raises(Invalid) as refused:
        counter.draw()
    assert [error.code for error in refused.value.errors] == ["same_person"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"held": True}, "held"),
        ({"present_digest": "f" * 64}, "changed_since_approval"),
        ({"hands": frozenset({1, 2})}, "too_few_hands"),
    ],
)
def test_an_item_that_may_not_be_paid_refuses_the_order(
    counter: Counter, changed: dict[str, object], code: str
) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    counter.change(counter.item(bank, 100), **changed)
    counter.budget(ZHANHE, 1_000)
    with pytest.raises(Invalid) as refused:
        counter.draw()
    assert [error.code for error in refused.value.errors] == [code]


def test_an_unapproved_item_is_not_even_taken_in(counter: Counter) -> None:
    counter.change(counter.item(counter.beneficiary("沙河农村商业银行"), 100), is_approved=False)
    with pytest.raises(Refused) as refused:
        counter.draw()
    assert refused.value.code == "not_approved"


def test_a_missing_or_waiting_account_refuses_until_its_day(counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行", with_account=False)
    counter.item(bank, 100)
    counter.budget(ZHANHE, 1_000)
    with pytest.raises(Invalid) as refused:
        counter.draw()
    assert [error.code for error in refused.value.errors] == ["payee_missing"]
    counter.account(bank.code, on=counter.today)
    with pytest.raises(Invalid):
        counter.draw()
    counter.later(days=3)  # 21 November 2022 is a Monday; three working days later is Thursday the 24th
    assert counter.draw().total == 100


def test_a_blocked_statement_can_be_left_out_by_its_number(counter: Counter) -> None:
    held = counter.change(counter.item(counter.beneficiary("甲村镇银行"), 100), held=True)
    counter.item(counter.beneficiary("乙村镇银行"), 200)
    counter.budget(ZHANHE, 1_000)
    assert counter.draw(leave_out=[held.statement_number]).total == 200


def test_the_growth_reward_waits_for_its_decisions(counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, 100, scheme="growth-reward", number="GR-2022Q3-0001")
    counter.budget(ZHANHE, 1_000)
    with pytest.raises(Invalid) as refused:
        counter.draw()
    assert [error.code for error in refused.value.errors] == ["policy_undecided", "policy_undecided"]
    decided = with_value(counter.book, "growth-reward", "payer", "fiscal_shares")
    counter.book = decided
    with pytest.raises(Invalid):
        counter.draw()
    counter.book = with_value(decided, "growth-reward", "central_bank_deduction", False)
    assert counter.draw().total == 100


def test_nothing_is_paid_where_the_central_bank_pays_or_its_money_was_not_deducted(counter: Counter) -> None:
    item = counter.item(counter.beneficiary("沙河农村商业银行"), 100, scheme="growth-reward", number="GR-2022Q3-0001")
    counter.budget(ZHANHE, 1_000)
    undecided = counter.book
    for payer, code in (("central_bank_tool", "central_bank_pays"), ("fiscal_shares", "central_bank_not_deducted")):
        counter.book = with_value(
            with_value(undecided, "growth-reward", "payer", payer), "growth-reward", "central_bank_deduction", True
        )
        with pytest.raises(Invalid) as refused:
            counter.draw()
        assert [error.code for error in refused.value.errors] == [code]
    counter.change(item, deducts_central_bank=True)
    assert counter.draw().total == 100


def test_a_row_that_awaits_a_document_is_not_paid_before_it(counter: Counter) -> None:
    counter.item(counter.beneficiary("沙河农村商业银行"), 100, scheme="equipment-subsidy")
    counter.budget(ZHANHE, 1_000)
    with pytest.raises(Invalid) as refused:
        counter.draw()
    assert [error.code for error in refused.value.errors] == ["policy_undecided"]


def test_a_change_after_the_preview_refuses_the_confirmed_digest(counter: Counter) -> None:
    counter.item(counter.beneficiary("沙河农村商业银行"), 100)
    counter.budget(ZHANHE, 1_000)
    with pytest.raises(Conflict) as refused:
        counter.draw(digest="0" * 64)
    assert refused.value.code == "changed_since_shown"


def test_without_a_budget_nothing_is_ordered_and_all_stays_due(counter: Counter) -> None:
    counter.item(counter.beneficiary("沙河农村商业银行"), 100)
    with pytest.raises(Refused) as refused:
        counter.draw()
    assert refused.value.code == "no_budget"


def test_what_the_budget_does_not_cover_is_carried_and_paid_later(counter: Counter) -> None:
    counter.item(counter.beneficiary("甲村镇银行"), 400, quarter="2022Q2", batch="B-2022Q2")
    counter.item(counter.beneficiary("乙村镇银行"), 700)
    counter.item(counter.beneficiary("丙村镇银行"), 300)
    counter.budget(ZHANHE, 750)
    counter.draw(batch="B-2022Q2")
    order = counter.draw()
    assert order.total == 300
    figures = payable_book(counter.db, ZHANHE).total
    assert (figures.due, figures.in_transit, figures.carried, figures.payable) == (1400, 700, 700, 0)
    counter.budget(ZHANHE, 1_000)
    assert counter.draw().total == 700
    assert payable_book(counter.db, ZHANHE).total.carried == 0
    assert sound(counter)


def test_pro_rata_cuts_every_claim_alike_and_keeps_the_cut_on_the_books(counter: Counter) -> None:
    counter.book = with_value(counter.book, "settlement-calendar", "budget_shortage", "pro_rata")
    counter.item(counter.beneficiary("甲村镇银行"), 200)
    counter.item(counter.beneficiary("乙村镇银行"), 100)
    counter.budget(ZHANHE, 100)
    order = counter.draw()
    assert [one.amount for one in orders.payments_of(counter.db, order)] == [67, 33]
    figures = payable_book(counter.db, ZHANHE).total
    assert (figures.due, figures.in_transit, figures.cut, figures.still_owed) == (300, 100, 200, 0)
    assert sound(counter)


def test_a_recovery_is_set_off_against_what_is_due(counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, 1_000, quarter="2022Q2", batch="B-2022Q2", number="FE-2022Q2-0001")
    counter.budget(ZHANHE, 10_000)
    first = counter.draw(batch="B-2022Q2")
    counter.send(first)
    counter.receipt_of(first)
    counter.item(bank, -400, quarter="2022Q2", number="FE-2022Q2-0001", revision=2)
    counter.item(bank, 900)
    order = counter.draw()
    assert order.total == 500
    lines = payable_book(counter.db, ZHANHE).lines
    assert [(one.key.quarter, one.figures.due, one.figures.paid, one.figures.set_off) for one in lines] == [
        ("2022Q2", 600, 1_000, -400),
        ("2022Q3", 900, 0, 400),
    ]
    assert sound(counter)


def test_a_wholly_set_off_claim_needs_no_payment(counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, -400, number="FE-2022Q2-0001", quarter="2022Q2")
    counter.item(bank, 300)
    order = counter.draw()
    assert (order.total, order.state) == (0, SETTLED)
    assert payable_book(counter.db, ZHANHE).total.recoverable == 100
    assert sound(counter)


def test_a_cancelled_order_gives_everything_back(counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, -400, number="FE-2022Q2-0001", quarter="2022Q2")
    counter.item(bank, 900)
    counter.item(counter.beneficiary("乙村镇银行"), 5_000)
    counter.budget(ZHANHE, 1_000)
    order = counter.draw()
    assert order.total == 500
    assert counter.cancel(order).state == CANCELLED
    figures = payable_book(counter.db, ZHANHE).total
    assert (figures.payable, figures.carried, figures.recoverable, figures.in_transit) == (900, 5_000, 400, 0)
    assert funds.available(counter.db, ZHANHE, 2022) == 1_000
    assert sound(counter)
    with pytest.raises(Conflict):
        counter.send(order)
    assert counter.draw().total == 500


def test_cancelling_an_order_leaves_alone_what_a_later_order_paid_of_what_it_carried(counter: Counter) -> None:
    counter.item(counter.beneficiary("甲村镇银行"), 300)
    counter.item(counter.beneficiary("乙村镇银行"), 700)
    counter.budget(ZHANHE, 500)
    first = counter.draw()
    counter.budget(ZHANHE, 700)
    second = counter.draw()
    assert (first.total, second.total) == (300, 700)
    counter.cancel(first)
    figures = payable_book(counter.db, ZHANHE).total
    assert (figures.payable, figures.carried, figures.in_transit) == (300, 0, 700)
    assert sound(counter)


def test_a_claim_taken_in_with_other_figures_is_refused(counter: Counter) -> None:
    item = counter.item(counter.beneficiary("沙河农村商业银行"), 100)
    counter.budget(ZHANHE, 1_000)
    order = counter.draw()
    counter.change(item, amount=90, shares=((ZHANHE, 90),))
    with pytest.raises(Conflict) as refused:
        counter.draw()
    assert refused.value.code == "changed_since_approval"
    with pytest.raises(Invalid) as unsent:
        counter.send(order)
    assert unsent.value.errors[0].code == "changed_since_approval"
    assert counter.treasury.received == []


def test_what_is_no_longer_what_was_approved_is_left_out_of_an_order(counter: Counter) -> None:
    taken_in = counter.item(counter.beneficiary("甲村镇银行"), 100)
    unapproved = counter.item(counter.beneficiary("乙村镇银行"), 200)
    counter.budget(ZHANHE, 1_000)
    aside = [taken_in.statement_number, unapproved.statement_number]
    counter.item(counter.beneficiary("丙村镇银行"), 5)
    assert counter.draw(leave_out=aside).total == 5
    counter.change(taken_in, amount=90, shares=((ZHANHE, 90),))
    counter.change(unapproved, is_approved=False)
    counter.item(counter.beneficiary("丁村镇银行"), 7)
    with pytest.raises(Conflict):
        counter.draw()
    assert counter.draw(leave_out=aside).total == 7
    assert sound(counter)


FIELD_CHANGES = {
    "statement_number": "FE-2022Q3-9999",
    "revision": 2,
    "kind": "adjustment",
    "beneficiary_id": 999_999,
    "beneficiary_code": "91410402MA0000015P",
    "beneficiary_name": "另一家银行",
    "scheme": "specialised-firm-award",
    "quarter": "2022Q2",
    "amount": 101,
    "shares": ((ZHANHE, 101),),
    "approved_digest": "a" * 64,
    "present_digest": "b" * 64,
    "hands": frozenset({1}),
    "is_approved": False,
    "held": True,
    "deducts_central_bank": True,
}


def test_a_field_changed_between_approval_and_sending_is_refused(counter: Counter) -> None:
    item = counter.item(counter.beneficiary("沙河农村商业银行"), 100)
    counter.budget(ZHANHE, 1_000)
    order = counter.draw()
    for name, value in FIELD_CHANGES.items():
        changed = counter.change(item, **{name: value})
        with pytest.raises(Invalid):
            counter.send(order)
        assert (counter.treasury.received, orders.order_by_number(counter.db, order.number).state) == ([], DRAWN), name
        counter.change(changed, **{name: getattr(item, name)})
    assert counter.send(order).state == SENT


def test_a_payee_changed_between_drawing_and_sending_is_refused(counter: Counter) -> None:
    bank = counter.beneficiary("沙河农村商业银行")
    counter.item(bank, 100)
    counter.budget(ZHANHE, 1_000)
    order = counter.draw()
    counter.account(bank.code, number="6222999999999999")
    with pytest.raises(Invalid) as refused:
        counter.send(order)
    assert [error.code for error in refused.value.errors] == ["payee_changed"]
    assert counter.treasury.received == []


def test_an_order_of_an_unknown_batch_is_refused(counter: Counter) -> None:
    with pytest.raises(NotFound):
        counter.draw(batch="B-1999Q1")
    assert orders.orders_of(counter.db) == []
