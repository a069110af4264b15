"""Whom a question waits for, and the institution's task to explain its difference."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.web.navigation import Task
from settlement.calendar import season_of
from settlement.growth_reward import Hold
from settlement.handed_over import policy_book, work_calendar
from settlement.statements.queries.service import WRITERS, is_explained, open_threads
from settlement.statements.schemes import GROWTH
from settlement.statements.service import statements_of
from settlement.statements.workflow import DRAFT


def tasks(db: Session, caller: Caller, _today: date) -> Iterator[Task]:
    """The questions that wait for the caller's side, and differences to explain."""
    if caller.role not in WRITERS:
        return
    for talk in open_threads(db, caller):
        number = talk.query.statement_number
        title = Text(f"回复询问：{talk.query.title}", f"Answer: {talk.query.title}")
        yield Task(title, _page(number), Text("去回复", "Answer"), Text(number, number))
    if caller.organisation_kind == "institution":
        yield from _differences(db, caller)


def _differences(db: Session, caller: Caller) -> Iterator[Task]:
    for one in statements_of(db, caller, scheme=GROWTH):
        if one.state == DRAFT and Hold.DIFFERENCE in one.reasons and not is_explained(db, one):
            due = season_of(policy_book(), Quarter.parse(one.quarter), work_calendar()).review_until
            title = Text(f"说明差异：{one.quarter} 报表与核定余额不符", f"Explain the difference of {one.quarter}")
            yield Task(title, _page(one.number), Text("去说明", "Explain"), due=due)


def _page(number: str) -> str:
    return url_for("statements.show", number=number) + "#queries"
