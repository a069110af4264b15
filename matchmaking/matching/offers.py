"""Who could lend on one request, and what is missing: the answer that the enterprise sees at once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from matchmaking.matching.eligibility import OPEN, Closed, refusals
from matchmaking.matching.market import Product, Request
from matchmaking.matching.near_miss import NearMiss, near_misses
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching.reasons import why_suited
from matchmaking.matching.score import Score, score


@dataclass(frozen=True)
class Offer:
    """One product that could serve the request."""

    rank: int
    product: Product
    score: Score
    reasons: tuple[Text, ...]


@dataclass(frozen=True)
class Prospects:
    """The best offers, how many products are open in all, what one change would open, and the refusals counted by code.

    `refused` counts a product under every code it fails, so its figures may add up to more than the products refused.
    """

    offers: tuple[Offer, ...]
    open_products: int
    near_misses: tuple[NearMiss, ...]
    refused: Mapping[str, int]


def offer_of(rank: int, request: Request, product: Product, policy: MatchingPolicy) -> Offer:
    """One ranked product with its score and its reasons."""
    points = score(request, product, policy.weights)
    return Offer(rank, product, points, why_suited(request, product, points))


def refusal_counts(
    request: Request, products: Iterable[Product], day: date, closed: Closed = OPEN
) -> Mapping[str, int]:
    """How many products each refusal code keeps from the request."""
    return Counter(code for product in products for code in refusals(request, product, day, closed))


def best_first(
    request: Request, products: Iterable[Product], *, policy: MatchingPolicy, day: date, closed: Closed = OPEN
) -> list[Product]:
    """The products that the request may have on a day, the best first; ties fall to the lower product id."""
    eligible = [product for product in products if not refusals(request, product, day, closed)]
    return sorted(eligible, key=lambda one: (-score(request, one, policy.weights).total, one.product_id))


def rank_request(
    request: Request,
    products: Iterable[Product],
    *,
    policy: MatchingPolicy,
    day: date,
    closed: Closed = OPEN,
    top: int | None = None,
) -> Prospects:
    """Rank the products for one request on a day, and say of the others why not."""
    every = tuple(products)
    eligible = best_first(request, every, policy=policy, day=day, closed=closed)
    best = eligible[: policy.top if top is None else top]
    return Prospects(
        tuple(offer_of(rank, request, product, policy) for rank, product in enumerate(best, start=1)),
        len(eligible),
        near_misses(request, every, day, closed),
        refusal_counts(request, every, day, closed),
    )
