"""The radar's rows: filled from the banks' returns through a function handed over, and by firms themselves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, record
from kernel.clock import business_day
from kernel.errors import FieldErrors
from kernel.parties.models import Enterprise, Party
from kernel.parties.service import enterprise_by_id, institution_by_id
from matchmaking.renewals.models import LoanMaturity
from matchmaking.renewals.rules import CLASSES, KINDS


@dataclass(frozen=True)
class ReturnedLoan:
    """A loan as a bank's newest return holds it; balance in fen, `as_of` the quarter's last day."""

    loan: str
    borrower_code: str
    borrower_kind: str
    balance: int
    starts_on: date
    due_on: date
    classification: str
    as_of: date


ReturnedLoans = Callable[[Session, int], Iterable[ReturnedLoan]]
"""The loans of a bank's newest return, by the bank's id: handed over by the composition root, for settlement keeps the returns."""
LoanOfFirm = tuple[str, int]
"""A loan's number and its firm: one row of a bank on the radar."""


def returned_loans() -> ReturnedLoans:
    """The function that the composition root handed over."""
    found: ReturnedLoans = current_app.extensions["returned_loans"]
    return found


def refresh(db: Session, bank_id: int, loans: Iterable[ReturnedLoan], *, at: datetime) -> int:
    """Bring what the radar has of a bank to its newest return: only loans of registered firms; how many there are.

    A loan that stays keeps its row, and only a change is put on the trail. Call it in a write transaction, with loans that were
    read before it.
    """
    rows = {loan.loan: loan for loan in loans if loan.borrower_kind in KINDS}
    firms = _firms(db, {loan.borrower_code for loan in rows.values()})
    wanted = {
        (loan.loan, firms[loan.borrower_code][0]): _values(bank_id, firms[loan.borrower_code], loan)
        for loan in rows.values()
        if loan.borrower_code in firms
    }
    if changed := _bring_to(db, _held(db, bank_id), wanted, at):
        detail = {"loans": len(wanted), "changed": changed}
        record(db, "radar.refresh", by=THE_SERVICE, subject=("institution", bank_id), at=at, detail=detail)
    return len(wanted)


def _held(db: Session, bank_id: int) -> dict[LoanOfFirm, LoanMaturity]:
    """What the radar has of a bank's return."""
    mine = (col(LoanMaturity.bank_id) == bank_id) & (col(LoanMaturity.source) == "return")
    found = db.execute(select(LoanMaturity).where(mine).execution_options(populate_existing=True)).scalars()
    return {(row.loan, row.enterprise_id): row for row in found}


def _bring_to(
    db: Session, held: Mapping[LoanOfFirm, LoanMaturity], wanted: Mapping[LoanOfFirm, dict[str, Any]], at: datetime
) -> int:
    """Delete what is gone, change what differs, add what is new; how many rows that were."""
    gone = [row for key, row in held.items() if key not in wanted]
    for row in gone:
        db.delete(row)
    differing = [(held[key], values) for key, values in wanted.items() if key in held and _differs(held[key], values)]
    for row, values in differing:
        row.sqlmodel_update(values | {"at": at})
    new = [LoanMaturity(**values, at=at) for key, values in wanted.items() if key not in held]
    db.add_all(new)
    db.flush()
    return len(gone) + len(differing) + len(new)


def _differs(row: LoanMaturity, values: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def _firms(db: Session, codes: set[str]) -> dict[str, tuple[int, str]]:
    """The registered firms among some codes, asked for in parts that every database takes."""
    found: dict[str, tuple[int, str]] = {}
    listed = sorted(codes)
    for first in range(0, len(listed), 500):
        query = select(col(Party.code), col(Enterprise.party_id), col(Party.fiscal_region)).join(
            Enterprise, col(Enterprise.party_id) == col(Party.id)
        )
        for code, party_id, region in db.execute(query.where(col(Party.code).in_(listed[first : first + 500]))):
            found[code] = (party_id, region)
    return found


def _values(bank_id: int, firm: tuple[int, str], loan: ReturnedLoan) -> dict[str, Any]:
    """A loan of a return as a row of the radar, but for the moment at which it came."""
    return {
        "enterprise_id": firm[0],
        "bank_id": bank_id,
        "region": firm[1],
        "loan": loan.loan,
        "balance": loan.balance,
        "starts_on": loan.starts_on,
        "due_on": loan.due_on,
        "borrower_kind": loan.borrower_kind,
        "classification": loan.classification if loan.classification in CLASSES else None,
        "source": "return",
        "as_of": loan.as_of,
    }


def declare(
    db: Session,
    caller: Caller,
    *,
    bank_id: int,
    loan: str,
    balance: int,
    starts_on: date,
    due_on: date,
    at: datetime,
) -> LoanMaturity:
    """A firm's own word on a loan of its, replacing an earlier one; Invalid when it ends before it begins."""
    errors = FieldErrors()
    if due_on <= starts_on:
        errors.add("due_on", "before_start", "到期日要晚于发放日", "After the day the loan began")
    errors.raise_if_any()
    _, firm = enterprise_by_id(db, caller.organisation_id)
    institution_by_id(db, bank_id)
    own = (
        (col(LoanMaturity.bank_id) == bank_id) & (col(LoanMaturity.loan) == loan) & (col(LoanMaturity.source) == "firm")
    )
    db.execute(delete(LoanMaturity).where(own, col(LoanMaturity.enterprise_id) == caller.organisation_id))
    made = LoanMaturity(
        enterprise_id=caller.organisation_id,
        bank_id=bank_id,
        region=caller.fiscal_region,
        loan=loan,
        balance=balance,
        starts_on=starts_on,
        due_on=due_on,
        borrower_kind=firm.size_class,
        source="firm",
        as_of=business_day(at),
        at=at,
    )
    db.add(made)
    db.flush()
    record(db, "radar.declare", by=caller.actor, subject=("loan_maturity", made.id), at=at, detail={"loan": loan})
    return made
