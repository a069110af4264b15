"""Who could meet whom: for each enterprise and bank the best eligible request–product pair between them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matchmaking.matching.columns import Ints, ProductColumns, RequestColumns
from matchmaking.matching.policy import Weights
from matchmaking.matching.predicates import Codes, Eligibility, reordered
from matchmaking.matching.ranking import BLOCK, STRETCH, bans_of
from matchmaking.matching.score import Scorer


@dataclass(frozen=True)
class Edges:
    """Candidate meetings in the order of enterprise, then bank; all columns are places."""

    enterprise: Ints
    bank: Ints
    request: Ints
    product: Ints
    score: Ints
    fit: Ints

    def __len__(self) -> int:
        return len(self.enterprise)

    def taken(self, order: Codes) -> "Edges":
        return Edges(*(column[order] for column in vars(self).values()))


def _best_of_runs(request: Codes, bank: Ints, key: Ints) -> Codes:
    """Of pairs that stand together by request and bank, the place of each run's best key."""
    if not len(request):
        return np.zeros(0, np.intp)
    changes = np.flatnonzero((request[1:] != request[:-1]) | (bank[1:] != bank[:-1])) + 1
    starts = np.concatenate([[0], changes])
    best = np.maximum.reduceat(key, starts)
    run = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(key))))
    return np.flatnonzero(key == best[run])


def _stretches(requests: RequestColumns, products: ProductColumns, weights: Weights) -> Iterator[tuple[Ints, ...]]:
    """(request, bank, product, score, fit), a stretch of products and a block of requests at a time."""
    order = np.lexsort((np.arange(len(products)), products.bank))
    placed = reordered(products, order)
    scorer, eligibility = Scorer.of(requests, placed, weights), Eligibility.of(requests, placed)
    bans = bans_of(requests, products)
    consented = np.flatnonzero(requests.consented)
    for first in range(0, len(order), STRETCH):
        part = slice(first, first + STRETCH)
        stretch = eligibility.stretch(first, STRETCH)
        totals, fits, number, banks = scorer.totals(part), scorer.fit(part), order[part], placed.bank[part]
        for start in range(0, len(consented), BLOCK):
            block = consented[start : start + BLOCK]
            row, column = stretch.pairs(block)
            request, bank = block[row], banks[column]
            if bans is not None:
                kept = bans.allows(request, bank)
                request, bank, column = request[kept], bank[kept], column[kept]
            points = totals[scorer.class_of_request[request], column]
            best = _best_of_runs(request, bank, points * len(order) - number[column])
            request, column = request[best], column[best]
            yield request, bank[best], number[column], points[best], fits[scorer.class_of_request[request], column]


def candidate_edges(
    requests: RequestColumns, products: ProductColumns, enterprise_of_request: Ints, weights: Weights
) -> Edges:
    """The best pair of every enterprise and bank; ties fall to the lower product id, then to the lower request id."""
    pieces = list(_stretches(requests, products, weights))
    empty = np.zeros(0, np.int64)
    columns = [np.concatenate([empty, *(piece[column] for piece in pieces)]) for column in range(5)]
    request, bank, product, score, fit = columns
    enterprise = enterprise_of_request[request]
    order = np.lexsort((request, product, -score, bank, enterprise))
    pairs = np.stack([enterprise[order], bank[order]])
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (pairs[:, 1:] != pairs[:, :-1]).any(axis=0)
    return Edges(enterprise, bank, request, product, score, fit).taken(order[is_first])
