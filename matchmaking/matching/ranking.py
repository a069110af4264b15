"""The best n products of every request.

Products stand in falling order of the most they can score. A stretch of them at a time, each request still in the race
ANDs its bitset rows, the few survivors are scored from tables, and a request leaves as soon as its n-th best beats the
best that its class can still meet (Fagin's threshold algorithm). Work grows with what is found, not with the pairs.
"""

from dataclasses import dataclass

import numpy as np

from matchmaking.matching.columns import Bools, Ints, ProductColumns, RequestColumns
from matchmaking.matching.policy import Weights
from matchmaking.matching.predicates import WORD, Codes, Eligibility, ProductStretch, reordered
from matchmaking.matching.score import Scorer

STRETCH = 4 * WORD
BLOCK = 4096
ABSENT = -1
_TIE_BITS = 24
_TIE_MASK = (1 << _TIE_BITS) - 1


@dataclass(frozen=True)
class Ranking:
    """`product[i, r]` is the place of request i's r-th best product, −1 where it has none, and `score[i, r]` its points."""

    product: Ints
    score: Ints


class _Race:
    """The best keys found so far. A key is score, then the lower product id, in one whole number."""

    def __init__(self, count: int, top: int) -> None:
        self.best = np.full((count, top), ABSENT, np.int64)
        self.nth = np.full(count, ABSENT, np.int64)

    def enter(self, requests: Codes, row: Codes, keys: Ints) -> None:
        """Merge new keys, `row` rising and pointing into `requests`, into the best of their requests."""
        better = np.flatnonzero(keys > self.nth[requests[row]])
        if not len(better):
            return
        row, keys = row[better], keys[better]
        is_first = np.empty(len(row), np.bool_)
        is_first[0] = True
        np.not_equal(row[1:], row[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        line = np.cumsum(is_first) - 1
        widest = int(np.diff(np.append(starts, len(row))).max())
        touched = requests[row[starts]]
        top = self.best.shape[1]
        board = np.full((len(starts), top + widest), ABSENT, np.int64)
        board[:, :top] = self.best[touched]
        board[line, top + np.arange(len(row)) - starts[line]] = keys
        board.sort(axis=1)
        kept = board[:, widest:]
        self.best[touched] = kept
        self.nth[touched] = kept[:, 0]


def _ties(order: Codes) -> Ints:
    return _TIE_MASK - order.astype(np.int64)


def _still_to_come(scorer: Scorer, order: Codes) -> Ints:
    """For each class, the best key among the products from each stretch on (one more column: nothing)."""
    starts = range(0, len(order), STRETCH)
    tie = _ties(order)
    columns = [
        ((scorer.totals(part) << _TIE_BITS) | tie[part]).max(axis=1)
        for part in (slice(first, first + STRETCH) for first in starts)
    ]
    columns.append(np.full(len(scorer.kinds), ABSENT - 1, np.int64))
    table = np.stack(columns, axis=1)
    return np.maximum.accumulate(table[:, ::-1], axis=1)[:, ::-1]


class Bans:
    """Vetoes, blocks and earlier refusals, asked pair by pair."""

    def __init__(self, banned: Ints, banks: int) -> None:
        self.banks = banks
        self.keys = np.unique(banned[:, 0] * banks + banned[:, 1])

    def allows(self, request: Codes, bank: Ints) -> Bools:
        keys = request * self.banks + bank
        place = np.searchsorted(self.keys, keys)
        return np.asarray(self.keys[np.minimum(place, len(self.keys) - 1)] != keys)


def bans_of(requests: RequestColumns, products: ProductColumns) -> Bans | None:
    """The pairs that must not meet, or nothing if there are none."""
    return Bans(requests.banned, int(products.bank.max(initial=0)) + 1) if len(requests.banned) else None


def _run_stretch(
    race: _Race, stretch: ProductStretch, active: Codes, keys: Ints, classes: Codes, bans: Bans | None, banks: Ints
) -> None:
    for start in range(0, len(active), BLOCK):
        block = active[start : start + BLOCK]
        row, column = stretch.pairs(block)
        if bans is not None:
            kept = bans.allows(block[row], banks[column])
            row, column = row[kept], column[kept]
        race.enter(block, row, keys.ravel()[classes[block][row] * keys.shape[1] + column])


def rank(requests: RequestColumns, products: ProductColumns, weights: Weights, top: int) -> Ranking:
    """The best `top` products of every request that consented; ties fall to the lower product id."""
    scorer = Scorer.of(requests, products, weights)
    order = np.lexsort((np.arange(len(products)), -scorer.bound))
    placed = reordered(products, order)
    scorer = Scorer.of(requests, placed, weights)
    eligibility = Eligibility.of(requests, placed)
    bound = _still_to_come(scorer, order)
    race = _Race(len(requests), top)
    bans = bans_of(requests, products)
    active = np.flatnonzero(requests.consented)
    for number, first in enumerate(range(0, len(order), STRETCH)):
        active = active[race.nth[active] < bound[scorer.class_of_request[active], number]]
        if not len(active):
            break
        part = slice(first, first + STRETCH)
        keys = (scorer.totals(part) << _TIE_BITS) | _ties(order)[part]
        stretch = eligibility.stretch(first, STRETCH)
        _run_stretch(race, stretch, active, keys, scorer.class_of_request, bans, placed.bank[part])
    best = race.best[:, ::-1]
    return Ranking(
        np.where(best == ABSENT, ABSENT, _TIE_MASK - (best & _TIE_MASK)),
        np.where(best == ABSENT, ABSENT, best >> _TIE_BITS),
    )
