"""Match one line of a receipt with the payment it names, and book what it says; or say why it meets none."""

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.audit.service import Actor, record
from kernel.ledger import funds
from kernel.ledger.service import Booking, Entry, post
from settlement.payments.claims import claims_by_id, entry
from settlement.payments.models import Payment, PaymentOrder
from settlement.payments.receipts.reading import PAID as BANK_PAID
from settlement.payments.receipts.reading import ReceiptRecord
from settlement.payments.workflow import CANCELLED, DRAWN, ORDERED, PAID, REJECTED, SENT, SETTLED, UNSURE
from settlement.payments.writing import undo_payment

_TOO_LATE = {PAID: "paid_already", REJECTED: "rejected_already", CANCELLED: "payment_cancelled"}


def match(
    db: Session, line: ReceiptRecord, reference: str, *, by: Actor, at: datetime, today: date
) -> tuple[Payment | None, str | None]:
    """The payment of a reference, paid or rejected as the line says; or None and the code of the mismatch."""
    payment = payment_by_reference(db, reference)
    if payment is None:
        return None, "unknown_reference"
    order = db.exec(
        select(PaymentOrder).where(PaymentOrder.id == payment.order_id).execution_options(populate_existing=True)
    ).one()
    mismatch = _mismatch(payment, order, line)
    if mismatch is None:
        booking = Booking(line.paid_on, today, at, by)
        mismatch = (
            _pay(db, payment, order, line, booking)
            if line.outcome == BANK_PAID
            else _reject(db, payment, order, line, booking)
        )
    if mismatch is not None:
        return None, mismatch
    _move_order(db, order, at=at)
    detail = {"outcome": line.outcome, "amount_fen": line.amount, "bank_reference": line.bank_reference}
    record(db, "payment.receipt", by=by, subject=("payment", payment.reference), at=at, detail=detail)
    return payment, None


def payment_by_reference(db: Session, reference: str) -> Payment | None:
    """The payment of a reference, as it stands."""
    query = select(Payment).where(Payment.reference == reference)
    return db.exec(query.execution_options(populate_existing=True)).first()


def _mismatch(payment: Payment, order: PaymentOrder, line: ReceiptRecord) -> str | None:
    if payment.state != ORDERED:
        return _TOO_LATE[payment.state]
    if order.state == DRAWN:
        return "not_sent"
    if line.paid_on < order.execute_on:
        return "before_order"
    return "amount_differs" if payment.amount != line.amount else None


def _moved(db: Session, payment: Payment, state: str, **values: object) -> bool:
    guarded = update(Payment).where(col(Payment.id) == payment.id, col(Payment.state) == ORDERED)
    moved = db.execute(guarded.values(state=state, **values))
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]


def _pay(db: Session, payment: Payment, order: PaymentOrder, line: ReceiptRecord, booking: Booking) -> str | None:
    try:
        with db.begin_nested():
            if not _moved(db, payment, PAID, paid_on=line.paid_on, bank_reference=line.bank_reference):
                return "paid_already"
    except IntegrityError:
        return "bank_reference_used"
    claim = claims_by_id(db, [payment.claim_id])[payment.claim_id]
    entries = [
        entry(claim, "in_transit", payment.amount),
        entry(claim, "paid", -payment.amount),
        Entry("spent", payment.amount, budget_year=order.budget_year),
        Entry("committed", -payment.amount, budget_year=order.budget_year),
    ]
    key = f"receipt/{payment.reference}"
    post(db, payment.payer, key, "receipt", entries, booking=booking, reference=line.bank_reference)
    return None


def _reject(db: Session, payment: Payment, order: PaymentOrder, line: ReceiptRecord, booking: Booking) -> str | None:
    """The bank gave the money back: the claim is open again, under a new reference when it is ordered again."""
    if not _moved(db, payment, REJECTED, reason=line.reason):
        return "rejected_already"
    undo_payment(db, payment, booking=booking)
    funds.give_back(db, payment.payer, order.budget_year, payment.amount)
    return None


def _move_order(db: Session, order: PaymentOrder, *, at: datetime) -> None:
    """A receipt proves that the order arrived; with the last one it is settled."""
    mine = col(PaymentOrder.id) == order.id
    arrived = update(PaymentOrder).where(mine, col(PaymentOrder.state).in_(UNSURE))
    db.execute(arrived.values(state=SENT, confirmed_at=at))
    waiting = select(Payment.id).where(Payment.order_id == order.id, Payment.state == ORDERED).exists()
    settled = update(PaymentOrder).where(mine, col(PaymentOrder.state) == SENT, ~waiting)
    db.execute(settled.values(state=SETTLED, ended_at=at))
