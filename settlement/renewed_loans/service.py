"""Read the rows of a bank's return that matter for renewals, and hold them against what the composition root says was recorded."""

# ruff: noqa: S608 (paths are quoted literals)

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.errors import NotFound
from kernel.parties.models import Party
from kernel.parties.service import party_by_code, party_by_id
from kernel.periods import Quarter
from settlement.renewed_loans.comparing import RecordedRenewal, RenewalMismatch, RenewedRow, mismatches
from settlement.returns.cells import quoted
from settlement.returns.keeping import Keeping
from settlement.returns.models import LoanReturn
from settlement.returns.workflow import REFUSED
from settlement.returns.workshop import workshop

BUREAU = ("operator", "reviewer", "approver", "auditor")
OF_BANKS = ("maker", "checker")
READERS = (*BUREAU, *OF_BANKS)

RecordedRenewals = Callable[[Session, int, date], Sequence[RecordedRenewal]]
"""The renewals of a bank settled by a day: handed over by the composition root, for the matchmaking keeps them."""
ListedBorrowers = Callable[[Session, Iterable[tuple[str, date]]], set[tuple[str, date]]]
"""Which of these borrowers (by credit code) were on the whitelist of the day beside them: handed over likewise."""


@dataclass(frozen=True)
class RenewalCheck:
    """What one return was held against, and every difference.

    `marked` counts its rows that say they renew, `outside` those of them whose borrower was not on the whitelist: not recorded here.
    """

    bank: Party
    quarter: Quarter
    version: int
    marked: int
    outside: int
    recorded: int
    found: Sequence[RenewalMismatch]


def _newest_accepted(db: Session, institution_id: int, quarter: Quarter | None) -> LoanReturn | None:
    query = select(LoanReturn).where(
        LoanReturn.institution_id == institution_id, LoanReturn.kind == "loans", LoanReturn.state != REFUSED
    )
    if quarter is not None:
        query = query.where(LoanReturn.quarter == str(quarter))
    newest_first = query.order_by(col(LoanReturn.quarter).desc(), col(LoanReturn.version).desc())
    return db.exec(newest_first.limit(1)).first()


def own_bank(db: Session, caller: Caller, code: str) -> Party:
    """The bank of a code, or the caller's own; another bank's is the same NotFound as none."""
    if caller.organisation_kind == "institution":
        own = party_by_id(db, caller.organisation_id)
        if code not in ("", own.code):
            raise NotFound("party_not_found", f"没有找到 {code}", f"{code} was not found")
        return own
    return party_by_code(db, code)


@dataclass(frozen=True)
class RecordedSide:
    """What the matchmaking knows: the recorded renewals, and who was on the whitelist."""

    renewals: RecordedRenewals
    listed: ListedBorrowers


def check(
    db: Session, caller: Caller, *, code: str, quarter: Quarter, recorded: RecordedSide, keeping: Keeping
) -> RenewalCheck:
    """A bank's newest accepted return of a quarter against the renewals recorded by its last day; NotFound without a return."""
    bank = own_bank(db, caller, code)
    assert bank.id is not None
    filed = _newest_accepted(db, bank.id, quarter)
    if filed is None or filed.row_digest is None:
        raise NotFound("return_not_found", "这个季度还没有报表", "There is no return for this quarter yet")
    known = recorded.renewals(db, bank.id, quarter.last_day)
    rows = renewal_rows(keeping, filed.row_digest, {name for one in known for name in (one.old_loan, one.new_loan)})
    marked, expected = {row.loan for row in rows if row.renews}, _of_listed(db, rows, recorded.listed)
    found = mismatches(rows, known, on=quarter.last_day, expected=expected)
    outside = marked - expected - {one.new_loan for one in known}
    return RenewalCheck(bank, quarter, filed.version, len(marked), len(outside), len(known), found)


def check_all(
    db: Session, caller: Caller, *, quarter: Quarter, recorded: RecordedSide, keeping: Keeping
) -> list[RenewalCheck]:
    """The checks of every bank that filed a return of a quarter, those with the most differences first; a bank has but its own."""
    filed = select(LoanReturn.institution_id).where(
        LoanReturn.quarter == str(quarter), LoanReturn.kind == "loans", LoanReturn.state != REFUSED
    )
    query = select(Party.code).where(col(Party.id).in_(filed)).order_by(Party.code)
    if caller.organisation_kind == "institution":
        query = query.where(Party.id == caller.organisation_id)
    found = [
        check(db, caller, code=code, quarter=quarter, recorded=recorded, keeping=keeping) for code in db.exec(query)
    ]
    return sorted(found, key=lambda one: -len(one.found))


def _of_listed(db: Session, rows: Sequence[RenewedRow], listed: ListedBorrowers) -> set[str]:
    """The marked loans of firms that were on the whitelist when the loan began."""
    marked = [row for row in rows if row.renews]
    held = listed(db, {(row.borrower_code, row.starts_on) for row in marked})
    return {row.loan for row in marked if (row.borrower_code, row.starts_on) in held}


def renewal_rows(keeping: Keeping, row_digest: str, loans: Iterable[str]) -> list[RenewedRow]:
    """The rows that renew, and those of some loans, in the order of the filed sheet."""
    tape = quoted(str(keeping.tape(row_digest)))
    with workshop() as (connection, _):
        connection.execute("CREATE TEMP TABLE wanted (loan VARCHAR)")
        if listed := [(loan,) for loan in sorted(set(loans))]:
            connection.executemany("INSERT INTO wanted VALUES (?)", listed)
        found = connection.execute(
            "SELECT row, loan_id, borrower_code, balance, start_date, maturity_date, coalesce(renews, '') "
            f"FROM read_parquet({tape}) WHERE coalesce(renews, '') <> '' OR loan_id IN (SELECT loan FROM wanted) "
            "ORDER BY row"
        ).fetchall()
    return [RenewedRow(*row) for row in found]


@dataclass(frozen=True)
class LoanComingDue:
    """A loan of a bank's newest return; balance in fen, `as_of` the quarter's last day."""

    loan: str
    borrower_code: str
    borrower_kind: str
    balance: int
    starts_on: date
    due_on: date
    classification: str
    as_of: date


def loans_coming_due(db: Session, institution_id: int, *, keeping: Keeping) -> list[LoanComingDue]:
    """The loans to borrowers with a credit code that a bank's newest accepted return holds; none without a return."""
    filed = _newest_accepted(db, institution_id, None)
    if filed is None or filed.row_digest is None:
        return []
    tape, as_of = quoted(str(keeping.tape(filed.row_digest))), Quarter.parse(filed.quarter).last_day
    with workshop() as (connection, _):
        rows: list[Any] = connection.execute(
            "SELECT loan_id, borrower_code, borrower_kind, balance, start_date, maturity_date, classification "
            f"FROM read_parquet({tape}) WHERE balance > 0 AND NOT starts_with(borrower_code, 'ID:') ORDER BY row"
        ).fetchall()
    return [LoanComingDue(*(*row, as_of)) for row in rows]
