"""The one heavy statement: a return's loans added up by kind, as plain ANSI text that every engine understands.

It only compares, counts and sums. It knows no policy but the credit-line limit; which kinds count is said by `Definition`
on the few sums that come back, so most what-ifs need no second look at the rows. Sums are DECIMAL(38,0): DuckDB adds
BIGINT in 128 bits, PostgreSQL in numeric, SQLite and Spark stop at an overflow; none of them wraps.
"""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    DECIMAL,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    String,
    case,
    cast,
    column,
    func,
    select,
    table,
)
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.elements import ClauseElement

from settlement.engine.definition import OUTSIDE, Definition

LOANS = table(
    "loans",
    column("currency", String),
    column("product_kind", String),
    column("borrower_kind", String),
    column("purpose", String),
    column("region", String),
    column("classification", String),
    column("credit_line", BigInteger),
    column("balance", BigInteger),
)
EXACT_SUM: DECIMAL[Decimal] = DECIMAL(38, 0)
ALWAYS = ("currency", "product_kind", "borrower_kind", "purpose")


@dataclass(frozen=True)
class SumStatement:
    """The text, the names of the columns it gives, and a digest that stands for the text in cache and trace."""

    text: str
    columns: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def ansi(clause: ClauseElement) -> str:
    """The clause as plain ANSI text; its literals are codes, integers and dates."""
    return str(clause.compile(dialect=DefaultDialect(), compile_kwargs={"literal_binds": True}))


def over_limit(loans: FromClause, definition: Definition) -> ColumnElement[int]:
    """1 where the client's line is over the limit; 以下 and 不超过 include the limit itself [default]."""
    line, limit = loans.c.credit_line, definition.credit_line_limit
    return case((line > limit if definition.credit_line_limit_inclusive else line >= limit, 1), else_=0)


def kinds(loans: FromClause, definition: Definition) -> dict[str, ColumnElement[Any]]:
    """The columns that tell kinds of loans apart, beside the limit; region and class only where a rule asks for them."""
    found: dict[str, ColumnElement[Any]] = {name: loans.c[name] for name in ALWAYS}
    if definition.in_city_only:
        found["region"] = case((loans.c.region == OUTSIDE, OUTSIDE), else_="")
    if definition.tests_classification:
        found["classification"] = loans.c.classification
    return found


def sums_by_kind(definition: Definition) -> Select[Any]:
    """One row per kind of loan in the return: how many, and their balance in fen."""
    groups = kinds(LOANS, definition) | {"over_limit": over_limit(LOANS, definition)}
    sums = (func.count().label("loan_count"), cast(func.sum(LOANS.c.balance), EXACT_SUM).label("balance"))
    return select(*(group.label(name) for name, group in groups.items()), *sums).group_by(*groups.values())


@lru_cache(maxsize=64)  # compiling the text costs more than all the sums of a small city
def statement(definition: Definition) -> SumStatement:
    """The statement of a definition, ready to run on any engine over a table or view `loans` of one return."""
    query = sums_by_kind(definition)
    return SumStatement(ansi(query), tuple(query.selected_columns.keys()))
