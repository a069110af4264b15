"""Jobs of the sign-ups; the scheduler only wakes them."""

from kernel import database
from kernel.web.edge import clock
from matchmaking.enrolment import service


def lapse_sign_ups() -> int:
    """Let the sign-ups lapse that nobody decided about in time."""
    now = clock().now()
    return database.write(database.current(), lambda db: service.lapse_old(db, at=now))
