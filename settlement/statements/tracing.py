"""From a statement back to the rows of its return, by the definition that was kept with it."""

from collections.abc import Mapping
from typing import Any

from kernel.errors import NotFound
from kernel.web.paging import Asked, Page
from settlement.engine.balances import Tape, sums
from settlement.engine.cache import SumsCache
from settlement.engine.definition import Reason
from settlement.engine.machines import DuckDB
from settlement.engine.trace import LoanRow, NearestRows, Trace
from settlement.returns.filing import Premises
from settlement.returns.keeping import Keeping
from settlement.statements.explanation import definition_from
from settlement.statements.models import Statement


def _trace(statement: Statement, explanation: Mapping[str, Any], keeping: Keeping, cache: SumsCache) -> Trace:
    if not statement.return_digest:
        raise NotFound("no_rows", "这张结算单没有报表数据行", "There are no rows behind this statement")
    tape = Tape(keeping.tape(statement.return_digest), statement.return_digest)
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
    statement: Statement,
    explanation: Mapping[str, Any],
    premises: Premises,
    *,
    reason: Reason,
    detail: str | None,
    asked: Asked,
) -> tuple[Page[LoanRow], int]:
    """A page of the loans that went to a reason, with their balance in all, in fen."""
    trace = _trace(statement, explanation, premises.keeping, premises.cache)
    page = trace.page(reason, detail=detail, offset=asked.offset, limit=asked.per_page)
    return Page(page.rows, asked.page, asked.per_page, page.total), page.balance


def nearest(statement: Statement, explanation: Mapping[str, Any], premises: Premises, count: int = 2) -> NearestRows:
    """The loans nearest the credit-line limit on either side."""
    return _trace(statement, explanation, premises.keeping, premises.cache).nearest(count)
