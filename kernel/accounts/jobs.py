"""Jobs of the accounts; the scheduler only wakes them."""

from kernel import database
from kernel.accounts import sign_ins
from kernel.web.edge import clock


def forget_sign_ins() -> int:
    """Delete the sign-ins that are older than they have to be kept."""
    now = clock().now()
    return database.write(database.current(), lambda db: sign_ins.forget_sign_ins(db, at=now))
