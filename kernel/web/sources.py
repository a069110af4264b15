"""What several features have to say about one page, each on its own: one that cannot tell takes nothing from the others.

A missing calendar or policy silences one; a slip of ours fails the page, as everywhere.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

import structlog
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.errors import DomainError

T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True)
class Gathered(Generic[T]):
    """What the sources gave, and whether all of them could; the log says under the request's id why one could not."""

    items: list[T]
    is_whole: bool


def gather(
    sources: Sequence[Callable[[Session, Caller, date], Iterable[T]]], db: Session, caller: Caller, today: date
) -> Gathered[T]:
    """Ask every source, in their order. For pages that only read: after a refusal the books are read anew."""
    items: list[T] = []
    is_whole = True
    for source in sources:
        try:
            for item in source(db, caller, today):
                items.append(item)  # what came before a refusal stays
        except DomainError as error:
            log.error("page_source_failed", source=f"{source.__module__}.{source.__qualname__}", code=error.code)
            db.rollback()
            is_whole = False
    return Gathered(items, is_whole)
