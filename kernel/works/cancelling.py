"""Cancel a work and delete what came with it, for page and API alike."""

from datetime import datetime

from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.works import places, service
from kernel.works.models import Work


def cancel_for_good(db: Session, caller: Caller, work_id: int, *, at: datetime) -> Work:
    """Cancel in a transaction of its own; the files of a work that nobody began go at once, those of one at work when its doer stops."""
    work = database.write(db, lambda db: service.cancel(db, caller, work_id, at=at))
    if work.began_at is None:
        places.drop_files(work, keep_result=False)
    return work
