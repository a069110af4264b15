"""What the outbox asks of people: somebody of the bureau looks at what was given up."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.outbox.api import WATCHERS
from kernel.outbox.reading import failing_count
from kernel.web.navigation import Task


def tasks(db: Session, caller: Caller, _today: date) -> Iterator[Task]:
    """One task for all that fails."""
    if caller.role in WATCHERS and (count := failing_count(db)):
        title = Text(f"{count} 条消息发不出去", f"{count} messages were given up")
        yield Task(title, url_for("outbox.failing"), Text("去看", "Look"), count=count)
