"""What recommendations add to the spine and to today's tasks."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.roles import INSTITUTION_ROLES
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.navigation import NavigationItem, Task
from matchmaking.recommendations.api import ANSWERERS, SENDERS
from matchmaking.recommendations.choosing import candidates, needs_of_pool_firms
from matchmaking.recommendations.reading import waiting_for
from matchmaking.rooms import MATCHING

NAVIGATION = [
    NavigationItem(
        "recommendations.index", Text("需求推荐", "Needs"), frozenset({*SENDERS, *INSTITUTION_ROLES}), MATCHING
    ),
]


def tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    """Needs for the organiser to recommend, recommended needs for the bank to answer."""
    url = url_for("recommendations.index")
    if caller.role in SENDERS and (count := len(candidates(db, needs_of_pool_firms(db, today)))):
        title = Text(f"{count} 份培育库企业的申请可以推荐", f"{count} requests of pool firms can be recommended")
        yield Task(title, url, Text("去选", "Choose"), count=count)
    elif caller.role in ANSWERERS and (count := waiting_for(db, caller, today)):
        title = Text(f"市里推荐来 {count} 份需求，等本行回话", f"{count} recommended needs wait for your answer")
        yield Task(title, url, Text("去回话", "Answer"), count=count)
