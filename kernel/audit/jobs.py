"""The trail's own job. The scheduler only wakes it; the head and the last checkpoint decide (reliability rules 7 and 13)."""

from kernel import database
from kernel.audit.watching import checkpoints, publish_due
from kernel.web.edge import clock


def publish_checkpoint() -> int | None:
    """Publish the trail's head if one is due; the entry it stands at."""
    made = publish_due(database.current(), checkpoints(), at=clock().now())
    return made.number if made else None
