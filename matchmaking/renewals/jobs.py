"""Jobs of renewals: refresh the radar from the banks' newest returns; end what came too late. Both may run any number of times."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlmodel import Session

from kernel import database
from kernel.clock import business_day
from kernel.errors import DomainError
from kernel.web.edge import clock
from matchmaking.renewals import maturities, service
from matchmaking.renewals.maturities import ReturnedLoans
from matchmaking.renewals.reading import lending_banks

log = structlog.get_logger()


def watch_renewals() -> dict[str, int]:
    """Refresh the radar and end late renewals."""
    return watch_due(database.current(), returned=maturities.returned_loans(), at=clock().now())


def watch_due(db: Session, *, returned: ReturnedLoans, at: datetime) -> dict[str, int]:
    """The same with everything handed in: how many loans are on the radar, how many renewals lapsed. One failure stops no other."""
    counts = {"loans": 0, "lapsed": 0}
    for bank in lending_banks(db):
        assert bank.id is not None
        counts["loans"] += _attempted("radar", bank.id, partial(_refresh, db, bank.id, returned, at))
    for renewal_id in service.past_maturity(db, business_day(at)):
        end = partial(service.lapse, renewal_id=renewal_id, at=at)
        counts["lapsed"] += _attempted("lapse", renewal_id, partial(database.write, db, end))
    return counts


def _refresh(db: Session, bank_id: int, returned: ReturnedLoans, at: datetime) -> int:
    loans = list(returned(db, bank_id))  # read before the transaction opens
    return database.write(db, lambda db: maturities.refresh(db, bank_id, loans, at=at))


def _attempted(job: str, subject_id: int, work: Callable[[], int]) -> int:
    try:
        return work()
    except DomainError as error:
        log.warning("renewal_step_refused", step=job, subject_id=subject_id, code=error.code)
    except Exception:
        log.exception("renewal_step_failed", step=job, subject_id=subject_id)
    return 0
