"""Parts are exact, add up, and mirror a recovery."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Refused
from kernel.policies import PolicySilent, Value
from settlement.fiscal_shares import CITY, Split, share_rule_in_force, split
from tests.settlement.worked_examples import book

RULE = share_rule_in_force(book(), date(2022, 3, 31))
REGIONS = ["410402", "410404", "410411", "410422", "410482"]
WAYS: list[Split] = ["closing_sentence", "province_first", "city_alone"]
AMOUNTS = st.integers(-(10**17), 10**17)


@given(AMOUNTS, st.sampled_from(REGIONS), st.sampled_from(WAYS))
def test_parts_add_up_to_the_fen(amount: int, region: str, by: Split) -> None:
    assert sum(share.amount for share in split(amount, region, RULE, by)) == amount


@given(AMOUNTS, st.sampled_from(REGIONS), st.sampled_from(WAYS))
def test_a_recovery_takes_from_each_what_the_award_gave(amount: int, region: str, by: Split) -> None:
    given_, taken = split(amount, region, RULE, by), split(-amount, region, RULE, by)
    assert [(share.payer, -share.amount) for share in given_] == [(share.payer, share.amount) for share in taken]


@given(AMOUNTS, st.sampled_from(["0.5", "0.3", "0.333"]), st.sampled_from(["city", "region"]))
def test_no_part_is_a_fen_or_more_from_its_share(amount: int, city: str, owner: str) -> None:
    rule = replace(RULE, inner_city_share=Decimal(city), inner_region_share=1 - Decimal(city), odd_fen_owner=owner)
    for share in split(amount, "410402", rule):
        assert abs(share.amount - amount * share.part) < 1


def test_the_odd_fen_follows_the_policy() -> None:
    to_region = replace(RULE, odd_fen_owner="region")
    assert [(share.payer, share.amount) for share in split(3, "410402", RULE)] == [(CITY, 2), ("410402", 1)]
    assert [(share.payer, share.amount) for share in split(3, "410402", to_region)] == [(CITY, 1), ("410402", 2)]


def test_a_day_without_shares_is_refused() -> None:
    with pytest.raises(PolicySilent):
        share_rule_in_force(book(), date(2021, 12, 31))


def test_shares_that_do_not_add_up_are_refused() -> None:
    policies = book()
    scheme = policies.scheme("fiscal-shares")
    less = Value("inner_city_share", Decimal("0.4"), date(2022, 1, 1), None, "一份文件", "default")
    with pytest.raises(Refused):
        share_rule_in_force(policies.replacing(scheme.replacing("inner_city_share", less)), date(2022, 3, 31))
