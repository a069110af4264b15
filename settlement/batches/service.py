"""What can be done with a batch: open it, bring its items up to date, move it hand by hand, read it.

A move is one guarded UPDATE with state, version, digest and the person test in its WHERE; signature, move and audit row share its
transaction. Before it, everything the signature stands for is taken afresh from the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, update
from sqlalchemy import select as of_columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.roles import FINANCE_SIDE
from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, Actor, record
from kernel.errors import Conflict, FieldErrors, NotFound, Refused
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar
from settlement.batches.digests import batch_digest
from settlement.batches.items import digests_afresh, items_of, leave, refill
from settlement.batches.models import Batch, BatchItem, BatchMove, BatchSignature, Objection
from settlement.batches.people import deputation, may_act_as, require_hand
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
from settlement.calendar import last_batch_closes
from settlement.returns.filing import Premises
from settlement.statements.models import Statement
from settlement.statements.standing import outdated
from settlement.statements.workflow import REPLACED, WITHDRAWN

READERS = FINANCE_SIDE
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Signing:
    """What a move is made with: the digest and version that were shown, and why, where a reason is asked for."""

    digest: str
    version: int
    reason: str = ""


@dataclass(frozen=True)
class BatchDesk:
    """What the moves need beside the books: the policies and archive, the working days, the moment and the business day."""

    premises: Premises
    calendar: WorkCalendar
    at: datetime
    today: date

    @property
    def book(self) -> PolicyBook:
        return self.premises.book


def open_batch(db: Session, caller: Caller, quarter: Quarter, *, desk: BatchDesk) -> Batch:
    """Open a quarter's batch and fill it.

    Refused for a quarter that is not over and after the last batch's closing day; Conflict while one is under way.
    """
    require_hand(caller)
    if quarter.last_day >= desk.today:
        raise Refused("quarter_not_over", f"{quarter} 还没有结束", f"{quarter} is not over")
    if desk.today > last_batch_closes(desk.book, desk.today):
        raise Refused(
            "last_batch_closed",
            "最后一批的截止日已过，不再开新批次；要追回的发追回通知",
            "The last batch has closed; no new one is opened, what is to be recovered is asked for by notice",
        )
    batch = _new(db, quarter, by=caller.actor, at=desk.at)
    record(db, "batch.open", by=caller.actor, subject=("batch", batch.number), at=desk.at)
    refresh(db, batch, at=desk.at, by=caller.actor)
    return batch


def _new(db: Session, quarter: Quarter, *, by: Actor, at: datetime) -> Batch:
    count = db.execute(select(func.max(Batch.sequence)).where(Batch.quarter == str(quarter))).scalar_one() or 0
    number = f"B-{quarter}-{count + 1:02d}"
    batch = Batch(
        number=number,
        quarter=str(quarter),
        sequence=count + 1,
        state=OPEN,
        digest="",
        opened_by=by.account_id,
        opened_at=at,
    )
    batch.digest = batch_digest(batch, [])
    try:
        with db.begin_nested():
            db.add(batch)
    except IntegrityError:
        raise Conflict(
            "batch_under_way", f"{quarter} 已有一个批次在办", f"A batch of {quarter} is under way already"
        ) from None
    return batch


def refresh(db: Session, batch: Batch, *, at: datetime, by: Actor = THE_SERVICE) -> bool:
    """Bring an open batch up to what its statements ask for now; whether anything changed. Others stay as they were signed."""
    if not _locked_open(db, batch):
        return False
    changed = refill(db, batch, at=at)
    if changed:
        _redigest(db, batch)
        record(db, "batch.refill", by=by, subject=("batch", batch.number), at=at, detail={"digest": batch.digest})
    return changed


def refresh_open(db: Session, *, at: datetime, by: Actor = THE_SERVICE) -> int:
    """Bring every open batch up to date; how many changed."""
    return sum(refresh(db, batch, at=at, by=by) for batch in db.exec(select(Batch).where(Batch.state == OPEN)).all())


def _locked_open(db: Session, batch: Batch) -> bool:
    """Lock the row of a batch that is open; False for any other."""
    touch = update(Batch).where(col(Batch.id) == batch.id, col(Batch.state) == OPEN).values(state=OPEN)
    return bool(db.execute(touch).rowcount == 1)  # type: ignore[attr-defined]


def _redigest(db: Session, batch: Batch) -> None:
    digest = digest_afresh(db, batch)
    values = {"digest": digest, "version": Batch.version + 1}
    db.execute(update(Batch).where(col(Batch.id) == batch.id).values(**values))
    db.refresh(batch)


def digest_afresh(db: Session, batch: Batch) -> str:
    """A batch's digest taken from all its rows as they are now."""
    items = items_of(db, batch)
    digests = digests_afresh(db, items)
    return batch_digest(batch, [(item, digests[item.id or 0]) for item in items])


def set_aside(
    db: Session, caller: Caller, batch: Batch, statement_number: str, *, reason: str, desk: BatchDesk
) -> BatchItem:
    """The operator takes an item out of an open batch, with a reason; it is kept, and stays out until the statement changes."""
    require_hand(caller)
    _require_reason(reason)
    item = next((one for one in items_of(db, batch, (INCLUDED,)) if one.statement_number == statement_number), None)
    if item is None:
        raise NotFound("item_not_found", "批次里没有这一项", "There is no such item in the batch")
    may = may_act_as("operator", caller.account_id, desk.today)
    touch = update(Batch).where(col(Batch.id) == batch.id, col(Batch.state) == OPEN, may).values(state=OPEN)
    if db.execute(touch).rowcount != 1 or not leave(db, item, SET_ASIDE, by=caller.actor, reason=reason, at=desk.at):  # type: ignore[attr-defined]
        raise Conflict("batch_not_open", "批次不在编，或不归你办", "The batch is not open, or not yours to change")
    _redigest(db, batch)
    detail = {"statement": statement_number, "reason": reason, "digest": batch.digest}
    record(db, "batch.set_aside", by=caller.actor, subject=("batch", batch.number), at=desk.at, detail=detail)
    db.refresh(item)
    return item


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
        _require_reason(signing.reason)
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
    if step.target == ORDERED and (batch.notice_until is None or desk.today <= batch.notice_until):
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
    """Void the signatures, kept; what an objection took down stays out of the next round."""
    valid = (col(BatchSignature.batch_id) == batch.id) & col(BatchSignature.voided_at).is_(None)
    db.execute(update(BatchSignature).where(valid).values(voided_at=at, voided_by=caller.account_id))
    back = (col(BatchItem.batch_id) == batch.id) & (col(BatchItem.state) == UPHELD)
    db.execute(update(BatchItem).where(back).values(state=SET_ASIDE))


def reopen(db: Session, caller: Caller, batch: Batch, *, reason: str, at: datetime) -> bool:
    """Return a batch under way to the operator because facts were restated; False when it is open, released or rejected by now."""
    require_hand(caller)
    under_way = (col(Batch.id) == batch.id) & col(Batch.state).not_in((OPEN, *ENDED))
    values = {"state": OPEN, "version": Batch.version + 1, "notice_from": None, "notice_until": None}
    if db.execute(update(Batch).where(under_way).values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    _void(db, caller, batch, at=at)
    _note(db, caller, batch, "return", OPEN, batch.digest, reason, at)
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


def _require_reason(reason: str) -> None:
    errors = FieldErrors()
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        errors.add("reason", "required", "写明原因，最多 1000 个字", "Say why, in at most 1000 characters")
    errors.raise_if_any()


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
