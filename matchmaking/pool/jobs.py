"""Job of the pool: the review of every quarter. The scheduler only wakes it; the books decide what is done (rule 7)."""

from datetime import date, datetime
from functools import partial

import structlog
from sqlmodel import Session

from kernel import database
from kernel.errors import DomainError
from kernel.policies import PolicyBook
from kernel.regions import REGIONS
from kernel.web.edge import clock
from matchmaking.handed_over import policy_book
from matchmaking.pool.quota import pool_rules
from matchmaking.pool.review import review

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
