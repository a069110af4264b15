"""The loans of the certified returns, handed from the settlement to the matchmaking, which declares what it needs of each."""

from collections.abc import Iterable

from flask import current_app
from sqlmodel import Session

from matchmaking.referrals.filed_loans import LoanSeen
from settlement.returns.keeping import Keeping
from settlement.returns.loans_shown import loans_shown


def filed_loans(db: Session, borrowers: Iterable[str]) -> list[LoanSeen]:
    """Each loan of the borrowers (by credit code) once an institution, as its first certified return shows it."""
    keeping = Keeping(current_app.extensions["settings"].archive_dir)
    return [LoanSeen(*row) for row in loans_shown(db, borrowers, keeping=keeping)]
