"""The spine's entry of the referrals, and whom they wait for today."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web import formats
from kernel.web.navigation import NavigationItem, Task
from matchmaking.handed_over import work_calendar
from matchmaking.referrals import overseeing, reading
from matchmaking.referrals.acts import BANK_ACTS
from matchmaking.referrals.api import OF_ENTERPRISE, READERS
from matchmaking.referrals.reading import ShownReferral
from matchmaking.referrals.workflow import NEXT_ACT
from matchmaking.rooms import MATCHING, REQUESTS

PROGRESS = Text("进展", "Progress")
NAVIGATION = [
    NavigationItem("referrals.index", PROGRESS, frozenset(READERS) - frozenset(OF_ENTERPRISE), MATCHING),
    NavigationItem("referrals.index", PROGRESS, frozenset(OF_ENTERPRISE), REQUESTS),
]


def tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    """The bank's next act on each referral, what a firm has to bring or confirm, what the bureau has to chase."""
    if caller.role == "product_manager":
        yield from _bank_tasks(db, caller, today)
    elif caller.organisation_kind == "enterprise":
        yield from _firm_tasks(db, caller, today)
    elif caller.role == "organiser" and (count := overseeing.open_escalations(db, caller)):
        title = Text(f"{count} 件推荐逾期，还没有处理", f"{count} overdue referrals wait for you")
        yield Task(title, url_for("referrals.index"), Text("去看", "Look"), count=count)


def _bank_tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    waiting: dict[str, list[date]] = {}
    for referral, stands in reading.clocks_for(db, caller, work_calendar(), today=today, states=NEXT_ACT):
        if stands is not None and stands.deadline is not None:
            waiting.setdefault(NEXT_ACT[referral.state], []).append(stands.deadline)
    for verb, days in waiting.items():
        label = BANK_ACTS[verb].label
        title = Text(f"{len(days)} 件推荐等本行：{label.zh}", f"{len(days)} referrals: {label.en}")
        yield Task(title, url_for("referrals.index"), Text("去办", "Act"), due=min(days), count=len(days))


def _firm_tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    for one in reading.referrals_for(db, caller, today=today):
        yield from _about(one)


def _about(one: ShownReferral) -> Iterator[Task]:
    url = url_for("referrals.show", referral_id=one.id)
    if one.open_pause is not None and one.state not in ("refused", "withdrawn", "expired"):
        yield Task(
            Text(f"{one.bank.name}等你补材料", f"{one.bank.name} waits for your papers"),
            url,
            Text("去补", "Bring them"),
            detail=_papers(one, one.open_pause.papers),
        )
    stated = [row for row in one.drawdowns if row.state == "stated"]
    if stated:
        title = Text(f"{one.bank.name}报了放款，等你确认", f"{one.bank.name} states a drawdown; please confirm")
        yield Task(title, url, Text("去确认", "Confirm"), count=len(stated))


def _papers(one: ShownReferral, papers: str) -> Text:
    """What to bring, and for which request: one bank may wait on two."""
    code, wan = one.request_code, formats.short_wan(one.request.amount)
    return Text(f"{papers}（申请 {code}，{wan} 万元）", f"{papers} (request {code}, {wan} × 10,000 yuan)")
