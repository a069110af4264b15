"""Both sides' lists: each enterprise's banks in its own order, each bank's enterprises by published priority."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matchmaking.matching.columns import Ints
from matchmaking.matching.edges import Edges
from matchmaking.matching.market import Applicant


@dataclass(frozen=True)
class Preferences:
    """Candidate pairs, standing by enterprise and then in the enterprise's order of preference.

    `priority` is a whole number, unlike for any two pairs of one bank, the lower the better for that bank.
    """

    enterprise: Ints
    bank: Ints
    priority: Ints
    enterprises: int
    banks: int

    def __len__(self) -> int:
        return len(self.enterprise)

    @cached_property
    def rank(self) -> Ints:
        """The enterprise's own rank of each pair, 1 first."""
        first = np.searchsorted(self.enterprise, np.arange(self.enterprises))
        return np.asarray(np.arange(1, len(self) + 1) - first[self.enterprise], np.int64)

    @cached_property
    def bank_rank(self) -> Ints:
        """The bank's rank of each pair, 1 first."""
        order = np.lexsort((self.priority, self.bank))
        first = np.searchsorted(self.bank[order], np.arange(self.banks))
        ranks = np.empty(len(self), np.int64)
        ranks[order] = np.arange(1, len(self) + 1) - first[self.bank[order]]
        return ranks


def wish_order(edges: Edges, enterprises: Sequence[Applicant], bank_codes: Sequence[str]) -> Ints:
    """The order of the edges by enterprise and its wishes: named banks first, as named, then the better score.

    Ties fall to the lower product id.
    """
    place = {code: number for number, code in enumerate(bank_codes)}
    named = np.full(len(edges), np.iinfo(np.int64).max)
    first = np.searchsorted(edges.enterprise, np.arange(len(enterprises) + 1))
    for number, enterprise in enumerate(enterprises):
        if enterprise.preferred:
            part = slice(first[number], first[number + 1])
            wishes = {place[code]: rank for rank, code in enumerate(enterprise.preferred) if code in place}
            named[part] = [wishes.get(bank, len(bank_codes)) for bank in edges.bank[part].tolist()]
    return np.lexsort((edges.product, -edges.score, named, edges.enterprise)).astype(np.int64)


def by_priority(edges: Edges, tier: Ints, drawn: Ints, banks: int) -> Preferences:
    """The banks' published priority: tier of the enterprise, then fit of the pair, then the lottery.

    `edges` stand in wish order; `tier` and `drawn` are given per enterprise.
    """
    order = np.lexsort((drawn[edges.enterprise], -edges.fit, tier[edges.enterprise]))
    priority = np.empty(len(edges), np.int64)
    priority[order] = np.arange(len(edges))
    return Preferences(edges.enterprise, edges.bank, priority, len(tier), banks)
