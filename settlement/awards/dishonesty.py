"""Record that a party was listed for serious dishonesty 严重失信: its awards are suspended for some months, and not extinguished."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, FieldErrors
from kernel.parties.models import Party
from kernel.parties.service import StatusSpan, party_by_code, record_statuses, spans_of
from kernel.policies import PolicyBook
from settlement.awards.judging import DISHONEST
from settlement.awards.scope import may_not
from settlement.event_awards import suspension

RECORDER = "operator"


def suspended_until(db: Session, party_id: int, book: PolicyBook, *, on: date) -> date | None:
    """Until when a party's awards are suspended on a day; None when they are not. For whoever is about to pay."""
    until, _reasons = suspension((span.since for span in spans_of(db, party_id, DISHONEST)), book, on)
    return until


def record_listing(
    db: Session, caller: Caller, *, code: str, since: date, document: str, at: datetime, today: date
) -> Party:
    """One listing of a party from a day on, by the document that says so; Conflict where it is recorded already."""
    if caller.role != RECORDER or caller.organisation_kind != "bureau":
        raise may_not()
    errors = FieldErrors()
    if since > today:
        errors.add("since", "future_day", "日期还没有到", "The day is still to come")
    if not document.strip():
        errors.add("document", "required", "写明依据的文号或公示", "Write the document or announcement")
    errors.raise_if_any()
    party = party_by_code(db, code)
    try:
        with db.begin_nested():
            record_statuses(db, party.id or 0, [StatusSpan(DISHONEST, since, None, document.strip())])
    except IntegrityError:
        raise Conflict("listed_already", "这一天的失信已经登记过", "This listing is recorded already") from None
    detail = {"party": party.code, "since": since.isoformat(), "document": document.strip()}
    record(db, "party.list_dishonest", by=caller.actor, subject=("party", party.id), at=at, detail=detail)
    return party
