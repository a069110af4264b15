"""Why a request has no open product, and what one change would open, over all products at once.

The same answer as `eligibility.refusals` and `near_miss.near_misses` give pair by pair, for whole lists of requests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matchmaking.matching.columns import UNKNOWN_SECTION, Bools, Ints, mask_of, product_columns, rate_units
from matchmaking.matching.eligibility import OPEN, REFUSALS, Closed
from matchmaking.matching.market import Product, Request
from matchmaking.matching.near_miss import ONE_THING, NearMiss, steps
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, PURPOSES, REGIONS, SECTIONS, TAGS

CODES = tuple(REFUSALS)


@dataclass(frozen=True)
class Shortfall:
    """Products refused, by code (a product counts under every code it fails), and the near misses."""

    codes: Mapping[str, int]
    near_misses: tuple[NearMiss, ...]


def _bit(code: str, places: Mapping[str, int], absent: int) -> np.int64:
    return np.int64(1 << places.get(code, absent))


class Shortfalls:
    """The products of a day, ready to be asked for one request after the other."""

    def __init__(self, products: Sequence[Product], day: date, closed: Closed = OPEN) -> None:
        self.products, self.closed = products, closed
        self.banks = sorted({one.institution_code for one in products})
        places = {code: place for place, code in enumerate(self.banks)}
        self.columns = product_columns(products, places, day)
        self.amount_max = np.array([one.amount_max for one in products], np.int64)
        self.sections, self.regions, self.purposes = (
            {code: place for place, code in enumerate(vocabulary)} for vocabulary in (SECTIONS, REGIONS, PURPOSES)
        )

    def of(self, request: Request) -> Shortfall:
        """What stands between the request and the products."""
        fails = self._fails(request)
        counts = fails.sum(axis=1).tolist()
        missed = self._missed(fails)
        return Shortfall(
            {code: count for code, count in zip(CODES, counts, strict=True) if count}, steps(request, missed)
        )

    def _missed(self, fails: Bools) -> dict[str, list[Product]]:
        """Products that fail one thing only, by the change that could mend it."""
        alone = np.flatnonzero(fails.sum(axis=0) == 1)
        missed: dict[str, list[Product]] = {}
        for place, code in zip(alone.tolist(), fails[:, alone].argmax(axis=0).tolist(), strict=True):
            change = ONE_THING.get(CODES[code])
            if change is not None:
                missed.setdefault(change, []).append(self.products[place])
        return missed

    def _at(self, banks: frozenset[str]) -> Bools:
        """The products of some banks."""
        if not banks:
            return np.zeros(len(self.products), np.bool_)
        return np.array([code in banks for code in self.banks], np.bool_)[self.columns.bank]

    def _shut(self, request: Request) -> tuple[Bools, Bools, Bools]:
        """Products of banks that the enterprise vetoes, that block it, and that refused the request before."""
        code, closed = request.enterprise_code, self.closed
        vetoed = request.vetoed_institutions | {bank for bank in self.banks if (bank, code) in closed.vetoes}
        blocked = frozenset(bank for bank in self.banks if (bank, code) in closed.blocks)
        before = frozenset(bank for bank in self.banks if (bank, request.request_id) in closed.refusals)
        return self._at(vetoed), self._at(blocked), self._at(before)

    def _fails(self, request: Request) -> Bools:
        """One row per refusal code, one column per product."""
        at, amount, term = self.columns, request.amount, request.term
        tags = np.int64(~mask_of(request.tags, TAGS))
        section = _bit(request.section, self.sections, UNKNOWN_SECTION)
        industries: Ints = np.where(at.industries < 0, at.industries, at.industries & ~np.int64(1 << UNKNOWN_SECTION))
        rows = {
            "no_consent": np.full(len(self.products), not request.consented),
            "not_valid": ~at.is_valid,
            **dict(zip(("vetoed", "blocked", "refused_before"), self._shut(request), strict=True)),
            "amount_below_min": amount < at.amount_min,
            "amount_above_max": amount > self.amount_max,
            "quota": (amount <= self.amount_max) & (amount > at.amount_max),
            "term_too_short": term < at.term_min,
            "term_too_long": term > at.term_max,
            "rate_ceiling": rate_units(request.rate_ceiling) < at.rate_min,
            "guarantee": at.kinds & mask_of(request.guarantee_kinds, GUARANTEE_KINDS) == 0,
            "industry": industries & section == 0,
            "region": at.regions & _bit(request.region, self.regions, len(REGIONS)) == 0,
            "purpose": at.purposes & _bit(request.purpose, self.purposes, len(PURPOSES)) == 0,
            "tags": at.tags & tags != 0,
        }
        return np.stack([rows[code] for code in CODES])
