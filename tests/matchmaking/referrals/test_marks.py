"""Green channel, medium- and long-term, deposit, counter-guarantee: said beforehand, shown, kept, never more than was said."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session

from kernel.audit.service import entries_about
from kernel.clock import Clock
from kernel.errors import Invalid
from matchmaking.marks import MarkRules, mark_rules
from matchmaking.products.reading import asking_deposit
from matchmaking.referrals import service
from matchmaking.referrals.asking import Approval, check_asked
from tests.factories import Robot, Visitor, make_token, username_of
from tests.matchmaking.people import NOW, PRODUCT, ask, bank, firm, offer, party_code
from tests.matchmaking.referrals.city import BOOK, GRANTED, contacted, days_on, delivered, now, write

TODAY = date(2022, 10, 20)
RULES = MarkRules(long_over=12, trade_sections=frozenset("FH"))
ASKING = {"deposit_percent": Decimal(10), "deposit_reason": "无抵押物，存单质押"}
GUARANTEED = replace(PRODUCT, guarantee_kinds=("guarantor",), counter_guarantees=("surety",), **ASKING)
BACKED = Approval(200_000_000, Decimal("4.2"), 12, "guarantor")


@pytest.mark.parametrize(
    ("industry", "size", "may"),
    [
        ("F52", "micro", True),
        ("H62", "small", True),
        ("F51", "medium", False),
        ("C33", "small", False),
        ("C33", "individual_business", True),
    ],
)
def test_the_green_channel_is_for_small_trade_firms_and_individual_businesses(
    industry: str, size: str, may: bool
) -> None:
    assert RULES.may_take_green_channel(industry, size) is may


def test_a_loan_is_medium_or_long_term_beyond_twelve_months() -> None:
    assert mark_rules(BOOK, TODAY) == RULES
    assert [RULES.is_long(months) for months in (None, 12, 13)] == [False, False, True]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"deposit": 20_000_000}, None),
        ({"deposit": 20_000_001}, "deposit_not_announced"),
        ({"counter_guarantees": ("surety",)}, None),
        ({"counter_guarantees": ("mortgage",)}, "counter_not_announced"),
        ({"guarantee": "surety", "counter_guarantees": ("surety",)}, "no_guarantor"),
    ],
)
def test_no_more_can_be_asked_for_than_the_product_said(asked: dict[str, Any], code: str | None) -> None:
    granted = replace(BACKED, **asked)
    if code is None:
        check_asked(granted, GUARANTEED)
        return
    with pytest.raises(Invalid) as refused:
        check_asked(granted, GUARANTEED)
    assert refused.value.errors[0].code == code


def test_a_referral_keeps_its_marks_from_delivery_and_approval(db: Session) -> None:
    city = delivered(db)
    far = [one for one in city.referrals if one.product.name == "信用快贷"]
    lane = {one.enterprise.name: one.referral.is_green_channel for one in far}
    assert lane["李记粮油商行"]
    assert not any(is_in for name, is_in in lane.items() if name != "李记粮油商行")
    one = far[0]
    contacted(db, city.bank_of(one), one)
    too_much = replace(GRANTED, deposit=10_000_001)
    with pytest.raises(Invalid):
        write(db, service.approve, city.bank_of(one), one.id, granted=too_much, at=days_on(4))
    granted = replace(GRANTED, deposit=10_000_000, term=24)
    write(db, service.approve, city.bank_of(one), one.id, granted=granted, at=days_on(4))
    kept = now(db, city.people.organiser, one).referral
    assert (kept.deposit, kept.approved_term, kept.counter_guarantees) == (10_000_000, 24, ())
    (entry,) = [e for e in entries_about(db, ("referral", one.id)) if e.act == "referral.approve"]
    assert '"deposit":10000000' in entry.detail.replace(" ", "")


def test_pages_and_api_show_the_marks_to_both_sides(app: Flask, db: Session) -> None:
    city = delivered(db)
    app.extensions["clock"] = Clock.starting_at(days_on(1))
    one = next(one for one in city.referrals if one.referral.is_green_channel)
    bank_page = Visitor(app, username_of(db, city.bank_of(one)))
    assert "绿色通道" in bank_page.get("/referrals").text
    contacted(db, city.bank_of(one), one)
    form = bank_page.get(f"/referrals/{one.id}").text
    assert "原则上不收取贷款保证金" in form
    refused = bank_page.post(
        f"/referrals/{one.id}/bank/approve",
        amount="1000000.00",
        rate="4.2",
        term="36",
        guarantee="surety",
        deposit="60000",
    )
    assert (refused.status_code, "保证金最多 50000.00 元" in refused.text) == (422, True)
    taken = bank_page.post(
        f"/referrals/{one.id}/bank/approve",
        amount="1000000.00",
        rate="4.2",
        term="36",
        guarantee="surety",
        deposit="50000",
    )
    assert taken.status_code == 302
    owner = city.firm_of(one)
    seen = Visitor(app, username_of(db, owner)).get(f"/referrals/{one.id}").text
    assert all(words in seen for words in ("绿色通道", "中长期", "收了保证金", "5 万元"))
    robot = Robot(app, make_token(db, owner, "matchmaking:read"))
    listed = robot.get("/referrals?green_channel=true").json
    assert [(row["id"], row["deposit"], row["medium_long_term"], row["green_channel"]) for row in listed["items"]] == [
        (one.id, "50000.00", True, True)
    ]


def test_a_product_that_asks_for_a_deposit_says_so_and_why(app: Flask, db: Session) -> None:
    lender = bank(db)
    robot = Robot(app, make_token(db, lender, "matchmaking:read", "matchmaking:write"))
    body: dict[str, Any] = {
        "name": "担保贷",
        "amount_min": "100000",
        "amount_max": "5000000",
        "term_min": 3,
        "term_max": 36,
        "rate_min": "3.85",
        "rate_max": "4.65",
        "guarantee_kinds": ["surety"],
        "promised_days": 5,
        "deposit_percent": "10",
        "counter_guarantees": ["surety"],
    }
    refused = robot.send("POST", "/products", json=body)
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json["errors"]} == {"deposit_reason", "counter_guarantees"}
    said = body | {"deposit_reason": "存单质押", "guarantee_kinds": ["guarantor"]}
    made = robot.send("POST", "/products", json=said).json
    assert (made["deposit_percent"], made["counter_guarantees"], made["medium_long_term"]) == (
        "10.00",
        ["surety"],
        True,
    )


def test_a_firm_reads_of_deposit_counter_guarantee_and_green_channel_before_it_ranks(app: Flask, db: Session) -> None:
    asking, easy = bank(db), bank(db, "应河城市商业银行")
    both = {"guarantee_kinds": ("surety", "guarantor"), "counter_guarantees": ("mortgage",)}
    offer(db, asking, name="存单贷", **both, **ASKING)
    offer(db, easy, name="商贸快贷", green_channel=True)
    trader = firm(db, "李记粮油商行", size_class="individual_business", industry="F52")
    filed = ask(db, trader)
    app.extensions["clock"] = Clock.starting_at(NOW)
    visitor = Visitor(app, username_of(db, trader))
    offers = visitor.get(f"/find/{filed.id}").text
    assert all(words in offers for words in ("10.00%，最多 30 万元", "担保公司要抵押反担保", "你能走，先办快办"))
    assert "沙河农村商业银行（产品都要保证金）" in visitor.get(f"/find/{filed.id}/edit").text
    assert asking_deposit(db) == {party_code(db, asking)}
    robot = Robot(app, make_token(db, trader, "matchmaking:read"))
    besides = robot.get(f"/requests/{filed.id}/offers").json["asked_besides"]
    assert {row["deposit_percent"] for row in besides} == {"0.00", "10.00"}
    for mark, names in (
        ("green_channel", ["商贸快贷"]),
        ("no_deposit", ["商贸快贷"]),
        ("medium_long_term", ["存单贷", "商贸快贷"]),
    ):
        found = robot.get(f"/products?mark={mark}").json["items"]
        assert sorted(row["name"] for row in found) == sorted(names), mark
