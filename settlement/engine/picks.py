"""The test that picks a reason's loans out of a return.

Which kinds went to a reason is said by the `Definition` on the kinds that the return holds, and the rows are picked by
those kinds; so whatever is shown of a sum can never disagree with the sum.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, FromClause, and_, false, literal, or_

from settlement.engine.definition import Definition, Kind, Reason
from settlement.engine.statement import kinds, over_limit
from settlement.engine.sums import KindSum, ReturnSums


def went(
    sums: Iterable[ReturnSums], reason: Reason, definition: Definition, detail: str | None = None
) -> list[KindSum]:
    """The sums that went to a reason, and to one of its codes where one is asked for."""
    every = (one for each in sums for one in each.kinds if definition.reason(one.kind) is reason)
    return [one for one in every if detail is None or definition.detail(one.kind) == detail]


def _is_kind(loans: FromClause, kind: Kind, definition: Definition) -> ColumnElement[bool]:
    aspects = [expression == getattr(kind, name) for name, expression in kinds(loans, definition).items()]
    return and_(*aspects, over_limit(loans, definition) == literal(int(kind.over_limit)))


def pick(loans: FromClause, found: Iterable[KindSum], definition: Definition) -> ColumnElement[bool]:
    """True for the rows of these sums."""
    met = sorted({one.kind for one in found}, key=repr)
    return or_(false(), *(_is_kind(loans, kind, definition) for kind in met))
