"""Jobs of the settlement. The scheduler only wakes them; the books decide what is done (reliability rule 7)."""

from datetime import date, datetime

from sqlmodel import Session

from kernel import database
from kernel.web.edge import clock
from kernel.workdays import WorkCalendar
from settlement.calendar import due_quarters
from settlement.handed_over import premises, work_calendar
from settlement.returns.filing import Premises
from settlement.statements.drafting import draft_quarter


def draft_statements() -> dict[str, int]:
    """Draft the statements of every due quarter: what is missing, and what rests on facts that have changed."""
    now = clock()
    return draft_due(database.current(), premises=premises(), calendar=work_calendar(), at=now.now(), today=now.today())


def draft_due(db: Session, *, premises: Premises, calendar: WorkCalendar, at: datetime, today: date) -> dict[str, int]:
    """The same with everything handed in: how many statements were written, stood, or failed."""
    counts = {"written": 0, "unchanged": 0, "failed": 0}
    for quarter in due_quarters(premises.book, calendar, today):
        drafted = draft_quarter(db, quarter, premises=premises, at=at)
        counts["written"] += len(drafted.written)
        counts["unchanged"] += drafted.unchanged
        counts["failed"] += len(drafted.failed)
    return counts
