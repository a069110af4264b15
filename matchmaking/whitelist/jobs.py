"""Job of the whitelist. The scheduler only wakes it; the books decide what is done (rule 7)."""

from datetime import date, datetime

from sqlmodel import Session

from kernel import database
from kernel.policies import PolicyBook
from kernel.web.edge import clock
from kernel.workdays import WorkCalendar
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.whitelist.review import find_grounds, list_due, publish_due
from matchmaking.whitelist.rules import whitelist_rules
from matchmaking.whitelist.service import ListingFrame


def tend_whitelist() -> dict[str, int]:
    """List firms whose notice is over, find grounds against listed ones, publish what changed."""
    now = clock()
    return tend_due(database.current(), book=policy_book(), calendar=work_calendar(), at=now.now(), today=now.today())


def tend_due(db: Session, *, book: PolicyBook, calendar: WorkCalendar, at: datetime, today: date) -> dict[str, int]:
    """The same with everything handed in."""
    frame = ListingFrame(whitelist_rules(book, today), calendar, at, today)
    return {
        "listed": list_due(db, frame=frame),
        "found": find_grounds(db, frame=frame),
        "published": publish_due(db, at=at, frame=frame),
    }
