"""Whom a merger waits for."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.navigation import Task
from settlement.mergers.service import mergers_query, parties_of
from settlement.mergers.workflow import PROPOSED
from settlement.officials import CHECKER


def tasks(db: Session, caller: Caller, _today: date) -> Iterator[Task]:
    """The reviewer checks each merger that was entered by somebody else."""
    if caller.role != CHECKER:
        return
    for row in db.execute(mergers_query(state=PROPOSED)).scalars():
        if row.proposed_by != caller.account_id:
            absorbed, into = parties_of(db, row)
            title = Text(f"复核合并：{absorbed.name}", f"Check the merger of {absorbed.name}")
            detail = Text(f"并入{into.name}，{row.ended_on}", f"Into {into.name}, {row.ended_on}")
            yield Task(title, url_for("mergers.show", number=row.id), Text("去复核", "Check"), detail)
