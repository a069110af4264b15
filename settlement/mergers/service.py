"""Record that an institution was absorbed by another: entered by the operator, checked by the reviewer, its effects shown before.

Once checked, drafts follow by themselves; on signed statements nothing moves before a restatement is confirmed and signed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.bilingual import Text
from kernel.errors import Conflict, FieldErrors, NotFound
from kernel.parties.models import GUARANTOR_KINDS, Institution, Party, PartyStatus
from kernel.parties.service import institution_by_id, party_by_code, statuses_on
from settlement.mergers.models import InstitutionMerger
from settlement.mergers.workflow import PROPOSED, RECORDED, REFUSED
from settlement.officials import CHECKER, PROPOSER, require_another, require_official

LOCAL = "local_legal_person"
LONGEST_DOCUMENT = LONGEST_REASON = 200


@dataclass(frozen=True)
class Merger:
    """An institution's last day as a legal person is the day before `ended_on`; from then on its books count with `into_code`."""

    absorbed_code: str
    into_code: str
    ended_on: date
    document: str


def propose_merger(db: Session, caller: Caller, merger: Merger, *, at: datetime, today: date) -> InstitutionMerger:
    """Enter a merger. Forbidden but for the operator, Invalid for what cannot be, Conflict where one stands or it has ended already."""
    require_official(caller, PROPOSER, Text("合并由财政局经办登记", "The bureau's operator enters mergers"))
    absorbed, into = party_by_code(db, merger.absorbed_code), party_by_code(db, merger.into_code)
    _check(db, absorbed, into, merger, today)
    row = InstitutionMerger(
        absorbed_id=absorbed.id or 0,
        into_id=into.id or 0,
        ended_on=merger.ended_on,
        document=merger.document.strip(),
        state=PROPOSED,
        proposed_by=caller.account_id,
        proposed_at=at,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise _ended_already() from None
    detail = {"absorbed": absorbed.code, "into": into.code, "ended_on": merger.ended_on.isoformat()}
    record(db, "merger.propose", by=caller.actor, subject=("merger", row.id), at=at, detail=detail)
    return row


def _check(db: Session, absorbed: Party, into: Party, merger: Merger, today: date) -> None:
    errors = FieldErrors()
    if merger.ended_on > today:
        errors.add("ended_on", "future_day", "日期还没有到", "The day is still to come")
    if not 1 <= len(merger.document.strip()) <= LONGEST_DOCUMENT:
        errors.add(
            "document", "required", "写明批复文号，最多 200 个字", "Write the approval's number, at most 200 characters"
        )
    _check_parties(db, errors, absorbed, into, merger.ended_on)
    errors.raise_if_any()


def _check_parties(db: Session, errors: FieldErrors, absorbed: Party, into: Party, on: date) -> None:
    """A bank goes into a bank that is a local legal person that day, a guarantor into a guarantor; never in a circle."""
    if "institution" not in (absorbed.kind, into.kind) or absorbed.kind != into.kind:
        errors.add("absorbed_code", "not_institutions", "两家都要是金融机构", "Both are institutions")
        return
    guarantees = [institution_by_id(db, one.id or 0)[1].kind in GUARANTOR_KINDS for one in (absorbed, into)]
    if guarantees[0] != guarantees[1]:
        errors.add("into_code", "other_kind", "银行并入银行，担保并入担保", "Banks merge with banks, guarantors alike")
    elif absorbed.id in line_of(db, into) or (not guarantees[1] and not _is_local(db, into, on)):
        errors.add(
            "into_code",
            "not_a_successor",
            "承继的银行要是当天的地方法人，而且不是被合并的那家",
            "A succeeding bank is a local legal person that day, and nobody is merged into itself",
        )


def _is_local(db: Session, party: Party, on: date) -> bool:
    return LOCAL in statuses_on(db, [party.id or 0], on).get(party.id or 0, ())


def line_of(db: Session, party: Party) -> set[int]:
    """The institution and whoever it went into, and so on: none of them may be absorbed by it."""
    found: set[int] = set()
    number = party.id
    while number is not None and number not in found:
        found.add(number)
        number = db.exec(select(Institution.successor_id).where(Institution.party_id == number)).first()
    return found


def check_merger(
    db: Session, caller: Caller, row: InstitutionMerger, *, accept: bool, reason: str = "", at: datetime, today: date
) -> InstitutionMerger:
    """Accept a merger as entered, and end the absorbed institution by it, or refuse it with a reason.

    Refused for the person who entered it, Conflict when it was decided, or the institution ended in the meantime.
    """
    require_official(caller, CHECKER, Text("合并由财政局复核确认", "The bureau's reviewer checks mergers"))
    require_another(caller, row.proposed_by)
    absorbed, into = parties_of(db, row)
    if accept:
        _check(db, absorbed, into, Merger(absorbed.code, into.code, row.ended_on, row.document), today)
    else:
        _require_reason(reason)
    mine = (col(InstitutionMerger.id) == row.id) & (col(InstitutionMerger.state) == PROPOSED)
    another = col(InstitutionMerger.proposed_by) != caller.account_id
    values = {"state": RECORDED if accept else REFUSED, "checked_by": caller.account_id, "checked_at": at}
    moved = db.execute(update(InstitutionMerger).where(mine, another).values(**values, reason=reason.strip()))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("merger_moved", "这笔合并已经处理过了", "This merger has been decided already")
    if accept:
        end(db, absorbed, into, row.ended_on)
    detail = {"into": into.code, "ended_on": row.ended_on.isoformat(), "document": row.document, "reason": reason}
    act = "institution.merge" if accept else "merger.refuse"
    record(db, act, by=caller.actor, subject=("party", absorbed.id), at=at, detail=detail)
    db.refresh(row)
    return row


def _require_reason(reason: str) -> None:
    errors = FieldErrors()
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        errors.add("reason", "required", "写明退回的原因，最多 200 个字", "Say why, in at most 200 characters")
    errors.raise_if_any()


def end(db: Session, absorbed: Party, into: Party, on: date) -> None:
    """Guarded updates: a status that is still held is closed, and the successor named once. Conflict where it ended before."""
    status = update(PartyStatus).where(
        col(PartyStatus.party_id) == absorbed.id,
        col(PartyStatus.status) == LOCAL,
        col(PartyStatus.since) < on,
        col(PartyStatus.until).is_(None),
    )
    successor = update(Institution).where(
        col(Institution.party_id) == absorbed.id, col(Institution.successor_id).is_(None)
    )
    closed = db.execute(status.values(until=on)).rowcount  # type: ignore[attr-defined]
    named = db.execute(successor.values(successor_id=into.id)).rowcount  # type: ignore[attr-defined]
    is_guarantor = institution_by_id(db, absorbed.id or 0)[1].kind in GUARANTOR_KINDS
    if named != 1 or (closed != 1 and not is_guarantor):
        raise _ended_already()


def _ended_already() -> Conflict:
    return Conflict(
        "ended_already",
        "这家机构那天已经不是地方法人，或已登记过合并",
        "It is no local legal person that day, or a merger of it stands already",
    )


def parties_of(db: Session, row: InstitutionMerger) -> tuple[Party, Party]:
    """Who was absorbed, and by whom."""
    return institution_by_id(db, row.absorbed_id)[0], institution_by_id(db, row.into_id)[0]


def mergers_query(*, state: str | None = None) -> Select[Any]:
    """All mergers, those that wait first, then the newest."""
    query = select(InstitutionMerger)
    if state is not None:
        query = query.where(InstitutionMerger.state == state)
    return query.order_by(col(InstitutionMerger.state) != PROPOSED, col(InstitutionMerger.id).desc())


def merger_by_id(db: Session, number: int) -> InstitutionMerger:
    """One merger as it stands, or NotFound."""
    query = select(InstitutionMerger).where(InstitutionMerger.id == number)
    found = db.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("merger_not_found", "没有这笔合并", "There is no such merger")
    return found
