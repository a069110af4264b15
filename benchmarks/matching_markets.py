"""Made-up markets as columns, shaped like a city's: round amounts, common terms, rates from 3.5 % to 8 %."""

from dataclasses import dataclass, replace

import numpy as np

from matchmaking.matching.columns import Ints, ProductColumns, RequestColumns

WAN = 1_000_000
NOTHING_BANNED = np.zeros((0, 2), np.int64)


@dataclass(frozen=True)
class Field:
    requests: RequestColumns
    products: ProductColumns

    @property
    def label(self) -> str:
        return f"{len(self.requests) // 1000}k × {len(self.products) / 1000:g}k"


def _mask(rng: np.random.Generator, count: int, shares: list[float]) -> Ints:
    bits = (rng.random((count, len(shares))) < shares) << np.arange(len(shares))
    return np.asarray(bits.sum(axis=1), np.int64)


def _some(rng: np.random.Generator, count: int, of: int, share_of_all: float, each: float) -> Ints:
    """Sets as masks: a share of them “all”, the rest with each member at random, never empty."""
    masks = _mask(rng, count, [each] * of)
    masks[masks == 0] = 1
    return np.where(rng.random(count) < share_of_all, -1, masks)


def products(rng: np.random.Generator, count: int) -> ProductColumns:
    low = rng.choice([1, 5, 10, 20, 30, 50, 100], count) * WAN
    high = low * rng.choice([5, 10, 20, 50], count)
    shortest = rng.choice([1, 3, 6, 12], count)
    kinds = _mask(rng, count, [0.35, 0.4, 0.2, 0.4, 0.4])
    kinds[kinds == 0] = 2
    return ProductColumns(
        amount_min=low,
        amount_max=high,
        amount_middle=np.sqrt(low * high.astype(np.float64)).astype(np.int64),
        term_min=shortest,
        term_max=shortest + rng.choice([6, 12, 24, 36, 60], count),
        rate_min=rng.integers(350, 800, count) * 100,
        kinds=kinds,
        industries=_some(rng, count, 20, 0.6, 0.3),
        regions=_some(rng, count, 13, 0.5, 0.25),
        purposes=_some(rng, count, 5, 0.7, 0.4),
        tags=np.where(rng.random(count) < 0.25, 1 << rng.integers(0, 9, count), 0),
        promised_days=rng.integers(1, 20, count),
        bank=rng.integers(0, max(10, count // 20), count),
        is_valid=np.ones(count, np.bool_),
    )


def requests(rng: np.random.Generator, count: int) -> RequestColumns:
    kinds = _mask(rng, count, [0.2, 0.4, 0.1, 0.4, 0.3])
    kinds[kinds == 0] = 8
    amount = np.exp(rng.normal(np.log(150), 1.1, count)).clip(5, 3000).astype(np.int64) * WAN
    return RequestColumns(
        amount=amount,
        term=rng.choice([3, 6, 12, 12, 12, 24, 36, 36, 60], count),
        rate_ceiling=(400 + rng.integers(0, 80, count) * 5) * 100,
        kinds=kinds,
        section=rng.integers(0, 20, count),
        region=rng.integers(0, 12, count),
        purpose=rng.integers(0, 5, count),
        tags=_mask(rng, count, [0.05, 0.02, 0.15, 0.1, 0.2, 0.2, 0.4, 0.1, 0.3]),
        consented=np.ones(count, np.bool_),
        banned=NOTHING_BANNED,
    )


def field(request_count: int, product_count: int, seed: int = 2022) -> Field:
    rng = np.random.default_rng(seed)
    return Field(requests(rng, request_count), products(rng, product_count))


def flat(one: Field) -> Field:
    """The same market with all rates and static scores equal: the weak spot of a threshold stop."""
    count = len(one.products)
    level = replace(
        one.products,
        rate_min=np.full(count, 40_000),
        promised_days=np.full(count, 5),
        tags=np.zeros(count, np.int64),
    )
    return Field(one.requests, level)
