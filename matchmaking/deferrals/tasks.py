"""What deferral adds to the spine and to today's tasks: a bank's applications to answer."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.navigation import NavigationItem, Task
from matchmaking.deferrals.reading import open_for
from matchmaking.deferrals.workflow import HANDS, READERS
from matchmaking.rooms import RENEWALS

NAVIGATION = [
    NavigationItem("deferrals.index", Text("延期", "Deferral"), frozenset(READERS) - {"product_manager"}, RENEWALS)
]


def tasks(db: Session, caller: Caller, _today: date) -> Iterator[Task]:
    """The applications that wait for the bank's answer, as one task that leads to the oldest."""
    waiting = open_for(db, caller.organisation_id) if caller.role in HANDS["grant"] else []
    if waiting:
        title = Text(f"答复 {len(waiting)} 份延期申请", f"Answer {len(waiting)} applications to defer")
        url = url_for("deferrals.show", deferral_id=waiting[0].id)
        yield Task(title, url, Text("去办", "Go"), due=min(one.due_on for one in waiting), count=len(waiting))
