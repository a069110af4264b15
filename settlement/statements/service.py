"""Read statements: an institution's people their own, the finance side all. Drafting is in `drafting`."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, false
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.errors import NotFound
from kernel.parties.models import Party
from kernel.periods import Quarter
from settlement.growth_reward import SCHEME
from settlement.returns.service import FILING_ROLES, SEES_ALL
from settlement.statements.models import Statement, StatementReconciliation, StatementShare
from settlement.statements.workflow import REPLACED

READERS = (*SEES_ALL, *FILING_ROLES)


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    if caller.role in SEES_ALL:
        return col(Statement.id).is_not(None)
    if caller.role in FILING_ROLES and caller.organisation_kind == "institution":
        return col(Statement.institution_id) == caller.organisation_id
    return false()


def statement_by_number(db: Session, caller: Caller, number: str, *, revision: int | None = None) -> Statement:
    """The standing revision of a statement, or the one asked for; NotFound where there is none that the caller may see."""
    query = select(Statement).where(Statement.number == number, _seen_by(caller))
    wanted = col(Statement.state) != REPLACED if revision is None else col(Statement.revision) == revision
    found = db.exec(query.where(wanted)).first()
    if found is None:
        raise NotFound("statement_not_found", "没有这张结算单", "There is no such statement")
    return found


def statements_query(
    caller: Caller, *, quarter: Quarter | None = None, institution_code: str | None = None, scheme: str = SCHEME
) -> Select[Any]:
    """The standing statements that the caller may see: newest quarter first, by institution."""
    query = select(Statement).where(_seen_by(caller), Statement.state != REPLACED, Statement.scheme == scheme)
    if quarter is not None:
        query = query.where(Statement.quarter == str(quarter))
    if institution_code is not None:
        query = query.where(Statement.institution_code == institution_code)
    return query.order_by(col(Statement.quarter).desc(), Statement.institution_code)


def statements_of(db: Session, caller: Caller, *, quarter: Quarter | None = None) -> list[Statement]:
    """The same as a list."""
    return list(db.execute(statements_query(caller, quarter=quarter)).scalars())


def revisions_of(db: Session, caller: Caller, number: str) -> list[Statement]:
    """Every revision of a statement, the newest first."""
    query = select(Statement).where(Statement.number == number, _seen_by(caller))
    return list(db.exec(query.order_by(col(Statement.revision).desc())))


def shares_of(db: Session, statements: Iterable[Statement]) -> dict[int, list[StatementShare]]:
    """Who bears what, by statement, the city first."""
    ids = [statement.id for statement in statements]
    query = select(StatementShare).where(col(StatementShare.statement_id).in_(ids))
    shares: dict[int, list[StatementShare]] = {}
    for share in db.exec(query.order_by(col(StatementShare.statement_id), col(StatementShare.place))):
        shares.setdefault(share.statement_id, []).append(share)
    return shares


def lines_of(db: Session, statements: Iterable[Statement]) -> dict[int, list[StatementReconciliation]]:
    """Where each filed balance went, by statement, what counts first."""
    ids = [statement.id for statement in statements]
    query = select(StatementReconciliation).where(col(StatementReconciliation.statement_id).in_(ids))
    lines: dict[int, list[StatementReconciliation]] = {}
    for line in db.exec(query.order_by(col(StatementReconciliation.statement_id), col(StatementReconciliation.place))):
        lines.setdefault(line.statement_id, []).append(line)
    return lines


def explanation_of(statement: Statement) -> dict[str, Any]:
    """Everything the statement says, as it was computed."""
    found: dict[str, Any] = json.loads(statement.explanation)
    return found


def party_of(db: Session, statement: Statement) -> Party:
    """The institution of a statement."""
    return db.exec(select(Party).where(Party.id == statement.institution_id)).one()
