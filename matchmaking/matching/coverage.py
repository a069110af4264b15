"""How many enterprises could have a meeting at all: a maximum flow from enterprises to seats."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from matchmaking.matching.columns import Ints
from matchmaking.matching.preferences import Preferences


def most_coverable(lists: Preferences, seats: Ints, wants: Ints, cap: int | None) -> int:
    """The most enterprises that can meet at least one bank, with one seat taken each; never more than `cap`."""
    source, sink = lists.enterprises + lists.banks, lists.enterprises + lists.banks + 1
    wanting = np.flatnonzero(wants > 0)
    tail = np.concatenate([np.full(len(wanting), source), lists.enterprise, lists.enterprises + np.arange(lists.banks)])
    head = np.concatenate([wanting, lists.enterprises + lists.bank, np.full(lists.banks, sink)])
    capacity = np.concatenate([np.ones(len(wanting) + len(lists), np.int64), np.minimum(seats, lists.enterprises)])
    graph = csr_array((capacity.astype(np.int32), (tail, head)), shape=(sink + 1, sink + 1))
    flow = int(maximum_flow(graph, source, sink).flow_value) if len(lists) else 0
    return flow if cap is None else min(flow, cap)
