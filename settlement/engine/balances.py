"""Balances of returns: each from the cache, or else from its rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from settlement.engine.cache import SumsCache
from settlement.engine.definition import Definition
from settlement.engine.machines import Machine
from settlement.engine.statement import statement
from settlement.engine.sums import Reconciliation, ReturnSums, reconcile, sums_from_rows


@dataclass(frozen=True)
class Tape:
    """A canonical return: where its rows are, and the digest that stands for them."""

    path: Path
    digest: str


def _nothing(_: Tape) -> None:
    return None


def sums(
    tapes: Iterable[Tape],
    definition: Definition,
    machine: Machine,
    cache: SumsCache,
    done: Callable[[Tape], None] = _nothing,
) -> dict[str, ReturnSums]:
    """The sums of each return by its digest; `done` is told of each return that had to be read."""
    wanted = {tape.digest: tape for tape in tapes}
    asked = statement(definition)
    found = {digest: kept for digest in wanted if (kept := cache.get(digest, asked.digest)) is not None}
    to_read = [tape for digest, tape in wanted.items() if digest not in found]
    answers: Iterator[list[tuple[object, ...]]] = machine.rows(asked.text, [tape.path for tape in to_read])
    for tape, rows in zip(to_read, answers, strict=True):
        found[tape.digest] = sums_from_rows(asked, rows)
        cache.put(tape.digest, asked.digest, found[tape.digest])
        done(tape)
    return found


def reconciliations(
    tapes: Iterable[Tape],
    definition: Definition,
    machine: Machine,
    cache: SumsCache,
    done: Callable[[Tape], None] = _nothing,
) -> dict[str, Reconciliation]:
    """Each return's filed balance, split by the definition; by the return's digest."""
    found = sums(tapes, definition, machine, cache, done)
    return {digest: reconcile(one, definition) for digest, one in found.items()}
