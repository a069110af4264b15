"""The list of statements as a reader asks for it, on the page and as a file: which, in what order; both show the same rows."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import fields
from sqlalchemy import Select
from sqlmodel import col

from kernel.accounts.service import Caller
from kernel.fields import Line, QuarterField, one_of
from kernel.money import yuan
from kernel.tables.writing import csv_bytes
from kernel.web.paging import AskedSchema
from settlement.statements.models import Statement
from settlement.statements.service import statements_query

HELD, FREE = "held", "free"
SORTS: Mapping[str, Any] = {
    "number": col(Statement.number),
    "quarter": col(Statement.quarter),
    "name": col(Statement.beneficiary_name),
    "amount": col(Statement.amount),
}
HEADER = (
    "number",
    "revision",
    "quarter",
    "scheme",
    "beneficiary_code",
    "beneficiary_name",
    "state",
    "hold_reasons",
    "amount",
)


class StatementListSchema(AskedSchema):
    """Query arguments of the page and its file; `sort` is a column, with a minus for descending."""

    quarter = QuarterField(load_default=None)
    scheme = Line(longest=40, load_default=None)
    held = fields.String(load_default=None, validate=one_of((HELD, FREE)))
    q = Line(longest=60, load_default=None)
    sort = fields.String(load_default=None, validate=one_of([*SORTS, *(f"-{name}" for name in SORTS)]))


def listed(caller: Caller, asked: Mapping[str, Any]) -> Select[Any]:
    """The standing statements that the caller may see and asks for; by number where the sorted column is equal."""
    query = statements_query(caller, quarter=asked["quarter"], scheme=asked["scheme"])
    if asked["held"]:
        query = query.where(col(Statement.held) == (asked["held"] == HELD))
    if asked["q"]:
        named = col(Statement.beneficiary_name).contains(asked["q"], autoescape=True)
        query = query.where(named | col(Statement.number).contains(asked["q"].upper(), autoescape=True))
    if not asked["sort"]:
        return query
    column = SORTS[asked["sort"].removeprefix("-")]
    order = column.desc() if asked["sort"].startswith("-") else column
    return query.order_by(None).order_by(order, col(Statement.number))


def as_csv(statements: Iterable[Statement]) -> bytes:
    """The rows as a file; amounts in yuan, empty where nobody knows."""
    return csv_bytes(HEADER, map(_cells, statements))


def _cells(one: Statement) -> list[str]:
    amount = "" if one.amount is None else yuan(one.amount)
    who = (one.beneficiary_code, one.beneficiary_name)
    return [one.number, str(one.revision), one.quarter, one.scheme, *who, one.state, one.hold_reasons, amount]
