"""The policies that statements were computed under, as text: those in force now, and those that stood before later decisions."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import product

from sqlmodel import Session, col, select

from kernel.policies import PolicyBook
from settlement.readings.in_force import book_under, values_of
from settlement.readings.models import PolicyDecision
from settlement.readings.workflow import IN_FORCE, REVOKED
from settlement.seal.rows import SealedRow, sealed_row, sealed_rows


def decisions(db: Session) -> list[PolicyDecision]:
    """Every decision, those that wait and those that were refused too."""
    return list(db.exec(select(PolicyDecision).order_by(col(PolicyDecision.id))))


def decision_rows(db: Session) -> list[SealedRow]:
    """Every decision with what it sets."""
    rows = decisions(db)
    values = values_of(db, [one.id or 0 for one in rows])
    return [sealed_row(one, values=sealed_rows(values.get(one.id or 0, []))) for one in rows]


def standings(rows: Iterable[PolicyDecision]) -> Iterator[Sequence[int]]:
    """The decisions that stood after each check, in the order in which they were checked; the first is none."""
    checked = [one for one in rows if one.checked_at is not None and one.state in (IN_FORCE, REVOKED)]
    standing: list[int] = []
    yield ()
    for one in sorted(checked, key=lambda row: (row.checked_at, row.id)):
        added = [one.id or 0] if one.revokes_id is None else []
        standing = [number for number in standing if number != one.revokes_id] + added
        yield tuple(standing)


def policy_rows(db: Session, files: PolicyBook, digests: Iterable[str], days: Iterable[date]) -> list[SealedRow]:
    """The text of every policy, as amounts of the days rest on it, that one of the digests stands for.

    One that nothing here gives any more is left out.
    """
    wanted, found, asked = set(digests), dict[str, SealedRow](), sorted(set(days))
    for ids in standings(decisions(db)):
        if wanted <= found.keys():
            break
        for scheme, day in product(book_under(db, files, ids).schemes, asked):
            digest = scheme.digest_on(day)
            if digest in wanted and digest not in found:
                found[digest] = {"digest": digest, "scheme": scheme.id, "text": scheme.text_on(day)}
    return [found[digest] for digest in sorted(found)]
