"""What renewals add to the spine and to today's tasks: answers by the clock, contracts to sign, loans about to come due."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.navigation import NavigationItem, Task
from kernel.web.paging import Asked
from matchmaking.renewals.reading import RADAR_DAYS, FiledRenewal, radar, waiting_renewals
from matchmaking.renewals.workflow import OF_FIRMS, READERS
from matchmaking.rooms import RENEWALS

NAVIGATION = [
    NavigationItem("renewals.index", Text("续贷", "Renewals"), frozenset(READERS) - {"product_manager"}, RENEWALS)
]
WAITING = {
    "applied": (Text("答复续贷申请", "Answer the renewal"), ("checker",)),
    "approved": (Text("签续贷合同", "Sign the renewal"), ("maker", "checker")),
    "signed": (Text("新贷结清旧贷", "Settle the old loan"), ("maker", "checker")),
}
MOST_TASKS = 50


def tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    """Whom a renewal waits for, and which firm's loan comes due in the window."""
    states = [state for state, (_label, roles) in WAITING.items() if caller.role in roles]
    for filed in waiting_renewals(db, caller, states, MOST_TASKS) if states else ():
        yield _of_renewal(filed)
    if caller.role in OF_FIRMS:
        yield from _coming_due(db, caller, today)


def _of_renewal(filed: FiledRenewal) -> Task:
    label, _roles = WAITING[filed.renewal.state]
    due = filed.renewal.answer_by if filed.renewal.state == "applied" else filed.renewal.old_due_on
    title = Text(f"{filed.firm.name}：{label.zh}", f"{filed.firm.name}: {label.en}")
    return Task(title, url_for("renewals.show", renewal_id=filed.id), Text("去办", "Go"), due=due)


def _coming_due(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    for one in radar(db, caller, Asked(per_page=10), today=today, days=RADAR_DAYS[-1]).items:
        title = Text(f"{one.loan.loan} 快到期了", f"{one.loan.loan} comes due soon")
        url = url_for("renewals.new", loan=one.loan.id)
        yield Task(title, url, Text("申请续贷", "Renew"), due=one.loan.due_on)
