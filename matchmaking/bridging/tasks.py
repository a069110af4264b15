"""What the bridging fund adds to the spine and to today's tasks: cases that wait for the caller's hand."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.navigation import NavigationItem, Task
from matchmaking.bridging.contributions import to_check
from matchmaking.bridging.pools import pool_name
from matchmaking.bridging.reading import waiting_cases
from matchmaking.bridging.workflow import CASE_MOVES, READERS, STATES, verbs_for
from matchmaking.rooms import RENEWALS

NAVIGATION = [
    NavigationItem(
        "bridging.index", Text("转贷", "Bridging"), frozenset(READERS) - {"maker", "product_manager"}, RENEWALS
    )
]
ONLY_IF_NEED_BE = frozenset({"decline", "reject", "withdraw", "write_off", "regain"})
MOST_TASKS = 50


def tasks(db: Session, caller: Caller, _today: date) -> Iterator[Task]:
    """One task a case that the caller can move on, and one a contribution that waits for the caller as the second person."""
    for one, pool in to_check(db, caller):
        name = pool_name(pool.region)
        title = Text(f"{name.zh}：复核出资", f"{name.en}: check a contribution")
        yield Task(title, url_for("bridging.contribution", contribution_id=one.id), Text("去复核", "Check"))
    yield from _cases(db, caller)


def _cases(db: Session, caller: Caller) -> Iterator[Task]:
    verbs = {state: _verbs(caller.role, state) for state in STATES}
    states = [state for state, found in verbs.items() if found]
    for filed in waiting_cases(db, caller, states, MOST_TASKS) if states else ():
        label = CASE_MOVES.by_verb[verbs[filed.case.state][0]].label
        title = Text(f"{filed.firm.name}的转贷：{label.zh}", f"Bridging for {filed.firm.name}: {label.en}")
        url = url_for("bridging.show", case_id=filed.id)
        yield Task(title, url, Text("去办", "Go"), due=filed.case.due_on or filed.case.old_due_on)


def _verbs(role: str, state: str) -> list[str]:
    """What moves a case on from a state by the hand of a role."""
    return [verb for verb in verbs_for(role, state) if verb not in ONLY_IF_NEED_BE]
