"""From a sum back to its rows: the page of loans behind a reason, and those nearest the credit-line limit on either side."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Select, column, func, or_, select, table

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
SORTS = ("borrower_code", "row", "credit_line", "balance", "maturity_date")


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


def _order(sort: str) -> tuple[Any, ...]:
    key = LOAN_ROWS.c[sort.removeprefix("-")]
    return (key.desc() if sort.startswith("-") else key, *_TAPE_ORDER)


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

    def page(
        self,
        reason: Reason,
        *,
        detail: str | None = None,
        offset: int = 0,
        limit: int | None = 50,
        sort: str = "borrower_code",
        wanted: str = "",
    ) -> LoanPage:
        """The loans that went to a reason, a page at a time or all (limit None), by one of `SORTS` (`-balance`: falling).

        `wanted` is part of a borrower's name or code or of a loan's number; the totals are those of what it finds.
        """
        loans = self._loans(reason, detail)
        if wanted:
            names = (LOAN_ROWS.c.borrower_name, LOAN_ROWS.c.borrower_code, LOAN_ROWS.c.loan_id)
            loans = loans.where(or_(*(name.contains(wanted, autoescape=True) for name in names)))
        ordered = loans.order_by(*_order(sort))
        rows = self._rows(ordered if limit is None else ordered.limit(limit).offset(offset))
        return LoanPage(rows, *self._totals(loans, reason, detail, wanted))

    def _totals(self, loans: Select[Any], reason: Reason, detail: str | None, wanted: str) -> tuple[int, int]:
        """How many loans and how much balance: from the sums, or counted where something is looked for."""
        if not wanted:
            met = went([self.sums], reason, self.definition, detail)
            return sum(one.loans for one in met), sum(one.balance for one in met)
        counted = loans.with_only_columns(func.count(), func.coalesce(func.sum(LOAN_ROWS.c.balance), 0))
        ((count, balance),) = rows_of_return(self.connection, ansi(counted), self.tape)
        return int(count), int(balance)

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
