"""Who could lend: live answers to drafts, loosenings with their price, how far a product reaches."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import Session

from kernel.errors import NotFound, Refused
from matchmaking.matching.near_miss import NearMiss
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.offers import service
from matchmaking.offers.words import card_reasons, loosening, worth_showing
from matchmaking.requests.terms import Asker, in_market
from tests.matchmaking.people import PRODUCT, REQUEST, ask, bank, draft, firm, offer

TODAY = date(2022, 10, 20)
POLICY = MatchingPolicy()
ASKED = in_market(REQUEST, Asker("E1", "恒润", "C33", "410402"), code="R1", submitted_at="2022-10-20")
FEE = Decimal("0.01")


def test_a_draft_gets_a_live_answer_with_what_is_missing(db: Session) -> None:
    mine, lender = firm(db), bank(db)
    offer(db, lender)
    offer(db, lender, name="贵一点", rate_min=Decimal("4.95"), rate_max=Decimal("6"))
    offer(db, lender, name="要抵押", guarantee_kinds=("mortgage",))
    answer = service.answer(db, mine, draft(db, mine).id, policy=POLICY, day=TODAY)
    assert [one.product.name for one in answer.after.offers] == ["小微保证贷"]
    assert [miss.code for miss in answer.before.near_misses] == ["rate_ceiling+15bp:1", "guarantee+mortgage:1"]
    assert dict(answer.after.refused) == {"rate_ceiling": 1, "guarantee": 1}
    assert (answer.banks_open, answer.closed_products) == (1, 2)


def test_ticked_loosenings_are_reckoned_with_and_change_nothing(db: Session) -> None:
    mine, lender = firm(db), bank(db)
    offer(db, lender)
    offer(db, lender, name="贵一点", rate_min=Decimal("4.95"), rate_max=Decimal("6"))
    filed = draft(db, mine)
    answer = service.answer(db, mine, filed.id, policy=POLICY, day=TODAY, chosen={"rate_ceiling": "15"})
    assert (answer.before.open_products, answer.after.open_products) == (1, 2)
    assert answer.terms.rate_ceiling == Decimal("4.95")
    assert service.answer(db, mine, filed.id, policy=POLICY, day=TODAY).filed.version.number == 1


def test_certified_tags_open_products_made_for_them(db: Session) -> None:
    offer(db, bank(db), required_tags=("specialised",))
    plain, special = firm(db), firm(db, "清源环保设备有限公司", "specialised")
    assert service.answer(db, plain, draft(db, plain).id, policy=POLICY, day=TODAY).after.open_products == 0
    assert service.answer(db, special, draft(db, special).id, policy=POLICY, day=TODAY).after.open_products == 1


def test_nobody_asks_about_anothers_request(db: Session) -> None:
    filed = draft(db, firm(db))
    with pytest.raises(NotFound):
        service.answer(db, firm(db, "清源环保设备有限公司"), filed.id, policy=POLICY, day=TODAY)


def test_a_bank_learns_how_many_live_requests_its_terms_would_meet(db: Session) -> None:
    for number in range(5):
        ask(db, firm(db, f"企业{number}"))
        ask(db, firm(db, f"质押企业{number}"), guarantee_kinds=("pledge",))
    draft(db, firm(db, "李记粮油商行"))
    reach = service.reach(db, bank(db), terms=PRODUCT, day=TODAY)
    assert (reach.meets, reach.live, dict(reach.refused)) == (5, 10, {"guarantee": 5})


def test_fewer_than_five_are_not_counted_out_so_that_no_single_request_can_be_read_off(db: Session) -> None:
    for number in range(4):
        ask(db, firm(db, f"企业{number}"))
    ask(db, firm(db, "质押企业"), guarantee_kinds=("pledge",))
    reach = service.reach(db, bank(db), terms=PRODUCT, day=TODAY)
    assert (reach.meets, dict(reach.refused)) == (None, {})


def test_a_rate_loosened_beyond_the_limit_is_refused(db: Session) -> None:
    mine = firm(db)
    filed = draft(db, mine)
    with pytest.raises(Refused):
        service.answer(db, mine, filed.id, policy=POLICY, day=TODAY, chosen={"rate_ceiling": "3600"})


def test_a_card_gives_at_most_three_reasons() -> None:
    product = replace(PRODUCT, required_tags=("first_loan",)).in_market("P1", "B1")
    reasons = card_reasons(ASKED, product)
    assert [reason.zh for reason in reasons] == ["接受保证，额度 10 万到 500 万", "答应 5 个工作日内答复", "专给首贷"]


def test_an_amount_just_at_the_limit_is_said() -> None:
    product = replace(PRODUCT, amount_max=REQUEST.amount).in_market("P1", "B1")
    assert card_reasons(ASKED, product)[0].zh == "300 万正好是这款的上限"


@pytest.mark.parametrize(
    ("miss", "label", "price"),
    [
        (NearMiss("rate_ceiling", "20", 7), "利率放到 5.00%", "按 300 万算，一年最多多付 6,000 元"),
        (NearMiss("guarantee", "guarantor", 12), "加一家担保公司", "担保费按 1% 算，一年约 3 万元"),
        (NearMiss("term", "24", 3), "期限改成 24 个月", "晚 12 个月还清，多出的月份另算利息"),
        (NearMiss("term", "6", 3), "期限改成 6 个月", "要早 6 个月还清"),
        (NearMiss("amount", "250000000", 2), "金额降到 250 万元", "少贷 50 万元"),
    ],
)
def test_every_loosening_says_its_price(miss: NearMiss, label: str, price: str) -> None:
    told = loosening(ASKED, miss, fee=FEE)
    assert (told.label.zh, told.price.zh, told.gain.zh) == (label, price, f"＋{miss.opens} 款")


def test_one_step_of_each_change_is_shown_the_one_that_opens_most() -> None:
    misses = (
        NearMiss("rate_ceiling", "5", 1),
        NearMiss("rate_ceiling", "20", 7),
        NearMiss("guarantee", "credit", 1),
        NearMiss("guarantee", "mortgage", 4),
        NearMiss("guarantee", "guarantor", 9),
    )
    assert [(miss.change, miss.value) for miss in worth_showing(misses)] == [
        ("rate_ceiling", "20"),
        ("guarantee", "guarantor"),
        ("guarantee", "mortgage"),
    ]
