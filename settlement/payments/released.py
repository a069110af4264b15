"""Put the claims of released batches on the books, so that every payer's book shows what it owes before an order is drawn."""

from collections.abc import Callable
from datetime import date, datetime

import structlog
from sqlmodel import Session

from kernel import database
from kernel.audit.service import THE_SERVICE
from kernel.jobs.service import claim, is_done
from settlement.payments.blocks import ApprovedItems
from settlement.payments.claims import take_in

JOB = "take_in_claims"

log = structlog.get_logger()


def take_in_released(
    db: Session, *, batches: Callable[[Session], list[str]], approvals: ApprovedItems, at: datetime, today: date
) -> dict[str, int]:
    """Take every released batch in, once, in a transaction of its own; one batch's failure does not stop the rest."""
    counts = {"taken_in": 0, "failed": 0}
    for number in batches(db):
        if is_done(db, JOB, number):
            continue
        try:
            counts["taken_in"] += database.write(
                db,
                lambda db, number=number: _take_in(db, number, approvals, at, today),  # type: ignore[misc]
            )
        except Exception:
            db.rollback()
            log.exception("claims_not_taken_in", batch=number)
            counts["failed"] += 1
    return counts


def _take_in(db: Session, number: str, approvals: ApprovedItems, at: datetime, today: date) -> int:
    if not claim(db, JOB, number, at=at):
        return 0
    return len(take_in(db, approvals(db, number), by=THE_SERVICE, at=at, today=today))
