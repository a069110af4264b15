"""What feedback asks of the bureau: an answer."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.feedback.models import WAITING
from kernel.feedback.service import may_answer, waiting_count
from kernel.web.navigation import Task


def tasks(db: Session, caller: Caller, _today: date) -> Iterator[Task]:
    """One task for all opinions that wait."""
    if may_answer(caller) and (count := waiting_count(db)):
        title = Text("用户意见待答复", "Feedback to be answered")
        yield Task(title, url_for("feedback.index", state=WAITING), Text("去答复", "Answer"), count=count)
