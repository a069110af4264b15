"""Read statements: an institution's or enterprise's people their own, the finance side all. Drafting is in `drafting`."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false
from sqlmodel import Session, col, select

from kernel.accounts.roles import ENTERPRISE_ROLES
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.periods import Quarter
from settlement.returns.service import FILING_ROLES, SEES_ALL
from settlement.statements.growth.models import GrowthFigures, GrowthReconciliation
from settlement.statements.models import Statement, StatementLine, StatementShare
from settlement.statements.phase import StatementPhase, phase_by_itself
from settlement.statements.workflow import REPLACED

BENEFICIARY_ROLES = {"institution": FILING_ROLES, "enterprise": tuple(ENTERPRISE_ROLES)}
READERS = (*SEES_ALL, *FILING_ROLES, *ENTERPRISE_ROLES)
FLAGS = {
    "rebound": Text("先降后升", "Dip and rebound"),
    "is_first_full_quarter": Text("首个完整季度，要复核", "First full quarter, to be reviewed"),
}


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    if caller.role in SEES_ALL:
        return col(Statement.id).is_not(None)
    if caller.role in BENEFICIARY_ROLES.get(caller.organisation_kind, ()):
        return col(Statement.beneficiary_id) == caller.organisation_id
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
    caller: Caller, *, quarter: Quarter | None = None, beneficiary_code: str | None = None, scheme: str | None = None
) -> Select[Any]:
    """The standing statements that the caller may see: newest quarter first, by scheme, by beneficiary."""
    query = select(Statement).where(_seen_by(caller), Statement.state != REPLACED)
    if scheme is not None:
        query = query.where(Statement.scheme == scheme)
    if quarter is not None:
        query = query.where(Statement.quarter == str(quarter))
    if beneficiary_code is not None:
        query = query.where(Statement.beneficiary_code == beneficiary_code)
    return query.order_by(col(Statement.quarter).desc(), Statement.scheme, Statement.beneficiary_code)


def statements_of(
    db: Session, caller: Caller, *, quarter: Quarter | None = None, scheme: str | None = None
) -> list[Statement]:
    """The same as a list."""
    return list(db.execute(statements_query(caller, quarter=quarter, scheme=scheme)).scalars())


def revisions_of(db: Session, caller: Caller, number: str) -> list[Statement]:
    """Every revision of a statement, the newest first."""
    query = select(Statement).where(Statement.number == number, _seen_by(caller))
    return list(db.exec(query.order_by(col(Statement.revision).desc())))


def _ids(statements: Iterable[Statement]) -> list[int]:
    return [statement.id for statement in statements if statement.id is not None]


def shares_of(db: Session, statements: Iterable[Statement]) -> dict[int, list[StatementShare]]:
    """Who bears what, by statement, in the order of the split."""
    query = select(StatementShare).where(col(StatementShare.statement_id).in_(_ids(statements)))
    shares: dict[int, list[StatementShare]] = {}
    for share in db.exec(query.order_by(col(StatementShare.statement_id), col(StatementShare.place))):
        shares.setdefault(share.statement_id, []).append(share)
    return shares


def lines_of(db: Session, statements: Iterable[Statement]) -> dict[int, list[StatementLine]]:
    """What each amount is made of, by statement."""
    query = select(StatementLine).where(col(StatementLine.statement_id).in_(_ids(statements)))
    lines: dict[int, list[StatementLine]] = {}
    for line in db.exec(query.order_by(col(StatementLine.statement_id), col(StatementLine.place))):
        lines.setdefault(line.statement_id, []).append(line)
    return lines


def figures_of(db: Session, statements: Iterable[Statement]) -> dict[int, GrowthFigures]:
    """The growth reward's figures, by statement; statements of other schemes have none."""
    query = select(GrowthFigures).where(col(GrowthFigures.statement_id).in_(_ids(statements)))
    return {figures.statement_id: figures for figures in db.exec(query)}


def reconciliation_of(db: Session, statements: Iterable[Statement]) -> dict[int, list[GrowthReconciliation]]:
    """Where each filed balance went, by statement of the growth reward, what counts first."""
    query = select(GrowthReconciliation).where(col(GrowthReconciliation.statement_id).in_(_ids(statements)))
    lines: dict[int, list[GrowthReconciliation]] = {}
    for line in db.exec(query.order_by(col(GrowthReconciliation.statement_id), col(GrowthReconciliation.place))):
        lines.setdefault(line.statement_id, []).append(line)
    return lines


def growth_figures(db: Session, statement: Statement) -> GrowthFigures:
    """The figures of a statement of the growth reward; NotFound for one of another scheme, which has none."""
    found = figures_of(db, [statement]).get(statement.id or 0)
    if found is None:
        raise NotFound("no_rows", "这张结算单没有报表数据行", "There are no rows behind this statement")
    return found


def explanation_of(statement: Statement) -> dict[str, Any]:
    """Everything the statement says, as it was computed."""
    found: dict[str, Any] = json.loads(statement.explanation)
    return found


def flags_of(statement: Statement) -> list[Text]:
    """What a reviewer is to look at although it holds nothing up (domain §2)."""
    said = explanation_of(statement)
    return [text for key, text in FLAGS.items() if said.get(key)]


@dataclass(frozen=True)
class StatementWithFigures:
    """A statement with the growth reward's figures, where it is one of the growth reward."""

    statement: Statement
    figures: GrowthFigures | None
    outdated: bool
    phase: StatementPhase

    @property
    def institution_code(self) -> str:
        """The beneficiary under the name that the growth reward's readers know."""
        return self.statement.beneficiary_code

    @property
    def institution_name(self) -> str:
        return self.statement.beneficiary_name


def rows_of(
    db: Session,
    statements: Sequence[Statement],
    moved_on: Collection[int] = (),
    phases: Mapping[int, StatementPhase] | None = None,
) -> list[StatementWithFigures]:
    """Some statements, each with its figures; `moved_on` are the ids of those that are out of date, `phases` how far each has come."""
    figures, far = figures_of(db, statements), phases or {}
    return [
        StatementWithFigures(one, figures.get(number), number in moved_on, far.get(number) or phase_by_itself(one))
        for one in statements
        for number in [one.id or 0]
    ]


@dataclass(frozen=True)
class StatementWhole(StatementWithFigures):
    """The same with everything it is made of."""

    lines: list[StatementLine]
    shares: list[StatementShare]
    reconciliation: list[GrowthReconciliation]
    explanation: dict[str, Any]


def wholes(
    db: Session,
    statements: Sequence[Statement],
    moved_on: Collection[int] = (),
    phases: Mapping[int, StatementPhase] | None = None,
) -> dict[int, StatementWhole]:
    """Some statements with everything they are made of, by their row numbers, in four queries."""
    figures, lines = figures_of(db, statements), lines_of(db, statements)
    shares, reconciled, far = shares_of(db, statements), reconciliation_of(db, statements), phases or {}
    return {
        number: StatementWhole(
            statement=one,
            figures=figures.get(number),
            outdated=number in moved_on,
            phase=far.get(number) or phase_by_itself(one),
            lines=lines.get(number, []),
            shares=shares.get(number, []),
            reconciliation=reconciled.get(number, []),
            explanation=explanation_of(one),
        )
        for one in statements
        for number in [one.id or 0]
    }


def whole(
    db: Session,
    statement: Statement,
    moved_on: Collection[int] = (),
    phases: Mapping[int, StatementPhase] | None = None,
) -> StatementWhole:
    """A statement with everything it is made of."""
    return wholes(db, [statement], moved_on, phases)[statement.id or 0]
