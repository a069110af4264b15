"""Fiscal shares against a second opinion in fractions: every region, every way to split, every odd fen."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import get_args

from settlement.fiscal_shares import Split, share_rule_in_force, split, split_mode
from tests.seeds import is_full, seeded
from tests.settlement import shares_oracle as oracle
from tests.settlement.worked_examples import book

RULE = share_rule_in_force(book(), date(2022, 3, 31))
SAMPLES = 10_000 if is_full() else 500
NEAR = (0, 1, 2, 3, 199, 20_000_000, 31_506_81, 10**17)
CITY_PARTS = ("0.5", "0.3", "0.25", "0.333", "0.125", "1", "0")


def _amount(pick: random.Random) -> int:
    size = pick.choice(NEAR) + pick.choice((-1, 0, 1)) if pick.random() < 0.5 else pick.randrange(10**12)
    return size * pick.choice((-1, 1))


def _found(amount: int, region: str, way: str, city: str, owner: str) -> dict[str, int]:
    rule = replace(RULE, inner_city_share=Decimal(city), inner_region_share=1 - Decimal(city), odd_fen_owner=owner)
    return {share.payer: share.amount for share in split(amount, region, rule, split_mode(way))}


def test_every_region_and_every_way_agree_to_the_fen() -> None:
    assert set(oracle.WAYS) == set(get_args(Split))
    pick = seeded()
    for _ in range(SAMPLES):
        amount, city, owner = _amount(pick), pick.choice(CITY_PARTS), pick.choice(("city", "region"))
        for region in oracle.REGIONS:
            for way in oracle.WAYS:
                expected = oracle.shares(amount, region, way, city=Fraction(city), owner=owner)
                assert _found(amount, region, way, city, owner) == expected, (amount, region, way, city, owner)


def test_the_small_amounts_agree_one_by_one() -> None:
    for amount in range(-400, 401):
        for owner in ("city", "region"):
            for region in oracle.REGIONS:
                for way in ("closing_sentence", "province_first"):
                    expected = oracle.shares(amount, region, way, owner=owner)
                    assert _found(amount, region, way, "0.5", owner) == expected, (amount, region, way, owner)


def test_what_the_notice_says_is_what_both_say() -> None:
    assert oracle.shares(31_506_81, "410411", "closing_sentence") == {"city": 15_753_41, "410411": 15_753_40}
    assert oracle.shares(200_000_00, "410422", "province_first") == {"province": 100_000_00, "410422": 100_000_00}
