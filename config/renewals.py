"""What the two contexts tell each other of renewals: the loans that come due, and the renewals that were recorded."""

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session

from kernel.audit.remembering import remembering
from matchmaking.renewals.maturities import ReturnedLoan
from matchmaking.renewals.reading import settled_renewals
from matchmaking.whitelist.reading import listed_days
from settlement.handed_over import premises
from settlement.renewed_loans.comparing import RecordedRenewal
from settlement.renewed_loans.service import loans_coming_due
from settlement.returns.kept import key_of


def returned_loans(db: Session, bank_id: int) -> list[ReturnedLoan]:
    """The loans of a bank's newest return, for the radar of the matchmaking."""
    due = loans_coming_due(db, bank_id, keeping=premises().keeping)
    return [ReturnedLoan(**vars(loan)) for loan in due]


def listed_borrowers(db: Session, asked: Iterable[tuple[str, date]]) -> set[tuple[str, date]]:
    """Which borrowers were on the whitelist of the day beside them, for the cross-check of the settlement."""
    pairs, spans = set(asked), dict[str, list[tuple[date, date | None]]]()
    for code, since, until in listed_days(db) if pairs else ():
        spans.setdefault(code, []).append((since, until))
    return {
        (code, day)
        for code, day in pairs
        if any(since <= day and (until is None or day < until) for since, until in spans.get(code, ()))
    }


def whitelist_digest(db: Session) -> str:
    """One digest over the days on which each firm was ever on the whitelist; remembered until the books change."""

    def made() -> str:
        return key_of(sorted([code, str(since), str(until)] for code, since, until in listed_days(db)))

    return remembering().of(db, "whitelist.listed_days", made)


def recorded_renewals(db: Session, bank_ids: Iterable[int], until: date) -> dict[int, list[RecordedRenewal]]:
    """The renewals of some banks settled by a day, by bank, for the cross-check of the settlement."""
    found: dict[int, list[RecordedRenewal]] = {}
    for row, borrower_code in settled_renewals(db, bank_ids, until):
        assert row.new_principal is not None
        assert row.new_starts_on is not None
        assert row.new_due_on is not None
        found.setdefault(row.bank_id, []).append(
            RecordedRenewal(
                old_loan=row.old_loan,
                new_loan=row.new_loan,
                borrower_code=borrower_code,
                principal=row.new_principal,
                starts_on=row.new_starts_on,
                due_on=row.new_due_on,
            )
        )
    return found
