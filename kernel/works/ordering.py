"""Ask for a work in a transaction of its own, and delete the files of an order that became none."""

from datetime import datetime

from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.works import places, service
from kernel.works.models import Work
from kernel.works.service import Order


def ask_for_good(db: Session, caller: Caller, order: Order, *, at: datetime) -> Work:
    """As `service.ask`; the folder of an order that is refused, or under way already, goes at once."""
    work = None
    try:
        work = database.write(db, lambda db: service.ask(db, caller, order, at=at))
    finally:
        if work is None or work.folder != order.folder:
            places.drop_folder(order.folder)
    return work
