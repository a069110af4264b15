"""Take a receipt file in, whole or not at all, and resolve what did not match."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, FieldErrors, NotFound, Refused
from settlement.officials import require_cashier
from settlement.payments.receipts.matching import match
from settlement.payments.receipts.models import ReceiptFile, ReceiptLine
from settlement.payments.receipts.reading import ReceiptContent, ReceiptRecord
from settlement.payments.workflow import MATCHED, MISMATCHES, OPEN, RESOLVED


def take_receipt(db: Session, cashier: Caller, content: ReceiptContent, *, at: datetime, today: date) -> ReceiptFile:
    """Book every line of a file in one transaction; lines that match nothing wait. Conflict for a file taken in before."""
    require_cashier(cashier)
    kept = ReceiptFile(
        file_name=content.file_name,
        digest=content.digest,
        lines=len(content.records),
        taken_by=cashier.account_id,
        taken_at=at,
    )
    _add_once(db, kept)
    assert kept.id is not None
    for one in content.records:
        payment, mismatch = match(db, one, one.reference, by=cashier.actor, at=at, today=today)
        db.add(_line(kept.id, one, payment.id if payment else None, mismatch))
    db.flush()
    detail = {"file": content.file_name, "digest": content.digest, "lines": kept.lines}
    record(db, "receipt.take", by=cashier.actor, subject=("receipt", kept.id), at=at, detail=detail)
    return kept


def _add_once(db: Session, kept: ReceiptFile) -> None:
    try:
        with db.begin_nested():
            db.add(kept)
    except IntegrityError:
        raise Conflict(
            "receipt_taken", "这个回单文件已经收过了", "This receipt file has been taken in already"
        ) from None


def _line(receipt_id: int, one: ReceiptRecord, payment_id: int | None, mismatch: str | None) -> ReceiptLine:
    return ReceiptLine(
        receipt_id=receipt_id,
        state=MATCHED if mismatch is None else OPEN,
        mismatch=mismatch,
        payment_id=payment_id,
        **one.__dict__,
    )


def lines_of(db: Session, receipt: ReceiptFile) -> list[ReceiptLine]:
    """The lines of a file in its order."""
    query = select(ReceiptLine).where(ReceiptLine.receipt_id == receipt.id).order_by(col(ReceiptLine.row))
    return list(db.exec(query.execution_options(populate_existing=True)))


def mismatches_query(*, open_only: bool = True) -> Select[Any]:
    """The queue: lines that met no payment, the oldest first."""
    query = select(ReceiptLine).where(col(ReceiptLine.mismatch).is_not(None))
    if open_only:
        query = query.where(ReceiptLine.state == OPEN)
    return query.order_by(col(ReceiptLine.id))


def mismatch_by_id(db: Session, number: int) -> ReceiptLine:
    """One line of the queue, or NotFound."""
    query = mismatches_query(open_only=False).where(col(ReceiptLine.id) == number)
    found: ReceiptLine | None = db.execute(query.execution_options(populate_existing=True)).scalars().first()
    if found is None:
        raise NotFound("mismatch_not_found", "没有这条不符", "There is no such mismatch")
    return found


def resolve(
    db: Session,
    cashier: Caller,
    line: ReceiptLine,
    *,
    resolution: str,
    reason: str,
    reference: str = "",
    at: datetime,
    today: date,
) -> ReceiptLine:
    """Assign a line to the payment it was meant for, or dismiss it; always with a reason. Refused when it does not fit there either."""
    require_cashier(cashier)
    errors = FieldErrors()
    if not reason.strip():
        errors.add("reason", "required", "写明原因", "Say why")
    if resolution == "assign" and not reference:
        errors.add("reference", "required", "填认到哪一笔的付款编号", "Name the payment's reference")
    errors.raise_if_any()
    _move(db, line, resolution, reason, cashier, at)
    payment_id = _assign(db, cashier, line, reference, at, today) if resolution == "assign" else None
    mine = update(ReceiptLine).where(col(ReceiptLine.id) == line.id)
    db.execute(mine.values(payment_id=payment_id))
    detail = {"resolution": resolution, "reason": reason, "reference": reference}
    record(db, "mismatch.resolve", by=cashier.actor, subject=("receipt_line", line.id), at=at, detail=detail)
    return mismatch_by_id(db, line.id or 0)


def _move(db: Session, line: ReceiptLine, resolution: str, reason: str, cashier: Caller, at: datetime) -> None:
    guarded = update(ReceiptLine).where(col(ReceiptLine.id) == line.id, col(ReceiptLine.state) == OPEN)
    values = {
        "state": RESOLVED,
        "resolution": resolution,
        "resolution_reason": reason,
        "resolved_by": cashier.account_id,
        "resolved_at": at,
    }
    if db.execute(guarded.values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("mismatch_moved", "这条不符已经处理过了", "This mismatch has been resolved already")


def _assign(db: Session, cashier: Caller, line: ReceiptLine, reference: str, at: datetime, today: date) -> int | None:
    fields = ("row", "reference", "amount", "paid_on", "outcome", "bank_reference", "reason")
    said = ReceiptRecord(**{name: getattr(line, name) for name in fields})
    payment, mismatch = match(db, replace(said, reference=reference), reference, by=cashier.actor, at=at, today=today)
    if payment is None:
        text = MISMATCHES[mismatch or "unknown_reference"]
        raise Refused("still_no_match", f"认不上：{text.zh}", f"It does not fit there: {text.en}")
    return payment.id
