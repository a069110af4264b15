"""Record that an institution was absorbed by another. What it changes on drafts and signed statements is shown by the restatement.

Recorded by one hand: nothing moves by it until a restatement is confirmed and four people have signed.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, FieldErrors, Forbidden
from kernel.parties.models import GUARANTOR_KINDS, Institution, Party, PartyStatus
from kernel.parties.service import institution_by_id, party_by_code, statuses_on

RECORDER = "operator"
LOCAL = "local_legal_person"
LONGEST_DOCUMENT = 200


@dataclass(frozen=True)
class Merger:
    """An institution's last day as a legal person is the day before `ended_on`; from then on its balances count with `into_code`."""

    absorbed_code: str
    into_code: str
    ended_on: date
    document: str


def record_merger(db: Session, caller: Caller, merger: Merger, *, at: datetime, today: date) -> Party:
    """The absorbed institution. Forbidden but for the operator, Invalid for what cannot be, Conflict where it has ended already."""
    if caller.role != RECORDER or caller.organisation_kind != "bureau" or caller.token_scopes is not None:
        raise Forbidden("role_may_not", "合并由财政局经办登记", "Mergers are recorded by the bureau's operator")
    absorbed, into = party_by_code(db, merger.absorbed_code), party_by_code(db, merger.into_code)
    _check(db, absorbed, into, merger, today)
    _end(db, absorbed, into, merger)
    detail = {"into": into.code, "ended_on": merger.ended_on.isoformat(), "document": merger.document}
    record(db, "institution.merge", by=caller.actor, subject=("party", absorbed.id), at=at, detail=detail)
    return absorbed


def _check(db: Session, absorbed: Party, into: Party, merger: Merger, today: date) -> None:
    errors = FieldErrors()
    if merger.ended_on > today:
        errors.add("ended_on", "future_day", "日期还没有到", "The day is still to come")
    if not 1 <= len(merger.document.strip()) <= LONGEST_DOCUMENT:
        errors.add(
            "document", "required", "写明批复文号，最多 200 个字", "Write the approval's number, at most 200 characters"
        )
    if not _is_local_bank(db, into, merger.ended_on) or absorbed.id in _line_of(db, into):
        errors.add(
            "into_code",
            "not_a_successor",
            "承继机构要是当天的地方法人银行，而且不是被合并的那家",
            "The successor is a bank that is a local legal person that day, and not the absorbed one",
        )
    errors.raise_if_any()


def _is_local_bank(db: Session, party: Party, on: date) -> bool:
    if party.kind != "institution" or institution_by_id(db, party.id or 0)[1].kind in GUARANTOR_KINDS:
        return False
    return LOCAL in statuses_on(db, [party.id or 0], on).get(party.id or 0, ())


def _line_of(db: Session, party: Party) -> set[int]:
    """The institution and whoever it went into, and so on: none of them may be absorbed by it."""
    found: set[int] = set()
    number = party.id
    while number is not None and number not in found:
        found.add(number)
        number = db.exec(select(Institution.successor_id).where(Institution.party_id == number)).first()
    return found


def _end(db: Session, absorbed: Party, into: Party, merger: Merger) -> None:
    """Two guarded updates: the status that is still held is closed, and the successor named once."""
    status = update(PartyStatus).where(
        col(PartyStatus.party_id) == absorbed.id,
        col(PartyStatus.status) == LOCAL,
        col(PartyStatus.since) < merger.ended_on,
        col(PartyStatus.until).is_(None),
    )
    successor = update(Institution).where(
        col(Institution.party_id) == absorbed.id, col(Institution.successor_id).is_(None)
    )
    closed = db.execute(status.values(until=merger.ended_on)).rowcount  # type: ignore[attr-defined]
    named = db.execute(successor.values(successor_id=into.id)).rowcount  # type: ignore[attr-defined]
    if (closed, named) != (1, 1):
        raise Conflict(
            "ended_already",
            "这家机构那天已经不是地方法人，或已登记过合并",
            "It is no local legal person that day, or was merged before",
        )
