"""What readings add to the spine and to today's tasks: decisions that wait for a second person."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.navigation import NavigationItem, Task
from settlement.readings.service import READERS, to_check
from settlement.rooms import POLICIES

NAVIGATION = [
    NavigationItem("readings.index", Text("未定", "Undecided"), frozenset(READERS), POLICIES),
    NavigationItem("what_if.show", Text("试算", "What-if"), frozenset(READERS), POLICIES),
]


def tasks(db: Session, caller: Caller, _today: date) -> Iterator[Task]:
    """The decisions that the caller may check."""
    for decision in to_check(db, caller):
        title = Text(f"核对决定 {decision.number}", f"Check decision {decision.number}")
        detail = Text(
            f"{decision.document_number}，{decision.recorded_by_name} 录入",
            f"{decision.document_number}, recorded by {decision.recorded_by_name}",
        )
        yield Task(title, url_for("readings.show_decision", decision_id=decision.id), Text("去核对", "Check"), detail)
