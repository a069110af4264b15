"""The job that tells platforms what changed. The scheduler only wakes it; each version is claimed once (reliability rule 7)."""

from kernel import database
from kernel.web.edge import clock
from matchmaking.platforms.service import push_changes


def push_to_platforms() -> dict[str, int]:
    """Put every change on its way."""
    return push_changes(database.current(), at=clock().now())
