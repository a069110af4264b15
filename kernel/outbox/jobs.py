"""The outbox's own job. The scheduler only wakes it; each delivery is claimed in the books (reliability rule 7)."""

from flask import current_app

from kernel import database
from kernel.outbox.delivering import PostOffice, deliver_due
from kernel.outbox.pulling import pull_all
from kernel.web.edge import clock


def pull_platforms() -> dict[str, int]:
    """Pull what the platforms have that is new."""
    return pull_all(database.current(), current_app.extensions["pull_office"], at=clock().now())


def deliver_events() -> dict[str, int]:
    """Send everything that is due."""
    office = current_app.extensions["outbox"]
    assert isinstance(office, PostOffice)
    return deliver_due(database.current(), office, now=clock().now)
