"""What is set off after a notice was issued settles the notice: it asks for that money no longer.

An order takes the oldest claim first; of the notices that ask for a claim, the oldest is settled first. A cancelled order gives back.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import func, update
from sqlalchemy import select as of_columns
from sqlmodel import Session, col, select

from kernel.audit.service import Actor, record
from kernel.clock import business_day
from kernel.errors import Conflict
from settlement.payments.models import PayerClaim, PaymentOrder, SetOff
from settlement.payments.recoveries.models import NoticeSetOff, RecoveryNotice
from settlement.payments.recoveries.service import notices_of


def settle_by(db: Session, order: PaymentOrder, *, by: Actor, at: datetime, today: date) -> None:
    """Take from the notices what an order, just written, has set off of the claims that they ask for; fen."""
    query = select(PayerClaim, SetOff.amount).join(SetOff, col(SetOff.recovery_id) == col(PayerClaim.id))
    taken = db.execute(query.where(SetOff.order_id == order.id).order_by(col(SetOff.id))).all()
    parts: dict[int, int] = {}
    for claim, fen in taken:
        for notice in _asking_for(db, claim):
            part = min(fen, notice.open_amount - parts.get(notice.id or 0, 0))
            if part > 0:
                parts[notice.id or 0] = parts.get(notice.id or 0, 0) + part
                fen -= part
    for notice_id, part in parts.items():
        _settle(db, order, notice_id, part, by=by, at=at, today=today)


def _asking_for(db: Session, claim: PayerClaim) -> list[RecoveryNotice]:
    """The notices that were issued when a claim stood on the books already, the oldest first."""
    notices = notices_of(db, payer=claim.payer, beneficiary_id=claim.beneficiary_id)
    return [one for one in reversed(notices) if claim.taken_in_on <= business_day(one.issued_at)]


def _settle(
    db: Session, order: PaymentOrder, notice_id: int, part: int, *, by: Actor, at: datetime, today: date
) -> None:
    row = RecoveryNotice
    left = col(row.amount) - col(row.recovered) - col(row.set_off)
    guarded = update(row).where(col(row.id) == notice_id, left >= part).values(set_off=row.set_off + part)
    if db.execute(guarded).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            "notice_moved", "追回通知刚有了变化，请重新看过再开", "A recovery notice just changed; look again"
        )
    db.add(NoticeSetOff(notice_id=notice_id, order_id=order.id or 0, amount=part, set_off_on=today))
    detail = {"amount_fen": part, "order": order.number}
    record(db, "recovery.set_off", by=by, subject=("recovery_notice", _number(db, notice_id)), at=at, detail=detail)


def _number(db: Session, notice_id: int) -> str:
    return db.exec(select(RecoveryNotice.number).where(RecoveryNotice.id == notice_id)).one()


def undo_set_offs(db: Session, order: PaymentOrder, *, by: Actor, at: datetime) -> None:
    """A cancelled order has set off nothing: its notices ask for that money again."""
    rows = select(NoticeSetOff).where(NoticeSetOff.order_id == order.id, col(NoticeSetOff.undone_at).is_(None))
    for one in db.exec(rows).all():
        given = update(RecoveryNotice).where(col(RecoveryNotice.id) == one.notice_id)
        db.execute(given.values(set_off=RecoveryNotice.set_off - one.amount))
        one.undone_at = at
        db.add(one)
        detail = {"amount_fen": one.amount, "order": order.number}
        subject = ("recovery_notice", _number(db, one.notice_id))
        record(db, "recovery.reopen", by=by, subject=subject, at=at, detail=detail)
    db.flush()


def settling_orders(db: Session, notices: Iterable[RecoveryNotice]) -> dict[int, list[tuple[str, date, int]]]:
    """By notice: the orders that set something off of it, with the day and the fen."""
    ids = [one.id for one in notices]
    query = (
        of_columns(
            col(NoticeSetOff.notice_id),
            col(PaymentOrder.number),
            col(NoticeSetOff.set_off_on),
            col(NoticeSetOff.amount),
        )
        .join(PaymentOrder, col(PaymentOrder.id) == col(NoticeSetOff.order_id))
        .where(col(NoticeSetOff.notice_id).in_(ids), col(NoticeSetOff.undone_at).is_(None))
        .order_by(col(NoticeSetOff.id))
    )
    found: dict[int, list[tuple[str, date, int]]] = {}
    for notice_id, number, day, fen in db.execute(query):
        found.setdefault(notice_id, []).append((number, day, fen))
    return found


def asked_beyond_owed(db: Session) -> list[tuple[str, int, int]]:
    """Payer/beneficiary, fen asked and fen owed, wherever notices ask for more than is still to be recovered."""
    n, c = RecoveryNotice, PayerClaim
    asked = select(n.payer, n.beneficiary_id, func.sum(n.amount - n.recovered - n.set_off))
    owed = select(c.payer, c.beneficiary_id, func.sum(-c.amount - c.set_off - c.recovered)).where(c.amount < 0)
    owing = {
        (payer, party): int(fen) for payer, party, fen in db.execute(owed.group_by(col(c.payer), col(c.beneficiary_id)))
    }
    rows = db.execute(asked.group_by(col(n.payer), col(n.beneficiary_id)))
    return [
        (f"{payer}/{party}", int(fen), owing.get((payer, party), 0))
        for payer, party, fen in rows
        if int(fen) > owing.get((payer, party), 0)
    ]
