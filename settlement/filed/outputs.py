"""The files that a settlement writes, row by row, the same from file mode and from the service."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from kernel.money import yuan
from kernel.periods import Quarter
from kernel.tables.writing import csv_bytes
from settlement.engine.definition import Reason
from settlement.engine.sums import Reconciliation
from settlement.fiscal_shares import Share
from settlement.growth_reward import SCHEME, Assessment


@dataclass(frozen=True)
class StatementRow:
    """One line of `statements.csv`, as text: money in yuan with two decimals, empty where there is no figure."""

    institution_code: str
    name: str
    region: str
    scheme: str
    quarter: str
    basis: str
    reference_balance: str
    balance: str
    increment: str
    rate: str
    amount: str
    alternative_basis: str
    alternative_amount: str
    dip_rebound: str
    held: str
    hold_reason: str
    policy_digest: str
    return_digest: str


@dataclass(frozen=True)
class ShareRow:
    """One line of `shares.csv`: what one payer bears of one statement."""

    institution_code: str
    scheme: str
    quarter: str
    payer: str
    amount: str


@dataclass(frozen=True)
class ReconciliationRow:
    """One line of `reconciliation.csv`: the loans of a return that went one way."""

    institution_code: str
    quarter: str
    reason: str
    loans: str
    balance: str


Rows = Iterable[StatementRow] | Iterable[ShareRow] | Iterable[ReconciliationRow]


def money(fen: int | None) -> str:
    """Yuan with two decimals, empty for a figure that nobody knows."""
    return "" if fen is None else yuan(fen)


def yes(answer: bool) -> str:
    return "Y" if answer else "N"


def growth_statement_row(assessment: Assessment) -> StatementRow:
    """The growth reward's line of `statements.csv`."""
    paid, person = assessment.paid, assessment.person
    return StatementRow(
        institution_code=person.code,
        name=person.name,
        region=person.region,
        scheme=SCHEME,
        quarter=str(assessment.quarter),
        basis=paid.basis,
        reference_balance=money(paid.reference_balance),
        balance=money(assessment.balance),
        increment=money(paid.increment),
        rate=f"{paid.rate:f}",
        amount=money(paid.amount),
        alternative_basis=assessment.alternative.basis,
        alternative_amount=money(assessment.alternative.amount),
        dip_rebound=yes(assessment.dip_rebound),
        held=yes(assessment.held),
        hold_reason=assessment.hold_reason or "",
        policy_digest=assessment.rule.policy_digest,
        return_digest=assessment.return_digest,
    )


def share_rows(code: str, scheme: str, quarter: Quarter, shares: Iterable[Share]) -> list[ShareRow]:
    """A statement's lines of `shares.csv`, the city first."""
    return [ShareRow(code, scheme, str(quarter), share.payer, yuan(share.amount)) for share in shares]


def reconciliation_rows(
    code: str, quarter: Quarter, reasons: Sequence[Reason], reconciliation: Reconciliation
) -> list[ReconciliationRow]:
    """A return's lines of `reconciliation.csv`, one per reason, those that no loan met included."""
    lines = [reconciliation.of(reason) for reason in reasons]
    return [ReconciliationRow(code, str(quarter), line.reason, str(line.loans), yuan(line.balance)) for line in lines]


def _table(kind: type[StatementRow | ShareRow | ReconciliationRow], rows: Rows) -> bytes:
    names = [field.name for field in fields(kind)]
    return csv_bytes(names, ([str(getattr(row, name)) for name in names] for row in rows))


def statements_csv(rows: Iterable[StatementRow]) -> bytes:
    """`statements.csv`, by institution, then scheme."""
    return _table(StatementRow, sorted(rows, key=lambda row: (row.institution_code, row.scheme)))


def shares_csv(rows: Iterable[ShareRow]) -> bytes:
    """`shares.csv`, by institution, then scheme; the payers of a statement stay as they come."""
    return _table(ShareRow, sorted(rows, key=lambda row: (row.institution_code, row.scheme)))


def reconciliation_csv(rows: Iterable[ReconciliationRow]) -> bytes:
    """`reconciliation.csv`, by institution; the reasons of a return stay in the order in which they are tried."""
    return _table(ReconciliationRow, sorted(rows, key=lambda row: row.institution_code))
