"""Look at everything: nightly by the job, or when an official of the finance side asks; what was found stays on record.

The look is outside any write transaction, as it reads the whole trail and payments do not wait for it; it is taken twice where the
first finds something, so that a posting in between raises no alarm. Only what was found is written.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from kernel import database
from kernel.audit.service import THE_SERVICE, Actor, record
from kernel.bilingual import Text
from kernel.jobs.service import claim, is_done
from kernel.ledger.invariants import Violation
from settlement.payments.books.models import BooksCheck
from settlement.payments.whole_books import whole_violations

JOB = "check_books"


def standing_whole_violations(db: Session) -> list[Violation]:
    """Every place that two looks agree on."""
    first = whole_violations(db)
    return [one for one in whole_violations(db) if one in first] if first else []


def check_everything(db: Session, *, by: Actor, at: datetime) -> BooksCheck:
    """Look, and keep what was found; never refuses, whatever it finds. Opens its own transaction."""
    found = standing_whole_violations(db)
    return database.write(db, lambda db: _keep(db, found, by, at))


def _keep(db: Session, found: Sequence[Violation], by: Actor, at: datetime) -> BooksCheck:
    told = [[one.invariant, one.subject, one.text.zh, one.text.en] for one in found]
    row = BooksCheck(
        checked_at=at, checked_by=by.account_id, found=len(found), findings=json.dumps(told, ensure_ascii=False)
    )
    db.add(row)
    db.flush()
    record(db, "books.check", by=by, subject=("books_check", row.id), at=at, detail={"found": len(found)})
    return row


def check_tonight(db: Session, *, at: datetime, day: str) -> int | None:
    """The job's look, kept once a business day whoever wakes it: how many places do not hold; None when it was done."""
    if is_done(db, JOB, day):
        return None
    found = standing_whole_violations(db)

    def keep_once(db: Session) -> int | None:
        return _keep(db, found, THE_SERVICE, at).found if claim(db, JOB, day, at=at) else None

    return database.write(db, keep_once)


def latest_check(db: Session) -> BooksCheck | None:
    """The newest look on record."""
    return db.exec(select(BooksCheck).order_by(col(BooksCheck.id).desc()).limit(1)).first()


def findings_of(check: BooksCheck | None) -> list[Violation]:
    """What a look found, place by place."""
    told = json.loads(check.findings) if check else []
    return [Violation(invariant, subject, Text(zh, en)) for invariant, subject, zh, en in told]
