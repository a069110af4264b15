"""Many values in one look-up: a database takes only so many parameters at once (PostgreSQL 65,535)."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T", str, int)

PART = 500


def in_parts(values: Iterable[T]) -> Iterator[list[T]]:
    """The different values in order, at most `PART` at a time."""
    different = sorted(set(values))
    for first in range(0, len(different), PART):
        yield different[first : first + PART]
