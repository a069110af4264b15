"""Jobs of the bridging fund: what is late falls overdue, and the bank is asked to perform. Idempotent: states and versions guard it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlmodel import Session

from kernel import database
from kernel.clock import business_day
from kernel.errors import DomainError
from kernel.policies import PolicyBook
from kernel.web.edge import clock
from matchmaking.bridging import running
from matchmaking.bridging.reading import FiledCase
from matchmaking.handed_over import policy_book

log = structlog.get_logger()


def watch_bridging() -> dict[str, int]:
    """Mark late cases and call the banks that promised."""
    return watch_due(database.current(), book=policy_book(), at=clock().now())


def watch_due(db: Session, *, book: PolicyBook, at: datetime) -> dict[str, int]:
    """The same with everything handed in: how many fell overdue, how many banks were called. One failure does not stop the rest."""
    today, counts = business_day(at), {"overdue": 0, "called": 0}
    for filed in running.past_due(db, today):
        fall = partial(running.fall_overdue, filed=filed, at=at, today=today)
        call = partial(running.call_commitment, filed=filed, book=book, at=at, today=today)
        counts["overdue"] += _attempted(db, filed, fall)
        counts["called"] += _attempted(db, filed, call)
    return counts


def _attempted(db: Session, filed: FiledCase, step: Callable[[Session], bool]) -> bool:
    try:
        return database.write(db, step)
    except DomainError as error:
        log.warning("bridging_step_refused", case_id=filed.id, code=error.code)
    except Exception:
        log.exception("bridging_step_failed", case_id=filed.id)
    return False
