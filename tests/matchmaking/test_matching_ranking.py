"""Eligibility, score and ranking against the plainest possible reading of the rules."""

import random
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from matchmaking.matching.columns import banned_pairs, product_columns, request_columns
from matchmaking.matching.edges import candidate_edges
from matchmaking.matching.eligibility import REFUSALS, Closed, refusals
from matchmaking.matching.market import Market, Product, Request, enterprises_of
from matchmaking.matching.offers import rank_request
from matchmaking.matching.policy import MatchingPolicy, Weights
from matchmaking.matching.ranking import ABSENT, Ranking, rank
from matchmaking.matching.reasons import joined, why_refused
from matchmaking.matching.score import score
from tests.matchmaking.markets import MONDAY, market


def is_open(one: Request, product: Product, field: Market, vetoes: dict[str, frozenset[str]]) -> bool:
    """Every filter of the specification, one after the other, without sharing code with the service."""
    bank, limit = product.institution_code, product.amount_max
    if product.quota is not None and product.quota < limit:
        limit = product.quota
    return all(
        [
            one.consented,
            product.valid_from is None or product.valid_from <= MONDAY,
            product.valid_to is None or product.valid_to >= MONDAY,
            product.amount_min <= one.amount <= limit,
            product.term_min <= one.term <= product.term_max,
            one.rate_ceiling >= product.rate_min,
            len(one.guarantee_kinds & product.guarantee_kinds) > 0,
            not product.industries or (one.industry and one.industry[0] in product.industries),
            not product.regions or one.region in product.regions,
            not product.purposes or one.purpose in product.purposes,
            all(tag in one.tags for tag in product.required_tags),
            bank not in vetoes[one.enterprise_code],
            (bank, one.enterprise_code) not in field.blocks,
            (bank, one.request_id) not in field.refusals,
        ]
    )


def merged_vetoes(field: Market) -> dict[str, frozenset[str]]:
    return {one.code: one.vetoed for one in enterprises_of(field.requests)}


def ranked(field: Market, weights: Weights, top: int) -> Ranking:
    places = {bank.institution_code: place for place, bank in enumerate(field.banks)}
    requests = request_columns(field.requests, banned_pairs(field, merged_vetoes(field)))
    return rank(requests, product_columns(field.products, places, MONDAY), weights, top)


@pytest.mark.parametrize("seed", range(40))
def test_the_ranking_is_what_scoring_every_open_pair_gives(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    field = market(rng, 25, 5, rng.choice([3, 40, 300])).in_order()
    if seed % 4 == 0:  # a flat market: every rate, speed and tag the same, so ties decide
        field = replace(
            field,
            products=tuple(
                replace(one, rate_min=Decimal(4), promised_days=5, required_tags=frozenset()) for one in field.products
            ),
        )
    weights, top, vetoes = Weights(), rng.randint(1, 12), merged_vetoes(field)
    found = ranked(field, weights, top)
    for place, one in enumerate(field.requests):
        scored = sorted(
            (-score(one, product, weights).total, product.product_id, number)
            for number, product in enumerate(field.products)
            if is_open(one, product, field, vetoes)
        )[:top]
        missing = top - len(scored)
        assert found.product[place].tolist() == [number for *_, number in scored] + [ABSENT] * missing
        assert found.score[place].tolist() == [-points for points, *_ in scored] + [ABSENT] * missing


@pytest.mark.parametrize("seed", range(10))
def test_a_pair_has_refusal_codes_exactly_if_it_is_not_open(seed: int) -> None:
    print(f"seed {seed}")
    field = market(random.Random(seed), 20, 4, 40).in_order()
    vetoes, closed = merged_vetoes(field), Closed.of(field)
    seen: set[str] = set()
    for one in field.requests:
        for product in field.products:
            codes = refusals(one, product, MONDAY, closed)
            assert (not codes) == is_open(one, product, field, vetoes)
            seen.update(codes)
    assert seen <= REFUSALS.keys()
    assert all(text.zh and text.en for text in why_refused(tuple(seen)))


def simple(**changes: object) -> Request:
    plain: dict[str, object] = {
        "request_id": "R1",
        "enterprise_code": "E1",
        "enterprise_name": "甲",
        "amount": 50_000_000,
        "term": 12,
        "rate_ceiling": Decimal("4.5"),
        "guarantee_kinds": frozenset({"credit"}),
        "industry": "C",
        "region": "410402",
        "purpose": "equipment",
    }
    return Request(**(plain | changes))  # type: ignore[arg-type]


def offered(**changes: object) -> Product:
    plain: dict[str, object] = {
        "product_id": "P1",
        "institution_code": "B1",
        "name": "乙",
        "amount_min": 10_000_000,
        "amount_max": 100_000_000,
        "term_min": 6,
        "term_max": 36,
        "rate_min": Decimal("4.5"),
        "rate_max": Decimal(6),
        "guarantee_kinds": frozenset({"credit", "mortgage"}),
    }
    return Product(**(plain | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "request_changes", "product_changes"),
    [
        ("no_consent", {"consented": False}, {}),
        ("not_valid", {}, {"valid_to": MONDAY.replace(day=12)}),
        ("not_valid", {}, {"valid_from": MONDAY.replace(day=14)}),
        ("vetoed", {"vetoed_institutions": frozenset({"B1"})}, {}),
        ("amount_below_min", {"amount": 9_999_999}, {}),
        ("amount_above_max", {"amount": 100_000_001}, {}),
        ("quota", {}, {"quota": 49_999_999}),
        ("term_too_short", {"term": 5}, {}),
        ("term_too_long", {"term": 37}, {}),
        ("rate_ceiling", {"rate_ceiling": Decimal("4.4999")}, {}),
        ("guarantee", {"guarantee_kinds": frozenset({"surety"})}, {}),
        ("industry", {"industry": ""}, {"industries": frozenset({"C"})}),
        ("region", {}, {"regions": frozenset({"410482"})}),
        ("purpose", {}, {"purposes": frozenset({"other"})}),
        ("tags", {"tags": frozenset({"pool"})}, {"required_tags": frozenset({"pool", "trade"})}),
    ],
)
def test_each_filter_refuses_by_its_own_code(
    code: str, request_changes: dict[str, object], product_changes: dict[str, object]
) -> None:
    assert refusals(simple(), offered(), MONDAY) == ()
    assert refusals(simple(**request_changes), offered(**product_changes), MONDAY) == (code,)


def test_limits_are_inclusive_at_both_ends() -> None:
    for amount in (10_000_000, 100_000_000):
        for term in (6, 36):
            assert refusals(simple(amount=amount, term=term), offered(quota=100_000_000), MONDAY) == ()


def test_blocks_and_earlier_refusals_keep_a_bank_out() -> None:
    closed = Closed(blocks=frozenset({("B1", "E1")}), refusals=frozenset({("B1", "R1")}))
    assert refusals(simple(), offered(), MONDAY, closed) == ("blocked", "refused_before")


def test_score_parts_are_whole_points_that_add_up() -> None:
    parts = score(simple(), offered(required_tags=frozenset()), Weights())
    assert (parts.rate, parts.speed, parts.tags, parts.guarantee) == (750, 40, 0, 40)
    assert (parts.amount_fit, parts.term_fit) == (40, 10)
    assert parts.total == 750 + 40 + 40 + 40 + 10


def test_the_live_answer_has_offers_with_reasons_near_misses_and_counted_refusals() -> None:
    field = market(random.Random(3), 10, 3, 60).in_order()
    one = field.requests[0]
    answer = rank_request(one, field.products, policy=MatchingPolicy(), day=MONDAY, top=3)
    every = [product for product in field.products if not refusals(one, product, MONDAY)]
    assert answer.open_products == len(every)
    assert [offer.rank for offer in answer.offers] == list(range(1, len(answer.offers) + 1))
    assert all("%" in joined(offer.reasons).zh and "points" in joined(offer.reasons).en for offer in answer.offers)
    assert sum(answer.refused.values()) >= len(field.products) - len(every)


def test_the_edge_between_enterprise_and_bank_is_their_best_open_pair() -> None:
    for seed in range(20):
        print(f"seed {seed}")
        field = market(random.Random(seed), 15, 4, 300).in_order()
        places = {bank.institution_code: place for place, bank in enumerate(field.banks)}
        merged = enterprises_of(field.requests)
        number = {one.code: place for place, one in enumerate(merged)}
        vetoes, weights = merged_vetoes(field), Weights()
        best: dict[tuple[int, int], tuple[int, int, int]] = {}
        for r, one in enumerate(field.requests):
            for p, product in enumerate(field.products):
                if is_open(one, product, field, vetoes):
                    pair = number[one.enterprise_code], places[product.institution_code]
                    key = (-score(one, product, weights).total, p, r)
                    best[pair] = min(best.get(pair, key), key)
        edges = candidate_edges(
            request_columns(field.requests, banned_pairs(field, vetoes)),
            product_columns(field.products, places, MONDAY),
            np.array([number[one.enterprise_code] for one in field.requests]),
            weights,
        )
        found = zip(edges.enterprise, edges.bank, edges.score, edges.product, edges.request, edges.fit, strict=True)
        rows = [tuple(int(cell) for cell in row) for row in found]
        assert {(e, b): (-s, p, r) for e, b, s, p, r, _ in rows} == best
        assert all(f == score(field.requests[r], field.products[p], weights).fit for *_, p, r, f in rows)
