"""The no-show rule's job. The scheduler only wakes it; each session is claimed once (reliability rule 7)."""

from kernel import database
from kernel.web.edge import clock
from matchmaking.attendance.service import settle_due
from matchmaking.handed_over import policy_book


def settle_attendance() -> int:
    """Write down the no-shows of every session whose time to speak is over."""
    return settle_due(database.current(), book=policy_book(), at=clock().now())
