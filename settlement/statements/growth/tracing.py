"""From a statement back to the rows of its return, by the definition that was kept with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from kernel.errors import NotFound
from kernel.money import yuan
from kernel.tables.writing import csv_bytes
from kernel.web.paging import Asked, Page
from settlement.engine.balances import Tape, sums
from settlement.engine.cache import SumsCache
from settlement.engine.definition import Reason
from settlement.engine.machines import DuckDB
from settlement.engine.moves import Migration, QuarterRows, migration, migration_from
from settlement.engine.trace import SORTS, LoanRow, NearestRows, Trace
from settlement.returns.filing import Premises
from settlement.returns.keeping import Keeping
from settlement.returns.kept import Kept, key_of
from settlement.statements.growth.explanation import definition_from
from settlement.statements.growth.models import GrowthFigures

MOVES_VERSION = LOANS_VERSION = 1  # of the queries: what an older one kept is read anew
DAYS = ("start_date", "maturity_date")


def _trace(figures: GrowthFigures, explanation: Mapping[str, Any], keeping: Keeping, cache: SumsCache) -> Trace:
    if not figures.return_digest:
        raise NotFound("no_rows", "这张结算单没有报表数据行", "There are no rows behind this statement")
    tape = Tape(keeping.tape(figures.return_digest), figures.return_digest)
    definition, machine = definition_from(explanation["definition"]), DuckDB()
    found = sums([tape], definition, machine, cache)[tape.digest]
    return Trace(tape.path, found, definition, machine.connection)


def reason_of(text: str) -> Reason:
    """The reason of a URL; NotFound for anything else."""
    try:
        return Reason(text)
    except ValueError:
        raise NotFound("reason_not_found", "没有这个去向", "There is no such reason") from None


def loans(
    figures: GrowthFigures,
    explanation: Mapping[str, Any],
    premises: Premises,
    *,
    reason: Reason,
    detail: str | None,
    asked: Asked,
    sort: str = "borrower_code",
    wanted: str = "",
) -> tuple[Page[LoanRow], int]:
    """A page of the loans that went to a reason, sorted and searched, with the balance of all that were found, in fen.

    The first page without a search, which every look begins with, is kept; what one may ask for beside it has no end.
    """
    said = [str(reason), detail, asked.offset, asked.per_page, sort_of(sort), wanted]
    key = key_of(LOANS_VERSION, figures.return_digest, explanation["definition"], said)
    kept = Kept(premises.keeping.kept / "loans")
    found = kept.get(key)
    if found is None:
        trace = _trace(figures, explanation, premises.keeping, premises.cache)
        page = trace.page(
            reason, detail=detail, offset=asked.offset, limit=asked.per_page, sort=sort_of(sort), wanted=wanted
        )
        if page.rows and not wanted and asked == Asked(1):
            kept.put(key, {"rows": [_plain(row) for row in page.rows], "total": page.total, "balance": page.balance})
        return Page(page.rows, asked.page, asked.per_page, page.total), page.balance
    return Page([_row_back(one) for one in found["rows"]], asked.page, asked.per_page, found["total"]), found["balance"]


def _plain(row: LoanRow) -> dict[str, Any]:
    return asdict(row) | {name: getattr(row, name).isoformat() for name in DAYS}


def _row_back(kept: Mapping[str, Any]) -> LoanRow:
    return LoanRow(**{**kept, **{name: date.fromisoformat(kept[name]) for name in DAYS}})


def all_loans(
    figures: GrowthFigures,
    explanation: Mapping[str, Any],
    premises: Premises,
    *,
    reason: Reason,
    detail: str | None,
    sort: str,
    wanted: str,
) -> tuple[LoanRow, ...]:
    """Every loan of such a list, for a file."""
    trace = _trace(figures, explanation, premises.keeping, premises.cache)
    return trace.page(reason, detail=detail, limit=None, sort=sort_of(sort), wanted=wanted).rows


def sort_of(text: str) -> str:
    """The order of a URL; NotFound for one that there is not."""
    if text.removeprefix("-") not in SORTS:
        raise NotFound("sort_not_found", "没有这种排序", "There is no such order")
    return text


def loans_csv(rows: Iterable[LoanRow]) -> bytes:
    """Such a list as CSV; money in yuan."""
    names = [field.name for field in fields(LoanRow)]
    return csv_bytes(names, ([_cell(name, getattr(row, name)) for name in names] for row in rows))


def _cell(name: str, value: object) -> str:
    return yuan(value) if name in ("credit_line", "balance") and isinstance(value, int) else str(value)


def nearest(figures: GrowthFigures, explanation: Mapping[str, Any], premises: Premises, count: int = 2) -> NearestRows:
    """The loans nearest the credit-line limit on either side."""
    return _trace(figures, explanation, premises.keeping, premises.cache).nearest(count)


@dataclass(frozen=True)
class Moves:
    """How the eligible balance by the returns became another, from one quarter end to the statement's; balances in fen."""

    since: str
    before: int
    after: int
    migration: Migration


def moves(explanation: Mapping[str, Any], premises: Premises) -> Moves:
    """From the paid reference to the quarter end, borrower by borrower; NotFound where a return is missing on either day."""
    paid = next(reading for reading in explanation["readings"] if reading["is_paid"])
    ends = {end["quarter"]: end for end in explanation["history"]}
    earlier, later = ends.get(paid["reference_on"]), ends[explanation["quarter"]]
    if earlier is None or earlier["returned"] is None or later["returned"] is None:
        raise NotFound(
            "no_two_returns",
            "两个季末没有都收到报表，比不出迁移",
            "Returns of both quarter ends are needed to tell the moves",
        )
    moved = _migration(explanation["definition"], [_digests(earlier), _digests(later)], premises)
    return Moves(earlier["quarter"], earlier["returned"], later["returned"], moved)


def _digests(end: Mapping[str, Any]) -> list[str]:
    return [part["return_digest"] for part in end["parts"]]


def _migration(said: Mapping[str, Any], ends: Sequence[Sequence[str]], premises: Premises) -> Migration:
    """From the returns of one quarter end to those of another, by a definition as it was kept; the same returns are read once."""
    kept, key = Kept(premises.keeping.kept / "moves"), key_of(MOVES_VERSION, said, ends)
    found = kept.get(key)
    if found is not None:
        return migration_from(found)
    definition, machine, sides = definition_from(said), DuckDB(), []
    for digests in ends:
        tapes = [Tape(premises.keeping.tape(digest), digest) for digest in digests]
        known = sums(tapes, definition, machine, premises.cache)
        sides.append(QuarterRows(tuple(tape.path for tape in tapes), tuple(known[tape.digest] for tape in tapes)))
    moved = migration(machine.connection, sides[0], sides[1], definition)
    kept.put(key, asdict(moved))
    return moved
