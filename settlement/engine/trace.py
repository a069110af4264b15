"""From a sum back to its rows: the page of loans behind a reason, and those nearest the credit-line limit on either side."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Select, column, func, select, table

from settlement.engine.definition import Definition, Reason
from settlement.engine.machines import rows_of_return
from settlement.engine.picks import is_there, places, went
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

    def _loans(self, reason: Reason, detail: str | None = None) -> Select[Any]:
        """The loans that went to a reason, and to one of its codes where one is asked for."""
        met = (one.kind for one in went([self.sums], reason, self.definition, detail))
        table = places(LOAN_ROWS, met, self.definition)
        return select(LOAN_ROWS).join_from(LOAN_ROWS, table, is_there(LOAN_ROWS, table, self.definition))

    def page(self, reason: Reason, *, detail: str | None = None, offset: int = 0, limit: int = 50) -> LoanPage:
        """The loans that went to a reason, a page at a time, by borrower and loan."""
        met = went([self.sums], reason, self.definition, detail)
        rows = self._rows(self._loans(reason, detail).order_by(*_TAPE_ORDER).limit(limit).offset(offset))
        return LoanPage(rows, sum(one.loans for one in met), sum(one.balance for one in met))

    def nearest(self, count: int = 3) -> NearestRows:
        """The loans whose line lies nearest the limit, in and out."""
        line = LOAN_ROWS.c.credit_line
        within = self._loans(Reason.ELIGIBLE).order_by(line.desc(), *_TAPE_ORDER).limit(count)
        beyond = self._loans(Reason.CREDIT_LINE).order_by(line, *_TAPE_ORDER).limit(count)
        return NearestRows(self._rows(within), self._rows(beyond))

    def borrowers(self, reason: Reason = Reason.ELIGIBLE) -> int:
        """How many different borrowers stand behind a reason's loans with a balance."""
        counted = func.count(LOAN_ROWS.c.borrower_code.distinct())
        query = self._loans(reason).where(LOAN_ROWS.c.balance > 0).with_only_columns(counted)
        return int(rows_of_return(self.connection, ansi(query), self.tape)[0][0])
