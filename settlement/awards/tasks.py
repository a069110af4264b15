"""What awards add to the spine and to today's tasks: drafts to file, returned claims, claims that wait for a decision."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.policies import PolicyBook
from kernel.web.navigation import NavigationItem, Task
from settlement.awards.scope import DECIDERS, ENTERING, READERS, is_applicant
from settlement.awards.service import ClaimRow, claims_of
from settlement.awards.workflow import DRAFT, FILED
from settlement.event_awards import kind_of
from settlement.handed_over import policy_book

NAVIGATION = [NavigationItem("awards.index", Text("奖补", "Awards"), frozenset(READERS) - {"maker"})]


def tasks(db: Session, caller: Caller, _today: date) -> Iterator[Task]:
    """Whom a claim waits for today."""
    if caller.role in DECIDERS:
        yield from _to_decide(db, caller)
    if caller.role in ENTERING:
        yield from _to_file(db, caller)


def _to_decide(db: Session, caller: Caller) -> Iterator[Task]:
    """Claims whose kind is the caller's own to decide; the operator's are those of no other officer."""
    book = policy_book()
    filed = [row for row in claims_of(db, caller, state=FILED) if kind_of(row.claim.scheme).responsible == caller.role]
    for row in (one for one in filed if one.claim.filed_by != caller.account_id):
        named = _title(row, book)
        title = Text(f"受理{row.party.name}的申报", f"Decide the claim of {row.party.name}")
        yield Task(title, url_for("awards.show", claim_id=row.claim.id), Text("去看", "Look"), named)


def _to_file(db: Session, caller: Caller) -> Iterator[Task]:
    book = policy_book()
    for row in claims_of(db, caller, state=DRAFT):
        if is_applicant(caller, row.claim):
            named = _title(row, book)
            title = Text(f"{named.zh}还没报上去", f"{named.en}: not filed yet")
            detail = Text(row.claim.note, row.claim.note) if row.claim.note else None
            yield Task(title, url_for("awards.show", claim_id=row.claim.id), Text("接着填", "Go on"), detail)


def _title(row: ClaimRow, book: PolicyBook) -> Text:
    return book.scheme(row.claim.scheme).title
