"""Jobs of the settlement. The scheduler only wakes them; the books decide what is done (reliability rule 7)."""

from datetime import date, datetime

from sqlmodel import Session

from kernel import database
from kernel.web.edge import clock
from kernel.workdays import WorkCalendar
from settlement.batches.reading import statement_ids_signed
from settlement.batches.service import refresh_open
from settlement.calendar import season_of
from settlement.calls import service as calls
from settlement.handed_over import policy_book, premises, work_calendar
from settlement.payments.books.checking import check_tonight
from settlement.payments.from_batches import released_batches
from settlement.payments.handed_over import approvals, office
from settlement.payments.released import take_in_released
from settlement.payments.sending import recover_orders
from settlement.readings.places import outcome_store
from settlement.returns.filing import Premises
from settlement.returns.kept import forget_older
from settlement.statements.drafting import Drafted, draft_quarter
from settlement.statements.schemes import DRAFTERS

KEPT_DAYS = 30


def draft_statements() -> dict[str, int]:
    """Draft the statements of every due quarter: what is missing, and what rests on facts that have changed."""
    now = clock()
    return draft_due(database.current(), premises=premises(), calendar=work_calendar(), at=now.now(), today=now.today())


def call_filers() -> int:
    """Call for missing returns, remind, and tell the late ones; how many calls are new today."""
    now, db = clock(), database.current()
    book, calendar, at, today = policy_book(), work_calendar(), now.now(), now.today()
    return database.write(db, lambda db: calls.call_filers(db, book=book, calendar=calendar, at=at, today=today))


def draft_due(db: Session, *, premises: Premises, calendar: WorkCalendar, at: datetime, today: date) -> dict[str, int]:
    """The same with everything handed in: how many statements were written, withdrawn, stood, or failed."""
    drafted, signed = Drafted(), statement_ids_signed(db)
    for drafter in DRAFTERS.values():
        for quarter in drafter.quarters(premises.book, today):
            if season_of(premises.book, quarter, calendar).is_due(today):
                drafted.add(draft_quarter(db, quarter, premises=premises, at=at, scheme=drafter.scheme, signed=signed))
    database.write(db, lambda db: refresh_open(db, at=at))
    return {
        "written": len(drafted.written),
        "withdrawn": len(drafted.withdrawn),
        "unchanged": drafted.unchanged,
        "failed": len(drafted.failed),
        "waiting": len(drafted.waiting),
    }


def recover_payments() -> dict[str, int]:
    """Ask about every payment order of which nobody knows whether it arrived; runs at start and every minute."""
    return recover_orders(database.current(), office=office(), at=clock().now())


def check_books() -> int | None:
    """Look at every invariant over everything, once a night; the bureau's home says what does not hold."""
    now, db = clock(), database.current()
    return check_tonight(db, at=now.now(), day=now.today().isoformat())


def forget_kept() -> int:
    """Remove what pages kept longer than a month ago; how many files."""
    return forget_older(premises().keeping.kept, KEPT_DAYS) + forget_older(outcome_store().folder / "runs", KEPT_DAYS)


def take_in_claims() -> dict[str, int]:
    """Put the claims of every batch released for payment on the books."""
    now = clock()
    return take_in_released(
        database.current(), batches=released_batches, approvals=approvals(), at=now.now(), today=now.today()
    )
