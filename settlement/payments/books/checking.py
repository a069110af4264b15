"""Look at everything: nightly by the job, or when an official of the finance side asks; what was found stays on record.

Reading only, and twice where the first look finds something, so that a posting in between raises no alarm.
"""

import json
from datetime import datetime

from sqlmodel import Session, col, select

from kernel.audit.service import THE_SERVICE, Actor, record
from kernel.bilingual import Text
from kernel.jobs.service import claim
from kernel.ledger.invariants import Violation
from settlement.payments.books.models import BooksCheck
from settlement.payments.whole_books import whole_violations

JOB = "check_books"


def standing_whole_violations(db: Session) -> list[Violation]:
    """Every place that two looks agree on."""
    first = whole_violations(db)
    return [one for one in whole_violations(db) if one in first] if first else []


def check_everything(db: Session, *, by: Actor, at: datetime) -> BooksCheck:
    """Look, and keep what was found; never refuses, whatever it finds."""
    found = standing_whole_violations(db)
    told = [[one.invariant, one.subject, one.text.zh, one.text.en] for one in found]
    row = BooksCheck(
        checked_at=at, checked_by=by.account_id, found=len(found), findings=json.dumps(told, ensure_ascii=False)
    )
    db.add(row)
    db.flush()
    record(db, "books.check", by=by, subject=("books_check", row.id), at=at, detail={"found": len(found)})
    return row


def check_tonight(db: Session, *, at: datetime, day: str) -> int | None:
    """The job's look, once a business day whoever wakes it: how many places do not hold; None when it was done."""
    if not claim(db, JOB, day, at=at):
        return None
    return check_everything(db, by=THE_SERVICE, at=at).found


def latest_check(db: Session) -> BooksCheck | None:
    """The newest look on record."""
    return db.exec(select(BooksCheck).order_by(col(BooksCheck.id).desc()).limit(1)).first()


def findings_of(check: BooksCheck | None) -> list[Violation]:
    """What a look found, place by place."""
    told = json.loads(check.findings) if check else []
    return [Violation(invariant, subject, Text(zh, en)) for invariant, subject, zh, en in told]
