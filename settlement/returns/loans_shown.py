"""Which loans of some borrowers the certified returns show: handed to the matchmaking, which asks before it counts a drawdown."""

from collections.abc import Iterable
from datetime import date

import duckdb
from sqlmodel import Session, col, select

from kernel.parties.models import Party
from settlement.returns.cells import quoted
from settlement.returns.keeping import Keeping
from settlement.returns.models import LoanReturn
from settlement.returns.workflow import CERTIFIED
from settlement.returns.workshop import workshop

# institution's code, borrower's code, loan id, start date, balance in fen, quarter
ShownLoan = tuple[str, str, str, date, int, str]

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
    """Each loan of the borrowers (by credit code) once an institution, as the first certified return that lists it shows it."""
    codes = sorted(set(borrowers))
    found: dict[tuple[str, str, str], ShownLoan] = {}
    if not codes:
        return []
    with workshop() as (connection, _):
        for institution, quarter, digest in certified_loan_returns(db):
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
