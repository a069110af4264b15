"""What can be done with a batch on the operator's desk: open it, bring its items up to date, set one aside. Moves are in `moving.py`."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, update
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
from settlement.batches.items import asked_for, digests_afresh, items_of, leave, refill
from settlement.batches.models import Batch, BatchItem
from settlement.batches.people import may_act_as, require_hand
from settlement.batches.reading import batch_under_way
from settlement.batches.workflow import (
    INCLUDED,
    OPEN,
    SET_ASIDE,
)
from settlement.calendar import last_batch_closes
from settlement.returns.filing import Premises

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
    if has_closed(desk):
        raise Refused(
            "last_batch_closed",
            "最后一批的截止日已过，不再开新批次；要追回的发追回通知",
            "The last batch has closed; no new one is opened, what is to be recovered is asked for by notice",
        )
    batch = _new(db, quarter, by=caller.actor, at=desk.at)
    record(db, "batch.open", by=caller.actor, subject=("batch", batch.number), at=desk.at)
    refresh(db, batch, at=desk.at, by=caller.actor)
    return batch


def has_closed(desk: BatchDesk) -> bool:
    """Whether the last batch of the programme has closed."""
    return desk.today > last_batch_closes(desk.book, desk.today)


def waiting_for_a_batch(db: Session, quarter: Quarter, *, desk: BatchDesk) -> int:
    """How many items a batch of the quarter would hold if it were opened today; none while one may not be opened."""
    if quarter.last_day >= desk.today or has_closed(desk) or batch_under_way(db, quarter) is not None:
        return 0
    return len(asked_for(db, quarter))


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
        redigest(db, batch)
        record(db, "batch.refill", by=by, subject=("batch", batch.number), at=at, detail={"digest": batch.digest})
    return changed


def refresh_open(db: Session, *, at: datetime, by: Actor = THE_SERVICE) -> int:
    """Bring every open batch up to date; how many changed."""
    return sum(refresh(db, batch, at=at, by=by) for batch in db.exec(select(Batch).where(Batch.state == OPEN)).all())


def _locked_open(db: Session, batch: Batch) -> bool:
    """Lock the row of a batch that is open; False for any other."""
    touch = update(Batch).where(col(Batch.id) == batch.id, col(Batch.state) == OPEN).values(state=OPEN)
    return bool(db.execute(touch).rowcount == 1)  # type: ignore[attr-defined]


def redigest(db: Session, batch: Batch) -> None:
    """Write down the digest of what the batch holds now, as a new version of it."""
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
    require_reason(reason)
    item = next((one for one in items_of(db, batch, (INCLUDED,)) if one.statement_number == statement_number), None)
    if item is None:
        raise NotFound("item_not_found", "批次里没有这一项", "There is no such item in the batch")
    may = may_act_as("operator", caller.account_id, desk.today)
    touch = update(Batch).where(col(Batch.id) == batch.id, col(Batch.state) == OPEN, may).values(state=OPEN)
    if db.execute(touch).rowcount != 1 or not leave(db, item, SET_ASIDE, by=caller.actor, reason=reason, at=desk.at):  # type: ignore[attr-defined]
        raise Conflict("batch_not_open", "批次不在编，或不归你办", "The batch is not open, or not yours to change")
    redigest(db, batch)
    detail = {"statement": statement_number, "reason": reason, "digest": batch.digest}
    record(db, "batch.set_aside", by=caller.actor, subject=("batch", batch.number), at=desk.at, detail=detail)
    db.refresh(item)
    return item


def require_reason(reason: str) -> None:
    """Invalid for a reason that says nothing, or too much."""
    errors = FieldErrors()
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        errors.add("reason", "required", "写明原因，最多 1000 个字", "Say why, in at most 1000 characters")
    errors.raise_if_any()
