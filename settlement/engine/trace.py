"""From a sum back to its rows: the page of loans behind a reason, and those nearest the credit-line limit on either side."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import ColumnElement, Select, and_, column, func, select, table

from settlement.engine.definition import Definition, Reason
from settlement.engine.machines import rows_of_return
from settlement.engine.picks import pick, went
from settlement.engine.statement import ansi
from settlement.engine.sums import ReturnSums

SHOWN = (
    "row",
    "loan_id",
    "borrower_code",
    "borrower_name",
    "borrower_kind",
    "region",
    "credit_line",
    "balance",
    "start_date",
    "maturity_date",
    "classification",
    "purpose",
    "product_kind",
    "currency",
)
LOAN_ROWS = table("loans", *(column(name) for name in SHOWN))
_TAPE_ORDER = (LOAN_ROWS.c.borrower_code, LOAN_ROWS.c.loan_id)


@dataclass(frozen=True)
class LoanRow:
    """A loan as filed: `row` in the filed sheet, money in fen."""

    row: int
    loan_id: str
    borrower_code: str
    borrower_name: str
    borrower_kind: str
    region: str
    credit_line: int
    balance: int
    start_date: date
    maturity_date: date
    classification: str
    purpose: str
    product_kind: str
    currency: str


@dataclass(frozen=True)
class LoanPage:
    """Some of the loans of a reason, in the order of the tape, and how many there are in all."""

    rows: tuple[LoanRow, ...]
    total: int
    balance: int


@dataclass(frozen=True)
class NearestRows:
    """The loans just within the limit (highest line first) and just beyond it (lowest line first).

    Both pass every other test, so that the line alone decides.
    """

    within: tuple[LoanRow, ...]
    beyond: tuple[LoanRow, ...]


@dataclass(frozen=True)
class Trace:
    """The rows of one return behind its sums, under one definition."""

    tape: Path
    sums: ReturnSums
    definition: Definition
    connection: duckdb.DuckDBPyConnection

    def _rows(self, query: Select[Any]) -> tuple[LoanRow, ...]:
        return tuple(LoanRow(*row) for row in rows_of_return(self.connection, ansi(query), self.tape))

    def _test(self, reason: Reason, detail: str | None = None) -> ColumnElement[bool]:
        return pick(LOAN_ROWS, went([self.sums], reason, self.definition, detail), self.definition)

    def page(self, reason: Reason, *, detail: str | None = None, offset: int = 0, limit: int = 50) -> LoanPage:
        """The loans that went to a reason, a page at a time, by borrower and loan."""
        met = went([self.sums], reason, self.definition, detail)
        query = select(LOAN_ROWS).where(self._test(reason, detail)).order_by(*_TAPE_ORDER).limit(limit).offset(offset)
        return LoanPage(self._rows(query), sum(one.loans for one in met), sum(one.balance for one in met))

    def nearest(self, count: int = 3) -> NearestRows:
        """The loans whose line lies nearest the limit, in and out."""
        line, rows = LOAN_ROWS.c.credit_line, select(LOAN_ROWS).limit(count)
        within = rows.where(self._test(Reason.ELIGIBLE)).order_by(line.desc(), *_TAPE_ORDER)
        beyond = rows.where(self._test(Reason.CREDIT_LINE)).order_by(line, *_TAPE_ORDER)
        return NearestRows(self._rows(within), self._rows(beyond))

    def borrowers(self, reason: Reason = Reason.ELIGIBLE) -> int:
        """How many different borrowers stand behind a reason's loans with a balance."""
        test = and_(self._test(reason), LOAN_ROWS.c.balance > 0)
        query = select(func.count(LOAN_ROWS.c.borrower_code.distinct())).where(test)
        return int(rows_of_return(self.connection, ansi(query), self.tape)[0][0])
