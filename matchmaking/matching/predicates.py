"""Every filter as a table of bitsets: one row per value that a request can have, one bit per product.

A request's eligible products are the AND of one row of each table. Tables are made for a stretch of products at a time,
so they stay small however large the market is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from matchmaking.matching.columns import UNKNOWN_SECTION, Bools, Ints, ProductColumns, RequestColumns
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, PURPOSES, REGIONS, TAGS

Words: TypeAlias = npt.NDArray[np.uint64]
Codes: TypeAlias = npt.NDArray[np.intp]

WORD = 64


def packed(accepts: Bools) -> Words:
    """Rows of booleans (their width a multiple of 64) as rows of 64-bit words, the first column in the lowest bit."""
    return np.packbits(accepts, axis=1, bitorder="little").view(np.uint64)


@dataclass(frozen=True)
class Filter:
    """One filter: which row of its table each request uses, and how the rows look for a stretch of products."""

    row_of_request: Codes
    rows: Callable[[slice], Bools]


def _interval(values: Ints, lowest: Ints, highest: Ints) -> Filter:
    """Requests whose value lies in [lowest, highest] of the product; one row per elementary interval."""
    edges = np.unique(np.concatenate([lowest, highest + 1]))
    first, last = np.searchsorted(edges, lowest), np.searchsorted(edges, highest + 1)
    numbers = np.arange(-1, len(edges))[:, None]

    def rows(part: slice) -> Bools:
        return np.asarray((first[part] <= numbers) & (numbers < last[part]))

    return Filter(np.searchsorted(edges, values, side="right"), rows)


def _threshold(values: Ints, lowest: Ints) -> Filter:
    """Requests whose value reaches the product's lowest."""
    edges = np.unique(lowest)
    first = np.searchsorted(edges, lowest)
    numbers = np.arange(-1, len(edges))[:, None]
    return Filter(np.searchsorted(edges, values, side="right"), lambda part: np.asarray(first[part] <= numbers))


def _shares_a_bit(masks: Ints, of_products: Ints, bits: int) -> Filter:
    numbers = np.arange(1 << bits)[:, None]
    return Filter(masks.astype(np.intp), lambda part: (of_products[part] & numbers) != 0)


def _has_all_bits(masks: Ints, of_products: Ints) -> Filter:
    held, row = np.unique(masks, return_inverse=True)
    return Filter(row.astype(np.intp), lambda part: (of_products[part] & ~held[:, None]) == 0)


def _is_listed(places: Ints, of_products: Ints, count: int) -> Filter:
    numbers = np.arange(count)[:, None]
    return Filter(places.astype(np.intp), lambda part: ((of_products[part] >> numbers) & 1) != 0)


def _whole_lists_only(of_products: Ints) -> Ints:
    """Bit 20 of the industries stands for “industry unknown”: set only where all industries are welcome."""
    unknown = np.int64(1 << UNKNOWN_SECTION)
    return np.where(of_products < 0, of_products, of_products & ~unknown)


def filters(requests: RequestColumns, products: ProductColumns) -> dict[str, Filter]:
    """All filters that depend on request and product alone, by the code of their refusal."""
    return {
        "amount": _interval(requests.amount, products.amount_min, products.amount_max),
        "term": _interval(requests.term, products.term_min, products.term_max),
        "rate_ceiling": _threshold(requests.rate_ceiling, products.rate_min),
        "guarantee": _shares_a_bit(requests.kinds, products.kinds, len(GUARANTEE_KINDS)),
        "tags": _has_all_bits(requests.tags, products.tags),
        "industry": _is_listed(requests.section, _whole_lists_only(products.industries), UNKNOWN_SECTION + 1),
        "region": _is_listed(requests.region, products.regions, len(REGIONS)),
        "purpose": _is_listed(requests.purpose, products.purposes, len(PURPOSES)),
    }


TOGETHER = (("amount",), ("term", "rate_ceiling"), ("guarantee", "tags"), ("industry", "region", "purpose"))
MAX_TAGS = 1 << len(TAGS)


@dataclass(frozen=True)
class _Group:
    """Filters that are looked up with one row number, because few combinations of their values occur."""

    row_of_request: Codes
    parts: tuple[tuple[Filter, Codes], ...]  # each filter with its own row for every combined row

    def table(self, part: slice, pad: int) -> Words:
        words: Words | None = None
        for one, rows in self.parts:
            mine = packed(np.pad(one.rows(part), ((0, 0), (0, pad))))[rows]
            words = mine if words is None else words & mine
        assert words is not None
        return np.ascontiguousarray(words)


def _grouped(members: list[Filter]) -> _Group:
    """One row number for several filters: the combinations that occur, numbered."""
    combined = members[0].row_of_request.astype(np.int64)
    for one in members[1:]:
        combined = combined * (int(one.row_of_request.max(initial=0)) + 1) + one.row_of_request
    _, first, row = np.unique(combined, return_index=True, return_inverse=True)
    return _Group(row.astype(np.intp), tuple((one, one.row_of_request[first]) for one in members))


@dataclass(frozen=True)
class Eligibility:
    """The filters of a market, ready to be asked for a stretch of products."""

    groups: tuple[_Group, ...]
    is_valid: Bools

    @classmethod
    def of(cls, requests: RequestColumns, products: ProductColumns) -> "Eligibility":
        each = filters(requests, products)
        return cls(tuple(_grouped([each[code] for code in codes]) for codes in TOGETHER), products.is_valid)

    def stretch(self, first: int, width: int) -> "ProductStretch":
        """The tables for products `first` … `first + width` (a multiple of 64; bits past the last product are 0)."""
        part = slice(first, min(first + width, len(self.is_valid)))
        pad = first + width - part.stop
        tables = [group.table(part, pad) for group in self.groups]
        valid = packed(np.pad(self.is_valid[part], (0, pad))[None, :])
        tables[0] = tables[0] & valid
        return ProductStretch(tuple(group.row_of_request for group in self.groups), tuple(tables), width)


@dataclass(frozen=True)
class ProductStretch:
    """The tables for a stretch of products."""

    row_of_request: tuple[Codes, ...]
    tables: tuple[Words, ...]
    width: int

    def words(self, requests: Codes) -> Words:
        """The eligible products of each request, as bits."""
        words = self.tables[0].take(self.row_of_request[0].take(requests), axis=0)
        for row, table in zip(self.row_of_request[1:], self.tables[1:], strict=True):
            words &= table.take(row.take(requests), axis=0)
        return words

    def pairs(self, requests: Codes) -> tuple[Codes, Codes]:
        """(place in `requests`, product within the stretch) of each eligible pair, rising by both."""
        octets = self.words(requests).view(np.uint8).ravel()
        filled = np.flatnonzero(octets)
        bit = np.flatnonzero(np.unpackbits(octets[filled], bitorder="little"))
        flat = (filled[bit >> 3] << 3) + (bit & 7)
        return flat // self.width, flat % self.width


def reordered(products: ProductColumns, order: Codes) -> ProductColumns:
    """The same products in another order."""
    return replace(products, **{name: column[order] for name, column in vars(products).items()})
