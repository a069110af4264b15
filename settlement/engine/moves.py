"""口径迁移: how the eligible balance of one quarter end became the next one's, borrower by borrower.

A client whose line or size class leaves the limits takes its whole balance out, and brings it in on return; such moves are
told apart from growth. The lines add up exactly to the change of the eligible balance by the returns (domain §2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import (
    Select,
    Subquery,
    case,
    cast,
    column,
    func,
    null,
    or_,
    select,
    table,
)

from kernel.bilingual import Text
from settlement.engine.definition import Definition, Reason
from settlement.engine.picks import is_there, places
from settlement.engine.statement import EXACT_SUM, ansi
from settlement.engine.sums import ReturnSums

_ASPECTS = ("currency", "product_kind", "borrower_kind", "purpose", "region", "classification")
_COLUMNS = ("borrower_code", "borrower_name", "credit_line", "balance", *_ASPECTS)


class Move(StrEnum):
    """What happened to a borrower between two quarter ends."""

    NEW = "new"
    GROWN = "grown"
    SHRUNK = "shrunk"
    GONE = "gone"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"


_CROSSING = [Move.MOVED_IN.value, Move.MOVED_OUT.value]

MOVE_TITLES = {
    Move.NEW: Text("新借款人", "New borrowers"),
    Move.GROWN: Text("老借款人余额增加", "Borrowers that grew"),
    Move.SHRUNK: Text("老借款人余额减少", "Borrowers that shrank"),
    Move.GONE: Text("已还清的借款人", "Borrowers that repaid all"),
    Move.MOVED_IN: Text("迁入口径", "Moved into the definition"),
    Move.MOVED_OUT: Text("迁出口径", "Moved out of the definition"),
}


@dataclass(frozen=True)
class QuarterRows:
    """The returns behind one quarter end (more than one after a merger) with their sums."""

    tapes: tuple[Path, ...]
    sums: tuple[ReturnSums, ...]


@dataclass(frozen=True)
class MoveLine:
    """Borrowers that moved one way, with the reason on the other side of the move; `change` of the eligible balance, fen."""

    move: Move
    reason: Reason | None
    borrowers: int
    change: int


@dataclass(frozen=True)
class MovedBorrower:
    """One borrower that crossed the definition; money in fen."""

    code: str
    name: str
    move: Move
    reason: Reason
    line_before: int
    line_after: int
    change: int


@dataclass(frozen=True)
class Migration:
    """The lines sum to the later eligible balance less the earlier one; `crossed` are the largest movers, largest first."""

    lines: tuple[MoveLine, ...]
    crossed: tuple[MovedBorrower, ...]

    @property
    def change(self) -> int:
        return sum(line.change for line in self.lines)


def migration_from(plain: Mapping[str, Any]) -> Migration:
    """Back from the plain values that `asdict` gives."""
    lines = ({**line, "move": Move(line["move"])} for line in plain["lines"])
    crossed = ({**one, "move": Move(one["move"]), "reason": Reason(one["reason"])} for one in plain["crossed"])
    return Migration(
        tuple(MoveLine(**{**line, "reason": Reason(line["reason"]) if line["reason"] else None}) for line in lines),
        tuple(MovedBorrower(**one) for one in crossed),
    )


def _by_borrower(name: str, rows: QuarterRows, definition: Definition) -> Subquery:
    """One row per borrower of a quarter end: what was eligible, and the first reason that took any of the rest."""
    side = table(name, *(column(one) for one in _COLUMNS))
    reasons = places(side, (one.kind for sums in rows.sums for one in sums.kinds), definition)
    place, eligible = reasons.c.place, definition.reasons.index(Reason.ELIGIBLE)
    return (
        select(
            side.c.borrower_code.label("code"),
            func.max(side.c.borrower_name).label("name"),
            func.max(side.c.credit_line).label("line"),
            cast(func.sum(case((place == eligible, side.c.balance), else_=0)), EXACT_SUM).label("eligible"),
            func.min(case((place != eligible, place), else_=null())).label("rank"),
        )
        .join_from(side, reasons, is_there(side, reasons, definition))
        .where(side.c.balance > 0)
        .group_by(side.c.borrower_code)
        .subquery(f"by_{name}")
    )


def _pairs(before: Subquery, after: Subquery) -> Subquery:
    """Every borrower with an eligible balance on either day, named by its move."""
    was, now = func.coalesce(before.c.eligible, 0), func.coalesce(after.c.eligible, 0)
    move = case(
        (before.c.code.is_(None), Move.NEW.value),
        (after.c.code.is_(None), Move.GONE.value),
        (was == 0, Move.MOVED_IN.value),
        (now == 0, Move.MOVED_OUT.value),
        (now > was, Move.GROWN.value),
        else_=Move.SHRUNK.value,
    )
    return (
        select(
            func.coalesce(after.c.code, before.c.code).label("code"),
            func.coalesce(after.c.name, before.c.name).label("name"),
            move.label("move"),
            case((was == 0, before.c.rank), (now == 0, after.c.rank), else_=null()).label("rank"),
            func.coalesce(before.c.line, 0).label("line_before"),
            func.coalesce(after.c.line, 0).label("line_after"),
            (now - was).label("change"),
        )
        .select_from(before.join(after, before.c.code == after.c.code, full=True))
        .where(or_(was != 0, now != 0), was != now)
        .subquery("pairs")
    )


def _lines(pairs: Subquery) -> Select[Any]:
    rank = case((pairs.c.move.in_(_CROSSING), pairs.c.rank), else_=null())
    total = cast(func.sum(pairs.c.change), EXACT_SUM)
    return select(pairs.c.move, rank, func.count(), total).group_by(pairs.c.move, rank)


def _crossed(pairs: Subquery, count: int) -> Select[Any]:
    crossing = pairs.c.move.in_(_CROSSING)
    return select(pairs).where(crossing).order_by(func.abs(pairs.c.change).desc(), pairs.c.code).limit(count)


def _line(definition: Definition, move: str, rank: int | None, count: int, change: object) -> MoveLine:
    return MoveLine(Move(move), None if rank is None else definition.reasons[rank], count, int(str(change)))


def migration(
    connection: duckdb.DuckDBPyConnection,
    before: QuarterRows,
    after: QuarterRows,
    definition: Definition,
    *,
    crossed: int = 20,
) -> Migration:
    """How the eligible balance moved from one quarter end to another, both by the same definition."""
    for name, side in (("before_rows", before), ("after_rows", after)):
        connection.read_parquet([str(tape) for tape in side.tapes]).create_view(name, replace=True)
    pairs = _pairs(_by_borrower("before_rows", before, definition), _by_borrower("after_rows", after, definition))
    lines = [_line(definition, *row) for row in _fetched(connection, _lines(pairs))]
    order = {move: number for number, move in enumerate(Move)}
    moved = [
        MovedBorrower(code, name, Move(move), definition.reasons[rank], was, now, int(str(change)))
        for code, name, move, rank, was, now, change in _fetched(connection, _crossed(pairs, crossed))
    ]
    return Migration(tuple(sorted(lines, key=lambda line: (order[line.move], line.reason or ""))), tuple(moved))


def _fetched(connection: duckdb.DuckDBPyConnection, query: Select[Any]) -> Sequence[tuple[Any, ...]]:
    return connection.execute(ansi(query)).fetchall()
