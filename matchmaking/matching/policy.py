"""The dated choices of the matching as plain values: weights of the score, tiers of the priority or reserves of seats.

`matchmaking.policy` reads them from the policy book; tests and what-ifs make their own.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

RATE_UNITS = 10_000  # rates are compared as whole ten-thousandths of a percent
BASIS_POINT = 100  # one basis point in those units


@dataclass(frozen=True)
class Weights:
    """How many points each part of the score gives. All whole numbers, so that no order hangs on a float.

    `rate`: points per whole basis point that the product's lowest rate lies below `rate_top` (ten-thousandths of a
    percent). `speed`: points per promised day under `speed_days`. `amount_fit`, `term_fit`: full points if request and
    product (the geometric middle of its amounts, the middle of its terms) lie in one band, half in neighbouring bands;
    the bands end at `amount_bands` (fen) and `term_bands` (months), included. `guarantee`: points of the lightest
    guarantee that both accept. `tag`: points per tag that the product asks for.
    """

    rate_top: int = 120_000
    rate: int = 1
    speed_days: int = 30
    speed: int = 2
    amount_bands: tuple[int, ...] = (30_000_000, 100_000_000, 300_000_000, 1_000_000_000)
    amount_fit: int = 40
    term_bands: tuple[int, ...] = (6, 12, 24, 36, 60)
    term_fit: int = 20
    guarantee: Mapping[str, int] = field(
        default_factory=lambda: {"credit": 40, "surety": 25, "pledge": 15, "guarantor": 15, "mortgage": 10}
    )
    tag: int = 30

    def amount_band(self, fen: int) -> int:
        return bisect_left(self.amount_bands, fen)

    def term_band(self, months: int) -> int:
        return bisect_left(self.term_bands, months)


BASIS = 10_000  # shares of seats are whole basis points


@dataclass(frozen=True)
class Reserve:
    """A group of firms by their tags (any of them), and the share of each bank's seats that its members have first."""

    name: str
    tags: frozenset[str]
    share: int

    def seats_of(self, seats: int) -> int:
        """The reserved seats of a bank, half a seat rounded up."""
        return (2 * seats * self.share + BASIS) // (2 * BASIS)


@dataclass(frozen=True)
class MatchingPolicy:
    """Weights and tiers with the digest of the policy they come from. The first tier that shares a tag is the firm's.

    With `reserves`, in their order of precedence, there are no tiers.
    """

    weights: Weights = field(default_factory=Weights)
    tiers: tuple[frozenset[str], ...] = (
        frozenset({"pool", "reached_scale"}),
        frozenset({"first_loan"}),
        frozenset({"specialised", "little_giant"}),
    )
    top: int = 10
    digest: str = ""
    reserves: tuple[Reserve, ...] = ()
    small_desks: int = 1  # a bank with so many desks or fewer counts as a small one

    def groups(self, tags: frozenset[str]) -> int:
        """The reserves a firm is a member of, as bits."""
        return sum(1 << place for place, one in enumerate(self.reserves) if one.tags & tags)

    def tier(self, tags: frozenset[str]) -> int:
        """0 is served first; a firm in no tier comes after all of them."""
        return next((index for index, tier in enumerate(self.tiers) if tier & tags), len(self.tiers))
