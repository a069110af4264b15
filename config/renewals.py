"""What the two contexts tell each other of renewals: the loans that come due, and the renewals that were recorded."""

from datetime import date

from sqlmodel import Session

from kernel.parties.service import party_by_id
from matchmaking.renewals.maturities import ReturnedLoan
from matchmaking.renewals.reading import settled_renewals
from settlement.handed_over import premises
from settlement.renewed_loans.comparing import RecordedRenewal
from settlement.renewed_loans.service import loans_coming_due


def returned_loans(db: Session, bank_id: int) -> list[ReturnedLoan]:
    """The loans of a bank's newest return, for the radar of the matchmaking."""
    due = loans_coming_due(db, bank_id, keeping=premises().keeping)
    return [ReturnedLoan(**vars(loan)) for loan in due]


def recorded_renewals(db: Session, bank_id: int, until: date) -> list[RecordedRenewal]:
    """The renewals of a bank settled by a day, for the cross-check of the settlement."""
    found = []
    for row in settled_renewals(db, bank_id, until):
        assert row.new_principal is not None
        assert row.new_starts_on is not None
        assert row.new_due_on is not None
        found.append(
            RecordedRenewal(
                old_loan=row.old_loan,
                new_loan=row.new_loan,
                borrower_code=party_by_id(db, row.enterprise_id).code,
                principal=row.new_principal,
                starts_on=row.new_starts_on,
                due_on=row.new_due_on,
            )
        )
    return found
