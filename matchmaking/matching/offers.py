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


def rank_request(
    request: Request,
    products: Iterable[Product],
    *,
    policy: MatchingPolicy,
    day: date,
    closed: Closed = OPEN,
    top: int | None = None,
) -> Prospects:
    """Rank the products for one request on a day; ties fall to the lower product id."""
    every = tuple(products)
    eligible = [product for product in every if not refusals(request, product, day, closed)]
    eligible.sort(key=lambda product: (-score(request, product, policy.weights).total, product.product_id))
    best = eligible[: policy.top if top is None else top]
    return Prospects(
        tuple(offer_of(rank, request, product, policy) for rank, product in enumerate(best, start=1)),
        len(eligible),
        near_misses(request, every, day, closed),
        refusal_counts(request, every, day, closed),
    )
