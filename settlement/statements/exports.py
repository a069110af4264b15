"""A quarter's files of the growth reward, written by file mode's own writers from what was kept, so that both give the same bytes."""

from collections.abc import Iterable, Iterator

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.errors import Conflict
from kernel.periods import Quarter
from settlement.engine.definition import Reason
from settlement.filed.outputs import (
    ReconciliationRow,
    ShareRow,
    StatementRow,
    money,
    reconciliation_csv,
    shares_csv,
    statements_csv,
    yes,
)
from settlement.returns.filing import Premises
from settlement.statements.growth.models import GrowthFigures, GrowthReconciliation
from settlement.statements.models import Statement
from settlement.statements.schemes import GROWTH
from settlement.statements.service import figures_of, reconciliation_of, shares_of, statements_of
from settlement.statements.standing import outdated
from settlement.statements.workflow import DRAFT

FILES = ("statements", "shares", "reconciliation")


def export_quarter(db: Session, caller: Caller, name: str, *, quarter: Quarter, premises: Premises) -> bytes:
    """One of `FILES` of a quarter; Conflict while a statement in it rests on facts that have moved on."""
    statements = [one for one in statements_of(db, caller, quarter=quarter, scheme=GROWTH) if one.state == DRAFT]
    if outdated(db, statements, premises):
        raise Conflict(
            "statements_outdated",
            "报表或核定余额已有新版本，请经办先重新核对，再导出",
            "A return or a certified balance has a newer version; have the operator check the quarter again first",
        )
    return export(db, name, statements)


def export(db: Session, name: str, statements: Iterable[Statement]) -> bytes:
    """One of `FILES` over some statements of one quarter."""
    chosen = list(statements)
    if name == "statements":
        figures = figures_of(db, chosen)
        return statements_csv(_statement_row(one, figures[one.id or 0]) for one in chosen)
    if name == "shares":
        return shares_csv(_share_rows(db, chosen))
    return reconciliation_csv(_reconciliation_rows(db, chosen))


def file_name(name: str, quarter: Quarter) -> str:
    """`2022Q3-statements.csv`."""
    return f"{quarter}-{name}.csv"


def _statement_row(statement: Statement, figures: GrowthFigures) -> StatementRow:
    return StatementRow(
        institution_code=statement.beneficiary_code,
        name=statement.beneficiary_name,
        region=statement.region,
        scheme=statement.scheme,
        quarter=statement.quarter,
        basis=figures.basis,
        reference_balance=money(figures.reference_balance),
        balance=money(figures.balance),
        increment=money(figures.increment),
        rate=figures.rate,
        amount=money(statement.amount),
        alternative_basis=figures.alternative_basis,
        alternative_amount=money(figures.alternative_amount),
        dip_rebound=yes(figures.dip_rebound),
        held=yes(statement.held),
        hold_reason=statement.hold_reasons.split(" ")[0],
        policy_digest=statement.policy_digest,
        return_digest=figures.return_digest,
    )


def _share_rows(db: Session, statements: list[Statement]) -> Iterator[ShareRow]:
    shares = shares_of(db, statements)
    for one in statements:
        for share in shares.get(one.id or 0, ()):
            yield ShareRow(one.beneficiary_code, one.scheme, one.quarter, share.payer, money(share.amount))


def _reconciliation_rows(db: Session, statements: list[Statement]) -> Iterator[ReconciliationRow]:
    lines = reconciliation_of(db, statements)
    for one in statements:
        for reason, loans, balance in by_reason(lines.get(one.id or 0, ())):
            yield ReconciliationRow(one.beneficiary_code, one.quarter, str(reason), str(loans), money(balance))


def by_reason(lines: Iterable[GrowthReconciliation]) -> list[tuple[Reason, int, int]]:
    """The lines of one statement added up by reason, in their order: (reason, loans, balance in fen)."""
    sums: dict[Reason, tuple[int, int]] = {}
    for line in lines:
        loans, balance = sums.get(Reason(line.reason), (0, 0))
        sums[Reason(line.reason)] = (loans + line.loans, balance + line.balance)
    return [(reason, *found) for reason, found in sums.items()]
