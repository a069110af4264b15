"""Objections during the public notice: raised by a party or recorded for anybody, they hold their item until they are answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, update
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, FieldErrors, Forbidden, NotFound, Refused
from settlement.batches.items import leave, published_items
from settlement.batches.models import Batch, BatchItem, Objection
from settlement.batches.people import require_hand
from settlement.batches.phases import notice_runs
from settlement.batches.service import READERS, BatchDesk
from settlement.batches.workflow import ON_NOTICE, ORDERED, UPHELD
from settlement.statements.service import BENEFICIARY_ROLES

DISMISSED, OUTCOMES = "dismissed", ("dismissed", UPHELD)
OBJECTORS = ("operator", *(role for roles in BENEFICIARY_ROLES.values() for role in roles))


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    """The bureau sees all objections; a party those against its own items and those that its people raised."""
    if caller.role in READERS:
        return col(Objection.id).is_not(None)
    if caller.role in BENEFICIARY_ROLES.get(caller.organisation_kind, ()):
        return (col(Objection.beneficiary_id) == caller.organisation_id) | (
            col(Objection.raised_by) == caller.account_id
        )
    return false()


def objections_query(caller: Caller, batch: Batch) -> Select[Any]:
    """The objections of a batch that the caller may see, the newest first."""
    query: Select[Any] = select(Objection).where(Objection.batch_id == batch.id, _seen_by(caller))
    return query.order_by(col(Objection.id).desc())


def objection_by_id(db: Session, caller: Caller, objection_id: int) -> Objection:
    """One that the caller may see, or NotFound."""
    found = db.exec(select(Objection).where(Objection.id == objection_id, _seen_by(caller))).first()
    if found is None:
        raise NotFound("objection_not_found", "没有这条异议", "There is no such objection")
    return found


def held_items(db: Session, batch: Batch) -> set[int]:
    """The items of a batch that an unanswered objection holds."""
    query = select(Objection.item_id).where(Objection.batch_id == batch.id, col(Objection.answered_at).is_(None))
    return set(db.exec(query))


def _words(name: str, text: str, longest: int) -> str:
    errors = FieldErrors()
    if not 1 <= len(text.strip()) <= longest:
        errors.add(name, "required", f"写明内容，最多 {longest} 个字", f"Write it out, in at most {longest} characters")
    errors.raise_if_any()
    return text.strip()


def raise_objection(
    db: Session, caller: Caller, batch: Batch, statement_number: str, *, content: str, objector: str, desk: BatchDesk
) -> Objection:
    """Object to an item while it is on public notice. Refused outside the notice, NotFound for an item that is not on it.

    A party speaks for itself; the operator records what reached the bureau, with the name of who objects.
    """
    if caller.role not in OBJECTORS or caller.token_scopes is not None:
        raise Forbidden(
            "role_may_not", "异议由当事单位提出或由经办登记", "A party objects itself, or the operator records it"
        )
    if not notice_runs(batch, desk.today):
        raise Refused("not_on_notice", "不在公示期内，不能提异议", "There is no public notice running to object to")
    item = next((one for one in published_items(db, batch) if one.statement_number == statement_number), None)
    if item is None or item.id is None:
        raise NotFound("item_not_found", "公示里没有这一项", "There is no such item on the notice")
    raised = Objection(
        batch_id=item.batch_id,
        item_id=item.id,
        beneficiary_id=item.beneficiary_id,
        raised_by=caller.account_id,
        objector=_words("objector", objector, 120) if caller.role == "operator" else caller.organisation_name,
        content=_words("content", content, 2000),
        raised_at=desk.at,
    )
    db.add(raised)
    db.flush()
    detail = {"statement": statement_number, "batch": batch.number}
    record(db, "objection.raise", by=caller.actor, subject=("objection", raised.id), at=desk.at, detail=detail)
    return raised


def answer_objection(
    db: Session, caller: Caller, objection: Objection, *, outcome: str, answer: str, at: datetime
) -> Objection:
    """The reviewer answers: dismissed frees the item, upheld takes it out of the payment and leaves it to a later batch.

    Refused for the person who recorded it; Conflict when it is answered already.
    """
    require_hand(caller)
    if caller.role not in ("reviewer", "approver") or objection.raised_by == caller.account_id:
        raise Refused(
            "not_your_step",
            "异议由复核或审批答复，登记的人不能自己答复",
            "The reviewer or approver answers, not who recorded it",
        )
    if outcome not in OUTCOMES:
        raise Refused("outcome_unknown", "选“不成立”或“成立”", "Choose dismissed or upheld")
    open_one = (col(Objection.id) == objection.id) & col(Objection.answered_at).is_(None)
    values = {
        "outcome": outcome,
        "answer": _words("answer", answer, 2000),
        "answered_by": caller.account_id,
        "answered_at": at,
    }
    if db.execute(update(Objection).where(open_one).values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("objection_answered", "这条异议已经答复", "This objection has been answered")
    if outcome == UPHELD:
        _uphold(db, caller, objection, answer, at)
    db.refresh(objection)
    detail = {"outcome": outcome, "item": objection.item_id}
    record(db, "objection.answer", by=caller.actor, subject=("objection", objection.id), at=at, detail=detail)
    return objection


def _uphold(db: Session, caller: Caller, objection: Objection, answer: str, at: datetime) -> None:
    """What was signed stays as it was signed; the item alone is not paid. One that is down already stays down."""
    item, batch = db.execute(
        select(BatchItem, Batch)
        .join(Batch, col(Batch.id) == col(BatchItem.batch_id))
        .where(BatchItem.id == objection.item_id)
    ).one()
    taken_down = leave(db, item, UPHELD, by=caller.actor, reason=answer[:400], at=at)
    db.refresh(item)
    if batch.state not in (ON_NOTICE, ORDERED) or not (taken_down or item.state == UPHELD):
        raise Conflict("batch_moved_on", "这一项已经不在公示里", "The item is no longer on the notice")
