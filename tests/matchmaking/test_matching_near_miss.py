"""Near misses against brute force: change the request, count what opens."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from matchmaking.matching.eligibility import Closed, refusals
from matchmaking.matching.market import Market, Product, Request
from matchmaking.matching.near_miss import NearMiss, near_misses
from matchmaking.matching.offers import refusal_counts
from matchmaking.matching.shortfall import Shortfalls
from tests.matchmaking.markets import MONDAY, market


def changed(one: Request, miss: NearMiss) -> Request:
    if miss.change == "rate_ceiling":
        return replace(one, rate_ceiling=one.rate_ceiling + Decimal(miss.value) / 100)
    if miss.change == "guarantee":
        return replace(one, guarantee_kinds=one.guarantee_kinds | {miss.value})
    if miss.change == "term":
        return replace(one, term=int(miss.value))
    return replace(one, amount=int(miss.value))


def opened(one: Request, other: Request, products: tuple[Product, ...], closed: Closed) -> int:
    return sum(
        bool(refusals(one, product, MONDAY, closed)) and not refusals(other, product, MONDAY, closed)
        for product in products
    )


def test_the_number_promised_is_the_number_that_opens() -> None:
    seen: set[str] = set()
    for seed in range(30):
        print(f"seed {seed}")
        field = market(random.Random(seed), 15, 4, 120).in_order()
        seen |= checked(field, Closed.of(field))
    assert seen == {"rate_ceiling", "guarantee", "term", "amount"}


def checked(field: Market, closed: Closed) -> set[str]:
    """The kinds of changes met, each counted by brute force."""
    seen: set[str] = set()
    for one in field.requests:
        for miss in near_misses(one, field.products, MONDAY, closed):
            assert miss.opens == opened(one, changed(one, miss), field.products, closed) > 0
            assert str(miss.opens) in miss.text.zh
            assert str(miss.opens) in miss.text.en
            assert miss.code.endswith(f":{miss.opens}")
            seen.add(miss.change)
    return seen


@pytest.mark.parametrize("seed", range(5))
def test_the_first_rate_step_is_the_smallest_that_opens_anything(seed: int) -> None:
    print(f"seed {seed}")
    field = market(random.Random(100 + seed), 10, 4, 120).in_order()
    closed = Closed.of(field)
    for one in field.requests:
        steps = [
            int(miss.value)
            for miss in near_misses(one, field.products, MONDAY, closed)
            if miss.change == "rate_ceiling"
        ]
        assert steps == sorted(steps)
        for points in range(1, min(steps, default=1)):
            other = replace(one, rate_ceiling=one.rate_ceiling + Decimal(points) / 100)
            assert opened(one, other, field.products, closed) == 0


@pytest.mark.parametrize("seed", range(10))
def test_asking_all_products_at_once_gives_the_same_codes_and_near_misses(seed: int) -> None:
    print(f"seed {seed}")
    field = market(random.Random(200 + seed), 20, 4, 80).in_order()
    closed = Closed.of(field)
    shortfalls = Shortfalls(field.products, MONDAY, closed)
    for one in field.requests:
        found = shortfalls.of(one)
        assert found.near_misses == near_misses(one, field.products, MONDAY, closed)
        assert found.codes == refusal_counts(one, field.products, MONDAY, closed)
