"""Which loans of some borrowers the certified returns show: handed to the matchmaking, which asks before it counts a drawdown."""

from collections.abc import Iterable
from datetime import date

import duckdb
from sqlmodel import Session, col, select

from kernel.parties.models import Party
from settlement.returns.cells import quoted
from settlement.returns.keeping import Keeping
from settlement.returns.kept import Kept, key_of
from settlement.returns.models import LoanReturn
from settlement.returns.workflow import CERTIFIED
from settlement.returns.workshop import workshop

# institution's code, borrower's code, loan id, start date, balance in fen, quarter
ShownLoan = tuple[str, str, str, date, int, str]
VERSION = 1

_QUERY = """
    SELECT borrower_code, loan_id, start_date, balance FROM read_parquet({0})
    WHERE list_contains($codes, borrower_code) ORDER BY loan_id"""


def certified_loan_returns(db: Session) -> list[tuple[str, str, str]]:
    """Institution's code, quarter and row digest of every certified loan return, the earliest quarter first."""
    query = (
        select(Party.code, LoanReturn.quarter, LoanReturn.row_digest)
        .join(LoanReturn, col(LoanReturn.institution_id) == col(Party.id))
        .where(LoanReturn.state == CERTIFIED, LoanReturn.kind == "loans")
        .order_by(LoanReturn.quarter, Party.code)
    )
    return [(code, quarter, digest) for code, quarter, digest in db.exec(query) if digest is not None]


def loans_shown(db: Session, borrowers: Iterable[str], *, keeping: Keeping) -> list[ShownLoan]:
    """Each loan of the borrowers (by credit code) once an institution, as the first certified return that lists it shows it.

    The same returns are read for the same borrowers once; what they show is kept beside them.
    """
    codes = sorted(set(borrowers))
    if not codes:
        return []
    returns = certified_loan_returns(db)
    kept, key = Kept(keeping.kept / "loans-shown"), key_of(VERSION, returns, codes)
    found = kept.get(key)
    if found is None:
        found = _read(returns, keeping, codes)
        if all(keeping.tape(digest).exists() for _, _, digest in returns):
            kept.put(key, [[*row[:3], row[3].isoformat(), *row[4:]] for row in found])
        return found
    return [(*row[:3], date.fromisoformat(row[3]), *row[4:]) for row in found]


def _read(returns: list[tuple[str, str, str]], keeping: Keeping, codes: list[str]) -> list[ShownLoan]:
    found: dict[tuple[str, str, str], ShownLoan] = {}
    with workshop() as (connection, _):
        for institution, quarter, digest in returns:
            for row in _rows(connection, keeping, digest, codes):
                borrower, loan_id, start, balance = row
                key = (institution, borrower, loan_id)
                found.setdefault(key, (institution, borrower, loan_id, start, int(balance), quarter))
    return list(found.values())


def _rows(
    connection: duckdb.DuckDBPyConnection, keeping: Keeping, digest: str, codes: list[str]
) -> list[tuple[str, str, date, int]]:
    path = keeping.tape(digest)
    return connection.execute(_QUERY.format(quoted(str(path))), {"codes": codes}).fetchall() if path.exists() else []
