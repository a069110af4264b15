"""What sign-ups add to the spine, to an official's tasks, and to the home of a firm that waits to be confirmed."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.glances import Glance
from kernel.web.language import spoken
from kernel.web.navigation import NavigationItem, Task
from matchmaking.enrolment.reading import is_waiting, waiting_count
from matchmaking.enrolment.workflow import OFFICIALS, STATES, WAITING
from matchmaking.rooms import MATCHING

NAVIGATION = [NavigationItem("enrolments.index", Text("新注册企业", "Sign-ups"), frozenset(OFFICIALS), MATCHING)]


def tasks(db: Session, caller: Caller, _today: date) -> Iterator[Task]:
    """The sign-ups that wait, as one task."""
    if caller.role in OFFICIALS and (count := waiting_count(db, caller)):
        title = Text("新注册的企业等核实身份", "Firms that signed up wait to be confirmed")
        yield Task(title, url_for("enrolments.index", state=WAITING), Text("去核实", "Confirm"), count=count)


def glances(db: Session, caller: Caller, _today: date) -> Iterator[Glance]:
    """Where the confirmation stands, for a firm that waits for it."""
    if caller.organisation_kind == "enterprise" and is_waiting(db, caller.organisation_id):
        yield Glance(
            Text("企业身份", "Who your firm is"),
            spoken(STATES[WAITING]),
            Text(
                "可以填申请、发布申请；区县或市里核实以后，银行才看得到",
                "Write and publish your request now; banks see it once the county or the city has confirmed you",
            ),
            url_for("finding.start"),
        )
