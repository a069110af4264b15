"""One digest over a list of texts, from which each can be shown to be in it without showing the others (RFC 6962). Pure."""

import hashlib
from collections.abc import Sequence

Step = tuple[str, str]  # on which side the neighbour stands, and its digest


def leaf(text: bytes) -> str:
    """The digest of one text."""
    return hashlib.sha256(b"\x00" + text).hexdigest()


def node(left: str, right: str) -> str:
    """The digest of two neighbours."""
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def root(leaves: Sequence[str]) -> str:
    """The digest over all; of none it is the digest of nothing."""
    level = list(leaves)
    while len(level) > 1:
        level = _level_above(level)
    return level[0] if level else hashlib.sha256(b"").hexdigest()


def path(leaves: Sequence[str], place: int) -> list[Step]:
    """From one leaf to the root: the neighbour of each level, where there is one."""
    level, steps = list(leaves), []
    while len(level) > 1:
        other = place ^ 1
        if other < len(level):
            steps.append(("left" if other < place else "right", level[other]))
        level, place = _level_above(level), place // 2
    return steps


def _level_above(level: Sequence[str]) -> list[str]:
    """Neighbours together; a last one without a neighbour goes up as it is."""
    pairs = [node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return pairs + list(level[len(pairs) * 2 :])
