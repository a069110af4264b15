"""How well an eligible product suits a request, in whole points with published parts.

A score depends on the product and on the request's *class* alone (its amount band, its term band, its guarantees), so it
is a row of a small table, and the best that is still to come is known exactly for every class.
"""

from dataclasses import dataclass
from functools import cached_property
from math import isqrt

import numpy as np

from matchmaking.matching.columns import Ints, ProductColumns, RequestColumns, rate_units
from matchmaking.matching.market import Product, Request
from matchmaking.matching.policy import BASIS_POINT, Weights
from matchmaking.matching.predicates import Codes
from matchmaking.matching.vocabulary import GUARANTEE_KINDS


@dataclass(frozen=True)
class Score:
    """The published parts of one pair's score."""

    rate: int
    speed: int
    tags: int
    amount_fit: int
    term_fit: int
    guarantee: int

    @property
    def total(self) -> int:
        return self.rate + self.speed + self.tags + self.fit + self.guarantee

    @property
    def fit(self) -> int:
        """Fit of amount and term: what a bank's priority looks at after the tier."""
        return self.amount_fit + self.term_fit


def _near(points: int, distance: int) -> int:
    """Full points in the same band, half in a neighbouring one, none beyond."""
    return points * max(0, 2 - abs(distance)) // 2


def score(request: Request, product: Product, weights: Weights) -> Score:
    """The score of an eligible pair."""
    middle = isqrt(product.amount_min * product.amount_max)
    common = request.guarantee_kinds & product.guarantee_kinds
    return Score(
        rate=max(0, weights.rate_top - rate_units(product.rate_min)) // BASIS_POINT * weights.rate,
        speed=max(0, weights.speed_days - product.promised_days) * weights.speed,
        tags=len(product.required_tags) * weights.tag,
        amount_fit=_near(weights.amount_fit, weights.amount_band(request.amount) - weights.amount_band(middle)),
        term_fit=_near(
            weights.term_fit,
            weights.term_band(request.term) - weights.term_band((product.term_min + product.term_max) // 2),
        ),
        guarantee=max((weights.guarantee[kind] for kind in common), default=0),
    )


def _near_table(points: int, bands: int, of_products: Ints) -> Ints:
    distance = np.abs(np.arange(bands)[:, None] - of_products)
    return np.asarray(points * np.maximum(0, 2 - distance) // 2, np.int64)


def _lightest(weights: Weights) -> Ints:
    """Points of the lightest guarantee in each set of kinds."""
    points = [weights.guarantee[kind] for kind in GUARANTEE_KINDS]
    sets = range(1 << len(points))
    return np.array([max((p for bit, p in enumerate(points) if one >> bit & 1), default=0) for one in sets], np.int64)


@dataclass(frozen=True)
class Scorer:
    """The score tables of a market: `class_of_request` numbers the classes that occur."""

    weights: Weights
    products: ProductColumns
    class_of_request: Codes
    amount_band: Ints  # of each class
    term_band: Ints
    kinds: Ints

    @classmethod
    def of(cls, requests: RequestColumns, products: ProductColumns, weights: Weights) -> "Scorer":
        amount = np.searchsorted(weights.amount_bands, requests.amount)
        term = np.searchsorted(weights.term_bands, requests.term)
        combined = (amount * (len(weights.term_bands) + 1) + term) << len(GUARANTEE_KINDS) | requests.kinds
        _, first, number = np.unique(combined, return_index=True, return_inverse=True)
        return cls(
            weights,
            products,
            number.astype(np.intp),
            amount[first],
            term[first],
            requests.kinds[first].astype(np.int64),
        )

    @cached_property
    def constant(self) -> Ints:
        """The part of the score that every request gives a product: rate, speed, tags."""
        one, products = self.weights, self.products
        rate = np.maximum(0, one.rate_top - products.rate_min) // BASIS_POINT * one.rate
        speed = np.maximum(0, one.speed_days - products.promised_days) * one.speed
        return np.asarray(rate + speed + np.bitwise_count(products.tags) * one.tag, np.int64)

    @cached_property
    def bound(self) -> Ints:
        """The most that a product can score with any request."""
        return np.asarray(self.constant + _lightest(self.weights)[self.products.kinds] + self._most_fit, np.int64)

    @property
    def _most_fit(self) -> int:
        return self.weights.amount_fit + self.weights.term_fit

    @cached_property
    def _product_bands(self) -> tuple[Ints, Ints]:
        amount = np.searchsorted(self.weights.amount_bands, self.products.amount_middle)
        term = np.searchsorted(self.weights.term_bands, (self.products.term_min + self.products.term_max) // 2)
        return amount, term

    def fit(self, part: Codes | slice) -> Ints:
        """Points of fit, classes × products."""
        amount, term = self._product_bands
        one = self.weights
        by_amount = _near_table(one.amount_fit, len(one.amount_bands) + 1, amount[part])
        by_term = _near_table(one.term_fit, len(one.term_bands) + 1, term[part])
        return np.asarray(by_amount[self.amount_band] + by_term[self.term_band], np.int64)

    def totals(self, part: Codes | slice) -> Ints:
        """Scores, classes × products of the part."""
        guarantee = _lightest(self.weights)[self.kinds[:, None] & self.products.kinds[part]]
        return np.asarray(self.constant[part] + self.fit(part) + guarantee, np.int64)
