"""What the whitelist adds to the spine and to today's tasks: listings to move on, words to answer, a firm's chance to be heard."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web.navigation import NavigationItem, Task
from kernel.web.paging import Asked
from matchmaking.handed_over import policy_book
from matchmaking.rooms import POOL, RENEWALS
from matchmaking.whitelist.review import open_findings
from matchmaking.whitelist.rules import whitelist_rules
from matchmaking.whitelist.scope import DECIDERS, FIRMS, LIST_READERS, PREPARERS
from matchmaking.whitelist.service import allowed_verbs
from matchmaking.whitelist.views import ListingRow, listings, waiting
from matchmaking.whitelist.workflow import WHITELIST_MOVES

NAVIGATION = [
    NavigationItem("whitelist.index", Text("名单", "Whitelist"), frozenset(LIST_READERS), POOL),
    NavigationItem("whitelist.mine", Text("名单", "Whitelist"), frozenset(FIRMS), RENEWALS),
]
PUSHES_ON = ("review", "publicise", "activate", "remove")


def tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    """Whom the whitelist waits for today."""
    if caller.role in FIRMS:
        yield from _of_firm(db, caller, today)
    elif caller.role in (*PREPARERS, *DECIDERS):
        yield from _of_office(db, caller, today)


def _of_office(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    rows = waiting(db, caller)
    for verb in PUSHES_ON:
        ready = [row for row in rows if verb in allowed_verbs(caller, row.entry, today)]
        if ready:
            yield _push_on(verb, ready)
    said = [row for row in rows if row.entry.open_objections] if caller.role in DECIDERS else []
    if said:
        title = Text(f"{len(said)} 家企业的意见等答复", f"Words on {len(said)} firms wait for an answer")
        url = url_for("whitelist.show", entry_id=said[0].entry.id)
        yield Task(title, url, Text("去答复", "Answer"), count=len(said))
    if caller.role in PREPARERS and (found := open_findings(db, caller, whitelist_rules(policy_book(), today), today)):
        title = Text(f"复核发现 {len(found)} 家要处理", f"The review found {len(found)} firms to deal with")
        yield Task(title, url_for("whitelist.index"), Text("去看", "Look"), count=len(found))


def _push_on(verb: str, ready: list[ListingRow]) -> Task:
    label = WHITELIST_MOVES.by_verb[verb].label
    title = Text(f"白名单：{len(ready)} 家等{label.zh}", f"Whitelist: {len(ready)} firms to {label.en.lower()}")
    detail = Text(f"从{ready[0].party.name}开始", f"Start with {ready[0].party.name}")
    url = url_for("whitelist.show", entry_id=ready[0].entry.id)
    return Task(title, url, Text("去看", "Look"), detail, count=len(ready))


def _of_firm(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    for row in listings(db, caller, Asked(per_page=5)).items:
        if row.entry.removal_ground and row.entry.heard_until and today <= row.entry.heard_until:
            title = Text("拟把你移出白名单，你可以陈述", "You are to be removed from the whitelist and may be heard")
            url = url_for("whitelist.show", entry_id=row.entry.id)
            yield Task(title, url, Text("去陈述", "Be heard"), due=row.entry.heard_until)
