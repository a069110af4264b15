"""Move a batch hand by hand, and send it back when facts were restated.

A move is one guarded UPDATE with state, version, digest and the person test in its WHERE; signature, move and audit row share its
transaction. Before it, everything the signature stands for is taken afresh from the rows.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, update
from sqlalchemy import select as of_columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, Refused
from settlement.batches.items import items_of, leave
from settlement.batches.models import Batch, BatchItem, BatchMove, BatchSignature, Objection
from settlement.batches.people import deputation, may_act_as, require_hand
from settlement.batches.phases import notice_runs
from settlement.batches.service import BatchDesk, Signing, digest_afresh, redigest, require_reason
from settlement.batches.workflow import (
    DROPPED,
    ENDED,
    INCLUDED,
    ON_NOTICE,
    OPEN,
    ORDERED,
    REJECTED,
    SET_ASIDE,
    UPHELD,
    BatchStep,
    step_from,
)
from settlement.calendar import SCHEME as CALENDAR
from settlement.returns.filing import Premises
from settlement.statements.models import Statement
from settlement.statements.standing import outdated
from settlement.statements.workflow import REPLACED, WITHDRAWN


def move(db: Session, caller: Caller, batch: Batch, name: str, signing: Signing, *, desk: BatchDesk) -> Batch:
    """Make one move of the table. The signature of a hand binds to `signing.digest`, which must be exactly the batch as it is now.

    Forbidden without the role; Refused for a person who has signed already, or while notice or statements forbid it; Conflict when the
    batch has moved on, or is not what was shown.
    """
    require_hand(caller)
    step = step_from(batch.state, name)
    if step is None:
        raise _moved_on()
    if step.reasoned:
        require_reason(signing.reason)
    if digest_afresh(db, batch) != signing.digest or batch.version != signing.version:
        raise _changed()
    if not step.voids:
        _require_sound(db, batch, step, desk)
    values = {"state": step.target, "version": Batch.version + 1, **_notice(batch, step, desk)}
    guarded = update(Batch).where(_may(caller, batch, step, signing, desk.today)).values(**values)
    if db.execute(guarded.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        raise _why_not(db, caller, batch, step, desk.today)
    _leave_traces(db, caller, batch, step, signing, desk)
    db.refresh(batch)
    return batch


def _may(caller: Caller, batch: Batch, step: BatchStep, signing: Signing, today: date) -> ColumnElement[bool]:
    """The WHERE of a move: where it starts, what was shown, who moves, and that nothing in it has a newer revision."""
    where = (
        (col(Batch.id) == batch.id)
        & (col(Batch.state) == step.source)
        & (col(Batch.version) == signing.version)
        & (col(Batch.digest) == signing.digest)
        & may_act_as(step.role, caller.account_id, today)
    )
    if step.hand:
        where &= ~_has_signed(caller, batch)
    return where if step.voids else where & ~_has_replaced(batch)


def _has_signed(caller: Caller, batch: Batch) -> ColumnElement[bool]:
    return exists().where(
        col(BatchSignature.batch_id) == batch.id,
        col(BatchSignature.signed_by) == caller.account_id,
        col(BatchSignature.voided_at).is_(None),
    )


def _has_replaced(batch: Batch) -> ColumnElement[bool]:
    return exists().where(
        col(BatchItem.batch_id) == batch.id,
        col(BatchItem.state) == INCLUDED,
        col(Statement.id) == col(BatchItem.statement_id),
        (col(Statement.state) == REPLACED) | ((col(Statement.state) == WITHDRAWN) & (col(BatchItem.due) != 0)),
    )


def _notice(batch: Batch, step: BatchStep, desk: BatchDesk) -> dict[str, object]:
    """The days of the public notice when it is published; none after a return."""
    if step.target == ON_NOTICE:
        days = desk.book.scheme(CALENDAR).value("public_notice_working_days", on=desk.today).integer
        return {"notice_from": desk.today, "notice_until": desk.calendar.plus(desk.today, days)}
    return {"notice_from": None, "notice_until": None} if step.voids and batch.notice_from else {}


def _require_sound(db: Session, batch: Batch, step: BatchStep, desk: BatchDesk) -> None:
    """No empty batch, no item on facts that have moved on, no payment before the public notice is over."""
    items = items_of(db, batch, (INCLUDED,))
    if not items:
        raise Refused("batch_empty", "批次里没有可以办的项目", "There is nothing in the batch")
    if stale_items(db, items, desk.premises):
        raise Conflict(
            "statements_outdated",
            "批次里有结算单已过时：退回修改、重新计算后再办",
            "Statements in the batch are out of date; return it for change and compute them again",
        )
    if step.target == ORDERED and _has_open_objection(db, batch):
        raise Refused(
            "objection_open",
            "还有异议没有答复，答复以后才能下达拨付",
            "An objection is not answered yet; payment can be released after the answer",
        )
    if step.target == ORDERED and notice_runs(batch, desk.today):
        raise Refused(
            "notice_running",
            f"公示到 {batch.notice_until} 为止，期满后才能下达拨付",
            f"The public notice runs until {batch.notice_until}; payment can be released after that",
        )


def _has_open_objection(db: Session, batch: Batch) -> bool:
    """Whether an item that is still to be paid waits for an answer to an objection."""
    query = (
        select(Objection.id)
        .join(BatchItem, col(BatchItem.id) == col(Objection.item_id))
        .where(Objection.batch_id == batch.id, col(Objection.answered_at).is_(None), BatchItem.state == INCLUDED)
    )
    return db.exec(query).first() is not None


def stale_items(db: Session, items: Sequence[BatchItem], premises: Premises) -> list[BatchItem]:
    """The items whose statement has a newer revision, is withdrawn, or rests on facts that have moved on."""
    query = select(Statement).where(col(Statement.id).in_([item.statement_id for item in items]))
    statements = {one.id or 0: one for one in db.exec(query.execution_options(populate_existing=True))}
    moved_on = outdated(db, statements.values(), premises)

    def is_stale(item: BatchItem) -> bool:
        state = statements[item.statement_id].state
        return state == REPLACED or (state == WITHDRAWN and item.due != 0) or item.statement_id in moved_on

    return [item for item in items if is_stale(item)]


def _leave_traces(
    db: Session, caller: Caller, batch: Batch, step: BatchStep, signing: Signing, desk: BatchDesk
) -> None:
    if step.hand:
        _sign(db, caller, batch, step, signing, desk)
    if step.voids:
        _void(db, caller, batch, at=desk.at)
    if step.target == REJECTED:
        for item in items_of(db, batch, (INCLUDED,)):
            leave(db, item, DROPPED, by=caller.actor, reason=signing.reason, at=desk.at)
    _note(db, caller, batch, step.move, step.target, signing.digest, signing.reason, desk.at)


def _void(db: Session, caller: Caller, batch: Batch, *, at: datetime) -> None:
    """Void the signatures, kept; what an objection took down stays out of the next round, which signs for the rest only."""
    valid = (col(BatchSignature.batch_id) == batch.id) & col(BatchSignature.voided_at).is_(None)
    db.execute(update(BatchSignature).where(valid).values(voided_at=at, voided_by=caller.account_id))
    back = (col(BatchItem.batch_id) == batch.id) & (col(BatchItem.state) == UPHELD)
    if db.execute(update(BatchItem).where(back).values(state=SET_ASIDE)).rowcount:  # type: ignore[attr-defined]
        redigest(db, batch)


def reopen(db: Session, caller: Caller, batch: Batch, *, reason: str, at: datetime) -> bool:
    """Return a batch under way to the operator because facts were restated; False when it is open, released or rejected by now."""
    require_hand(caller)
    under_way = (col(Batch.id) == batch.id) & col(Batch.state).not_in((OPEN, *ENDED))
    values = {"state": OPEN, "version": Batch.version + 1, "notice_from": None, "notice_until": None}
    if db.execute(update(Batch).where(under_way).values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    signed = batch.digest
    _void(db, caller, batch, at=at)
    _note(db, caller, batch, "return", OPEN, signed, reason, at)
    return True


def _note(
    db: Session, caller: Caller, batch: Batch, move: str, target: str, digest: str, reason: str, at: datetime
) -> None:
    """Write a move down, with the audit row last."""
    assert batch.id is not None
    db.add(
        BatchMove(
            batch_id=batch.id,
            move=move,
            target=target,
            digest=digest,
            moved_by=caller.account_id,
            moved_at=at,
            reason=reason,
        )
    )
    detail = {"digest": digest, "to": target, "reason": reason}
    subject = ("batch", batch.number)
    record(db, f"batch.{move}", by=caller.actor, subject=subject, at=at, detail=detail, checkpoint=True)


def _sign(db: Session, caller: Caller, batch: Batch, step: BatchStep, signing: Signing, desk: BatchDesk) -> None:
    deputy = deputation(db, caller, step.role, desk.today)
    try:
        with db.begin_nested():
            db.add(
                BatchSignature(
                    batch_id=batch.id or 0,
                    step=step.move,
                    signed_by=caller.account_id,
                    deputy_id=deputy.id if deputy else None,
                    digest=signing.digest,
                    signed_at=desk.at,
                )
            )
    except IntegrityError:  # the partial indexes stand behind the WHERE
        raise _same_person() from None


def _moved_on() -> Conflict:
    return Conflict("batch_moved_on", "批次已经往前走了，请刷新再看", "The batch has moved on; reload the page")


def _changed() -> Conflict:
    return Conflict(
        "digest_changed",
        "批次和你看到的不是同一份，请重新核对再签",
        "This is not the batch you were shown; check it again before signing",
    )


def _same_person() -> Refused:
    return Refused(
        "same_person",
        "你已经在这个批次上签过，四手要四个不同的人",
        "You have signed this batch already; the four hands are four different people",
    )


def _why_not(db: Session, caller: Caller, batch: Batch, step: BatchStep, today: date) -> Exception:
    if step.hand and db.execute(of_columns(_has_signed(caller, batch))).scalar_one():
        return _same_person()
    if not db.execute(of_columns(may_act_as(step.role, caller.account_id, today))).scalar_one():
        return Refused(
            "not_your_step", "这一步不归你办，也没有代理", "This step is not yours, and you are nobody's deputy for it"
        )
    return _moved_on()
