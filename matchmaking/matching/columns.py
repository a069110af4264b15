"""A market as whole numbers in numpy columns: sets as bit masks, rates as ten-thousandths of a percent, banks by index."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import isqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from kernel.bilingual import Text
from matchmaking.matching.market import Market, Product, Request
from matchmaking.matching.policy import RATE_UNITS
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, PURPOSES, REGIONS, SECTIONS, TAGS

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

UNKNOWN_SECTION = len(SECTIONS)  # a request without industry fits products for all industries only


def mask_of(codes: Iterable[str], vocabulary: Mapping[str, Text]) -> int:
    """The codes as bits in the vocabulary's order."""
    places = {code: bit for bit, code in enumerate(vocabulary)}
    return sum(1 << places[code] for code in codes)


def rate_units(percent: Decimal) -> int:
    """4.35 % → 43500."""
    return int(percent * RATE_UNITS)


@dataclass(frozen=True)
class ProductColumns:
    """Products in the order of their ids; an empty set of industries, regions or purposes has become all bits."""

    amount_min: Ints
    amount_max: Ints
    amount_middle: Ints
    term_min: Ints
    term_max: Ints
    rate_min: Ints
    kinds: Ints
    industries: Ints
    regions: Ints
    purposes: Ints
    tags: Ints
    promised_days: Ints
    bank: Ints
    is_valid: Bools

    def __len__(self) -> int:
        return len(self.bank)


@dataclass(frozen=True)
class RequestColumns:
    """Requests in the order of their ids. Row i of `banned` says: request `banned[i, 0]` keeps off bank `banned[i, 1]`."""

    amount: Ints
    term: Ints
    rate_ceiling: Ints
    kinds: Ints
    section: Ints
    region: Ints
    purpose: Ints
    tags: Ints
    consented: Bools
    banned: Ints

    def __len__(self) -> int:
        return len(self.amount)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _masks(sets: Iterable[frozenset[str]], vocabulary: Mapping[str, Text], empty_is_all: bool = False) -> Ints:
    known: dict[frozenset[str], int] = {frozenset(): -1 if empty_is_all else 0}
    return _ints(known[one] if one in known else known.setdefault(one, mask_of(one, vocabulary)) for one in sets)


def _places(codes: Iterable[str], vocabulary: Mapping[str, Text], absent: int) -> Ints:
    places = {code: place for place, code in enumerate(vocabulary)}
    return _ints(places.get(code, absent) for code in codes)


def product_columns(products: Sequence[Product], bank_place: Mapping[str, int], day: date) -> ProductColumns:
    """Products, already in order, valid or not on the day."""
    return ProductColumns(
        _ints(one.amount_min for one in products),
        _ints(one.amount_ceiling for one in products),
        _ints(isqrt(one.amount_min * one.amount_max) for one in products),
        _ints(one.term_min for one in products),
        _ints(one.term_max for one in products),
        _ints(rate_units(one.rate_min) for one in products),
        _masks((one.guarantee_kinds for one in products), GUARANTEE_KINDS),
        _masks((one.industries for one in products), SECTIONS, empty_is_all=True),
        _masks((one.regions for one in products), REGIONS, empty_is_all=True),
        _masks((one.purposes for one in products), PURPOSES, empty_is_all=True),
        _masks((one.required_tags for one in products), TAGS),
        _ints(one.promised_days for one in products),
        _ints(bank_place[one.institution_code] for one in products),
        np.fromiter((one.is_valid_on(day) for one in products), np.bool_),
    )


def request_columns(requests: Sequence[Request], banned: Iterable[tuple[int, int]]) -> RequestColumns:
    """Requests, already in order, with the (request, bank) places that must not meet."""
    pairs = sorted(set(banned))
    return RequestColumns(
        _ints(one.amount for one in requests),
        _ints(one.term for one in requests),
        _ints(rate_units(one.rate_ceiling) for one in requests),
        _masks((one.guarantee_kinds for one in requests), GUARANTEE_KINDS),
        _places((one.section for one in requests), SECTIONS, UNKNOWN_SECTION),
        _places((one.region for one in requests), REGIONS, len(REGIONS) - 1),
        _places((one.purpose for one in requests), PURPOSES, len(PURPOSES) - 1),
        _masks((one.tags for one in requests), TAGS),
        np.fromiter((one.consented for one in requests), np.bool_),
        np.array(pairs, np.int64).reshape(-1, 2),
    )


def banned_pairs(market: Market, vetoes: Mapping[str, frozenset[str]]) -> Iterable[tuple[int, int]]:
    """(request, bank) places closed by a veto of the enterprise, a block of the bank, or an earlier refusal.

    `vetoes` are the merged vetoes by enterprise code.
    """
    bank_place = {bank.institution_code: place for place, bank in enumerate(market.banks)}
    blocked: dict[str, set[str]] = {}
    for bank, enterprise in market.blocks:
        blocked.setdefault(enterprise, set()).add(bank)
    refused: dict[str, set[str]] = {}
    for bank, request_id in market.refusals:
        refused.setdefault(request_id, set()).add(bank)
    for place, request in enumerate(market.requests):
        code = request.enterprise_code
        shut = vetoes.get(code, request.vetoed_institutions) | blocked.get(code, set())
        for bank in shut | refused.get(request.request_id, set()):
            if bank in bank_place:
                yield place, bank_place[bank]
