"""Where each loan of a return went, as a small table beside its rows.

Which kinds went to a reason is said by the `Definition` on the kinds that the return holds, and the rows are joined to those
kinds; so whatever is shown of a sum can never disagree with the sum.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnClause, ColumnElement, FromClause, Integer, String, Values, and_, column, values

from settlement.engine.definition import Definition, Kind, Reason
from settlement.engine.statement import kinds, over_limit
from settlement.engine.sums import KindSum, ReturnSums

_NOBODY = -1  # neither over the limit nor within it: the row that keeps an empty table a table


def went(
    sums: Iterable[ReturnSums], reason: Reason, definition: Definition, detail: str | None = None
) -> list[KindSum]:
    """The sums that went to a reason, and to one of its codes where one is asked for."""
    every = (one for each in sums for one in each.kinds if definition.reason(one.kind) is reason)
    return [one for one in every if detail is None or definition.detail(one.kind) == detail]


def places(loans: FromClause, met: Iterable[Kind], definition: Definition) -> Values:
    """These kinds as a table `places`, each with the place of its reason among the definition's reasons."""
    aspects = list(kinds(loans, definition))
    order = {reason: place for place, reason in enumerate(definition.reasons)}
    rows = [
        (*(getattr(kind, name) for name in aspects), int(kind.over_limit), order[definition.reason(kind)])
        for kind in sorted(set(met), key=repr)
    ]
    columns: list[ColumnClause[Any]] = [column(name, String) for name in aspects]
    columns += [column("over_limit", Integer), column("place", Integer)]
    nobody = (*("" for _ in aspects), _NOBODY, _NOBODY)
    return values(*columns, name="places", literal_binds=True).data(rows or [nobody])


def is_there(loans: FromClause, table: Values, definition: Definition) -> ColumnElement[bool]:
    """A row of the return is of a kind of the table."""
    aspects = [expression == table.c[name] for name, expression in kinds(loans, definition).items()]
    return and_(*aspects, over_limit(loans, definition) == table.c.over_limit)
