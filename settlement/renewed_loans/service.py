"""Read the rows of a bank's return that matter for renewals, and hold them against what the composition root says was recorded."""

# ruff: noqa: S608 (paths are quoted literals)

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
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
from settlement.returns.kept import Kept, key_of
from settlement.returns.models import LoanReturn
from settlement.returns.workflow import REFUSED
from settlement.returns.workshop import workshop

BUREAU = ("operator", "reviewer", "approver", "auditor")
OF_BANKS = ("maker", "checker")
READERS = (*BUREAU, *OF_BANKS)
ROWS_VERSION = 1  # of the query: what an older one kept is read anew
CHECK_VERSION = 1  # of what is held together: likewise

RecordedRenewals = Callable[[Session, Iterable[int], date], Mapping[int, Sequence[RecordedRenewal]]]
"""The renewals of some banks settled by a day: handed over by the composition root, for the matchmaking keeps them."""
ListedBorrowers = Callable[[Session, Iterable[tuple[str, date]]], set[tuple[str, date]]]
"""Which of these borrowers (by credit code) were on the whitelist of the day beside them: handed over likewise."""

WhitelistDigest = Callable[[Session], str]
"""What the answers of the one before depend on, as a digest: likewise."""


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
    whitelist: WhitelistDigest


def check(
    db: Session, caller: Caller, *, code: str, quarter: Quarter, recorded: RecordedSide, keeping: Keeping
) -> RenewalCheck:
    """A bank's newest accepted return of a quarter against the renewals recorded by its last day; NotFound without a return."""
    found = _checks(db, [own_bank(db, caller, code)], quarter, recorded, keeping)
    if not found:
        raise NotFound("return_not_found", "这个季度还没有报表", "There is no return for this quarter yet")
    return found[0]


def check_all(
    db: Session, caller: Caller, *, quarter: Quarter, recorded: RecordedSide, keeping: Keeping
) -> list[RenewalCheck]:
    """The checks of every bank that filed a return of a quarter, those with the most differences first; a bank has but its own."""
    banks = select(Party).where(col(Party.kind) == "institution").order_by(Party.code)
    if caller.organisation_kind == "institution":
        banks = banks.where(Party.id == caller.organisation_id)
    return sorted(_checks(db, db.exec(banks).all(), quarter, recorded, keeping), key=lambda one: -len(one.found))


def _checks(
    db: Session, banks: Sequence[Party], quarter: Quarter, recorded: RecordedSide, keeping: Keeping
) -> list[RenewalCheck]:
    """Of those banks that filed a return: the same few queries whatever their number. What rests on the same is held together once."""
    filed = _newest_of_quarter(db, quarter)
    found = [(bank, filed[bank.id or 0]) for bank in banks if bank.id in filed]
    known = recorded.renewals(db, [one.institution_id for _, one in found], quarter.last_day)
    sides = [_Sides(bank, one, known.get(one.institution_id, ()), quarter) for bank, one in found]
    kept, whitelist = Kept(keeping.kept / "renewal-checks"), recorded.whitelist(db)
    by_key = {one.key(whitelist): one for one in sides}
    told = {key: kept.get(key) for key in by_key}
    rows = {key: _kept_rows(keeping, one.filed, one.known) for key, one in by_key.items() if told[key] is None}
    listed = _of_listed(db, [row for each in rows.values() for row in each], recorded.listed)
    for key in rows:
        told[key] = by_key[key].held_together(rows[key], listed)
        kept.put(key, told[key])
    return [one.read(told[key]) for key, one in by_key.items()]


def _newest_of_quarter(db: Session, quarter: Quarter) -> dict[int, LoanReturn]:
    """The newest accepted return of each bank."""
    query = select(LoanReturn).where(
        LoanReturn.quarter == str(quarter), LoanReturn.kind == "loans", LoanReturn.state != REFUSED
    )
    rows = db.exec(query.order_by(col(LoanReturn.version)))
    return {row.institution_id: row for row in rows if row.row_digest is not None}


@dataclass(frozen=True)
class _Sides:
    """A bank's return and the renewals recorded for it."""

    bank: Party
    filed: LoanReturn
    known: Sequence[RecordedRenewal]
    quarter: Quarter

    def key(self, whitelist: str) -> str:
        """All that the check rests on: the rows, the records, who was on the whitelist when."""
        records = [[str(value) for value in astuple(one)] for one in self.known]
        who = (self.bank.code, str(self.quarter), self.filed.row_digest)
        return key_of(CHECK_VERSION, who, records, whitelist)

    def held_together(self, rows: Sequence[RenewedRow], listed: set[tuple[str, date]]) -> dict[str, Any]:
        marked = {row.loan for row in rows if row.renews}
        expected = {row.loan for row in rows if row.renews and (row.borrower_code, row.starts_on) in listed}
        found = mismatches(rows, self.known, on=self.quarter.last_day, expected=expected)
        outside = marked - expected - {one.new_loan for one in self.known}
        return {"marked": len(marked), "outside": len(outside), "found": [asdict(one) for one in found]}

    def read(self, told: dict[str, Any]) -> RenewalCheck:
        found = [RenewalMismatch(**one) for one in told["found"]]
        counts = (told["marked"], told["outside"], len(self.known))
        return RenewalCheck(self.bank, self.quarter, self.filed.version, *counts, found)


def _of_listed(db: Session, rows: Sequence[RenewedRow], listed: ListedBorrowers) -> set[tuple[str, date]]:
    """Of the borrowers of marked loans those who were on the whitelist when the loan began, with that day."""
    return listed(db, {(row.borrower_code, row.starts_on) for row in rows if row.renews})


def _kept_rows(keeping: Keeping, filed: LoanReturn, known: Sequence[RecordedRenewal]) -> list[RenewedRow]:
    """What a return says of renewals: read once for the same rows and the same records, then kept."""
    digest, loans = filed.row_digest or "", sorted({name for one in known for name in (one.old_loan, one.new_loan)})
    kept, key = Kept(keeping.kept / "renewed-loans"), key_of(ROWS_VERSION, digest, loans)
    found = kept.get(key)
    if found is None:
        rows = renewal_rows(keeping, digest, loans)
        kept.put(
            key, [[value.isoformat() if isinstance(value, date) else value for value in astuple(row)] for row in rows]
        )
        return rows
    return [_row_back(*row) for row in found]


def _row_back(row: int, loan: str, borrower: str, balance: int, starts_on: str, due_on: str, renews: str) -> RenewedRow:
    return RenewedRow(row, loan, borrower, balance, date.fromisoformat(starts_on), date.fromisoformat(due_on), renews)


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
