"""The question that the second look asks, as a type: which banks have refused which enterprises."""

from collections.abc import Callable, Iterable

from sqlmodel import Session

PastRefusers = Callable[
    [Session, Iterable[int]], set[tuple[int, int]]
]  # of enterprises: (enterprise, institution) that refused


def nobody(_: Session, __: Iterable[int]) -> set[tuple[int, int]]:
    """No past refusers."""
    return set()
