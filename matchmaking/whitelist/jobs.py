"""Jobs of the pool and the whitelist. The scheduler only wakes them; the books decide what is done (rule 7)."""

from datetime import date, datetime
from functools import partial

import structlog
from sqlmodel import Session

from kernel import database
from kernel.errors import DomainError
from kernel.policies import PolicyBook
from kernel.regions import REGIONS
from kernel.web.edge import clock
from kernel.workdays import WorkCalendar
from matchmaking.handed_over import policy_book, work_calendar
from matchmaking.pool.quota import pool_rules
from matchmaking.pool.review import review
from matchmaking.whitelist.review import find_grounds, list_due, publish_due
from matchmaking.whitelist.rules import whitelist_rules
from matchmaking.whitelist.service import ListingFrame

log = structlog.get_logger()


def review_pool() -> dict[str, int]:
    """Keep every county's figures of the quarter that began; once a county and quarter."""
    now = clock()
    return review_pool_due(database.current(), book=policy_book(), at=now.now(), today=now.today())


def review_pool_due(db: Session, *, book: PolicyBook, at: datetime, today: date) -> dict[str, int]:
    """The same with everything handed in: how many counties were reviewed. One county's failure does not stop the rest."""
    rules, done = pool_rules(book, today), 0
    for region in REGIONS:
        try:
            done += database.write(db, partial(review, one=region, rules=rules, at=at, today=today))
        except DomainError as error:
            log.warning("pool_review_refused", region=region.code, code=error.code)
        except Exception:
            log.exception("pool_review_failed", region=region.code)
    return {"reviewed": done}


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
