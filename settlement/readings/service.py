"""Record decisions and check them: two different officials, by their roles, and an audit row for each step.

The paper itself is kept by `evidence` before anything is written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.roles import FINANCE_SIDE
from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.clock import business_day
from kernel.errors import Conflict, FieldErrors, Forbidden, NotFound, Refused
from kernel.policies import PolicyBook
from kernel.web.paging import Asked, Page, page_of
from settlement.readings import documents
from settlement.readings.documents import Document, Subject
from settlement.readings.evidence import Evidence
from settlement.readings.in_force import values_of
from settlement.readings.models import DecidedValue, PolicyDecision
from settlement.readings.workflow import IN_FORCE, RECORDED, REVOKED, sources, target

RECORDER = "operator"
CHECKERS = ("reviewer", "approver")
READERS = FINANCE_SIDE


@dataclass(frozen=True)
class DecisionRow:
    """A decision with what it sets."""

    decision: PolicyDecision
    values: Sequence[DecidedValue]


def _require(caller: Caller, roles: Sequence[str]) -> None:
    if caller.role not in roles or caller.organisation_kind != "bureau" or caller.token_scopes is not None:
        raise Forbidden(
            "role_may_not",
            "决定由经办录入，由复核或审批核对；令牌不能代办",
            "Decisions are recorded by the operator and checked by the reviewer or approver, never by a token",
        )


def record_decision(
    db: Session,
    caller: Caller,
    subject: Subject,
    document: Document,
    evidence: Evidence,
    *,
    book: PolicyBook,
    at: datetime,
) -> PolicyDecision:
    """Record what a document decides; it holds only after somebody else has checked it."""
    _require(caller, (RECORDER,))
    _check_day(document, business_day(at))
    if subject.revokes_id is not None:
        _revocable(db, subject.revokes_id)
    contents = [documents.content_of(book, setting) for setting in subject.settings]
    said = [documents.said_of(setting, content) for setting, content in zip(subject.settings, contents, strict=True)]
    decision = _decision(caller, subject, document, evidence, at)
    decision.digest = documents.digest_of(document, subject, said, evidence.digest)
    _add(db, decision)
    for place, (setting, content) in enumerate(zip(subject.settings, contents, strict=True)):
        db.add(
            DecidedValue(
                decision_id=decision.id or 0,
                place=place,
                scheme=setting.scheme,
                parameter=setting.parameter,
                since=setting.since,
                until=setting.until,
                content=content,
            )
        )
    db.flush()
    detail = {"kind": decision.kind, "document": document.number, "digest": decision.digest, "settings": said}
    record(db, "decision.record", by=caller.actor, subject=("decision", decision.id), at=at, detail=detail)
    return decision


def _check_day(document: Document, today: date) -> None:
    errors = FieldErrors()
    if document.day > today:
        errors.add(
            "document_date", "in_the_future", "文件日期不能晚于今天", "The document cannot be of a later day than today"
        )
    errors.raise_if_any()


def _decision(caller: Caller, subject: Subject, document: Document, evidence: Evidence, at: datetime) -> PolicyDecision:
    return PolicyDecision(
        kind=subject.kind,
        state=RECORDED,
        word=subject.word,
        alternative=subject.alternative,
        revokes_id=subject.revokes_id,
        document_number=document.number,
        document_title=document.title,
        document_issuer=document.issuer,
        document_date=document.day,
        note=document.note,
        evidence_name=evidence.name,
        evidence_type=evidence.type,
        evidence_size=evidence.size,
        evidence_digest=evidence.digest,
        digest="",
        recorded_by=caller.account_id,
        recorded_by_name=caller.name,
        recorded_at=at,
    )


def _add(db: Session, decision: PolicyDecision) -> None:
    try:
        with db.begin_nested():
            db.add(decision)
    except IntegrityError:
        raise Conflict(
            "being_revoked",
            "这项决定已经有一份撤销在办，不要重复录入",
            "A revocation of this decision is already on its way; do not record another",
        ) from None


def _revocable(db: Session, decision_id: int) -> PolicyDecision:
    found = _by_id(db, decision_id)
    if found.kind == documents.REVOCATION or found.state != IN_FORCE:
        raise Refused(
            "not_revocable",
            "只有有效的决定能撤销；撤销本身不能再撤销，请另录一份新的决定",
            "Only a decision in force can be revoked; a revocation cannot: record a new decision instead",
        )
    return found


def _by_id(db: Session, decision_id: int) -> PolicyDecision:
    found = db.exec(select(PolicyDecision).where(PolicyDecision.id == decision_id)).first()
    if found is None:
        raise NotFound("decision_not_found", "没有这项决定", "There is no such decision")
    return found


def check_decision(db: Session, caller: Caller, decision_id: int, *, digest: str, at: datetime) -> PolicyDecision:
    """Let a decision hold, as a second person who has compared it with its paper; a revocation ends what it revokes."""
    decision = _move(db, caller, decision_id, "check", digest=digest, at=at)
    if decision.revokes_id is not None:
        _end(db, decision.revokes_id)
    record(
        db,
        "decision.check",
        by=caller.actor,
        subject=("decision", decision.id),
        at=at,
        detail={"digest": digest, "revokes": decision.revokes_id or 0},
    )
    return decision


def refuse_decision(
    db: Session, caller: Caller, decision_id: int, *, digest: str, reason: str, at: datetime
) -> PolicyDecision:
    """Refuse what was recorded, with a reason; it is kept."""
    decision = _move(db, caller, decision_id, "refuse", digest=digest, at=at, note=reason)
    detail = {"digest": digest, "reason": reason}
    record(db, "decision.refuse", by=caller.actor, subject=("decision", decision.id), at=at, detail=detail)
    return decision


def _move(
    db: Session, caller: Caller, decision_id: int, move: str, *, digest: str, at: datetime, note: str = ""
) -> PolicyDecision:
    """The guarded update decides: still to be checked, the same content, another person."""
    _require(caller, CHECKERS)
    decision = _by_id(db, decision_id)
    if decision.recorded_by == caller.account_id:
        raise Refused(
            "same_person", "录入的人不能自己核对，请另一位来核", "Whoever recorded it may not check it; another must"
        )
    may = (
        (col(PolicyDecision.id) == decision_id)
        & col(PolicyDecision.state).in_(sources(move))
        & (col(PolicyDecision.digest) == digest)
        & (col(PolicyDecision.recorded_by) != caller.account_id)
    )
    values = {
        "state": target(move),
        "checked_by": caller.account_id,
        "checked_by_name": caller.name,
        "checked_at": at,
        "check_note": note,
    }
    moved = db.execute(update(PolicyDecision).where(may).values(**values))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            "decision_moved_on",
            "这项决定已经有人核过，或内容和你看到的不一样；请刷新后再看",
            "Somebody has checked this already, or it differs from what you saw; reload and look again",
        )
    db.refresh(decision)
    return decision


def _end(db: Session, decision_id: int) -> None:
    may = (col(PolicyDecision.id) == decision_id) & col(PolicyDecision.state).in_(sources("revoke"))
    moved = db.execute(update(PolicyDecision).where(may).values(state=REVOKED))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("already_revoked", "这项决定已经被撤销", "This decision has been revoked already")


def decision_by_id(db: Session, caller: Caller, decision_id: int) -> DecisionRow:
    """One decision, for the finance side alone."""
    _require_reader(caller)
    found = _by_id(db, decision_id)
    return DecisionRow(found, values_of(db, [decision_id]).get(decision_id, []))


def decisions(db: Session, caller: Caller) -> list[DecisionRow]:
    """Every decision, the newest first."""
    return _with_values(db, list(db.execute(_decisions(caller)).scalars()))


def decisions_page(db: Session, caller: Caller, asked: Asked, *, state: str | None = None) -> Page[DecisionRow]:
    """A page of the same, of all or of those in a state."""
    query = _decisions(caller)
    page = page_of(db, query if state is None else query.where(col(PolicyDecision.state) == state), asked)
    return replace(page, items=_with_values(db, page.items))


def _decisions(caller: Caller) -> Select[Any]:
    _require_reader(caller)
    return select(PolicyDecision).order_by(col(PolicyDecision.id).desc())


def _with_values(db: Session, found: Sequence[PolicyDecision]) -> list[DecisionRow]:
    values = values_of(db, [one.id for one in found if one.id is not None])
    return [DecisionRow(one, values.get(one.id or 0, [])) for one in found]


def to_check(db: Session, caller: Caller) -> list[PolicyDecision]:
    """What waits for the caller's check."""
    if caller.role not in CHECKERS or caller.organisation_kind != "bureau":
        return []
    query = select(PolicyDecision).where(
        PolicyDecision.state == RECORDED, PolicyDecision.recorded_by != caller.account_id
    )
    return list(db.exec(query.order_by(col(PolicyDecision.id))))


def _require_reader(caller: Caller) -> None:
    if caller.role not in READERS or caller.organisation_kind != "bureau":
        raise NotFound("decision_not_found", "没有这项决定", "There is no such decision")
