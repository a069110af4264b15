"""Send an order: intent, send under its fixed reference, confirm. Unknown is a state: enquire before sending again (rule 6).

Every step is a transaction of its own and nothing is sent inside one. After a kill at any point the recovery pass finds the order
where it stood, asks the treasury, and goes on from the answer.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, Actor, record
from kernel.bilingual import Text
from kernel.errors import Conflict, FieldError, Invalid
from kernel.ledger import funds
from kernel.ledger.service import Booking
from kernel.policies import PolicyBook
from settlement.officials import require_cashier
from settlement.payments.blocks import ApprovedItems, item_blocks, items_afresh, key_of
from settlement.payments.claims import claims_by_id
from settlement.payments.invariants import require_sound
from settlement.payments.message import pain_001
from settlement.payments.models import Payment, PaymentOrder
from settlement.payments.order_files import order_message
from settlement.payments.orders import order_by_number, payments_of
from settlement.payments.payees import payees_in_force
from settlement.payments.recoveries.set_offs import undo_set_offs
from settlement.payments.suspensions import suspension_blocks
from settlement.payments.treasury import Treasury, TreasuryUnreachable
from settlement.payments.workflow import CANCELLED, ORDERED, SENT, UNSURE, order_sources, order_target
from settlement.payments.writing import undo_lines, undo_payment

LEASE = timedelta(minutes=1)  # how long a sender that is still at work is left alone

log = structlog.get_logger()


@dataclass(frozen=True)
class PayingOffice:
    """Where and by what orders are sent: the treasury, the batches' items, the policies."""

    treasury: Treasury
    approvals: ApprovedItems
    book: PolicyBook


class Try(NamedTuple):
    """One try at an order, as its sender claimed it. Its number guards what he notes afterwards: read once, never again."""

    order_id: int
    number: str
    attempt: int

    @classmethod
    def at(cls, order: PaymentOrder) -> "Try":
        return cls(order.id or 0, order.number, order.attempts)

    @property
    def following(self) -> "Try":
        return self._replace(attempt=self.attempt + 1)


def send_order(
    db: Session, cashier: Caller, number: str, *, office: PayingOffice, at: datetime, today: date
) -> PaymentOrder:
    """Send a drawn order, in transactions of its own. Afterwards it is sent, or unknown when the treasury did not answer."""
    mine = database.write(db, lambda db: _begin(db, cashier, number, office=office, at=at, today=today))
    return _deliver(db, mine, office, by=cashier.actor, at=at)


def _begin(db: Session, cashier: Caller, number: str, *, office: PayingOffice, at: datetime, today: date) -> Try:
    """The last look before the money moves, and the claim of the first try."""
    require_cashier(cashier)
    order = order_by_number(db, number)
    last, mine = Try.at(order), Try.at(order).following
    _move(db, last, "send", attempts=mine.attempt, tried_at=at, sent_by=cashier.account_id)
    require_sound(db, order.payer)
    _require_unchanged(db, cashier, order, office, today)
    detail = {"digest": order.digest, "attempt": mine.attempt}
    subject = ("payment_order", number)
    record(db, "order.send", by=cashier.actor, subject=subject, at=at, detail=detail, checkpoint=True)
    return mine


def _require_unchanged(db: Session, cashier: Caller, order: PaymentOrder, office: PayingOffice, today: date) -> None:
    """Every item as it was approved, every account still the one in force."""
    payments = payments_of(db, order)
    claims = claims_by_id(db, {one.claim_id for one in payments})
    items = items_afresh(db, claims.values(), office.approvals)
    accounts = payees_in_force(db, [order.payer, *(claim.beneficiary_code for claim in claims.values())], today)
    errors = []
    for one in payments:
        claim = claims[one.claim_id]
        blocks = item_blocks(claim, items.get(key_of(claim)), office.book, cashier)
        for block in (*blocks, *suspension_blocks(db, claim, office.book, today)):
            errors.append(FieldError(claim.statement_number, block.code, block.text))
        account = accounts.get(claim.beneficiary_code)
        if account is None or account.id != one.payee_id or one.digest != claim.digest or one.amount > claim.ordered:
            errors.append(FieldError(claim.statement_number, "payee_changed", _PAYEE_CHANGED))
    paying = accounts.get(order.payer)
    if paying is None or paying.id != order.paying_account_id:
        errors.append(FieldError("payer", "payee_changed", _PAYEE_CHANGED))
    if errors:
        raise Invalid(tuple(errors))


_PAYEE_CHANGED = Text(
    "开令之后账户变了；撤销这张拨付令，重新开",
    "The account changed since the order was drawn; cancel it and draw another",
)


def _move(db: Session, tried: Try, move: str, *, idle_since: datetime | None = None, **values: Any) -> None:
    """A guarded UPDATE of state and attempt; Conflict when the order has moved on, or was tried after `idle_since`."""
    guarded = update(PaymentOrder).where(
        col(PaymentOrder.id) == tried.order_id,
        col(PaymentOrder.state).in_(order_sources(move)),
        col(PaymentOrder.attempts) == tried.attempt,
    )
    if idle_since is not None:
        guarded = guarded.where(col(PaymentOrder.tried_at) <= idle_since)
    moved = db.execute(guarded.values(state=order_target(move), **values))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            "order_moved",
            f"{tried.number} 的状态已经变了，刷新后再看",
            f"{tried.number} has moved on; reload and look again",
        )


def _deliver(db: Session, mine: Try, office: PayingOffice, *, by: Actor, at: datetime) -> PaymentOrder:
    """Send and note what came of it; outside any transaction."""
    content = pain_001(order_message(db, order_by_number(db, mine.number), office.book))
    db.rollback()
    try:
        office.treasury.send(mine.number, content)
    except TreasuryUnreachable:
        log.warning("treasury_unreachable", order=mine.number)
        return _note(db, mine, "lose", by=by, at=at)
    return _note(db, mine, "confirm", by=by, at=at)


def _note(db: Session, mine: Try, move: str, *, by: Actor, at: datetime) -> PaymentOrder:
    def work(db: Session) -> PaymentOrder:
        values: dict[str, Any] = {"confirmed_at": at} if move == "confirm" else {}
        _move(db, mine, move, **values)
        record(db, f"order.{move}", by=by, subject=("payment_order", mine.number), at=at, checkpoint=True)
        return order_by_number(db, mine.number)

    return database.write(db, work)


def recover_orders(db: Session, *, office: PayingOffice, at: datetime) -> dict[str, int]:
    """The recovery pass: every order of which nobody knows whether it arrived is asked about, and sent only when it did not."""
    counts = {"confirmed": 0, "sent": 0, "unknown": 0, "failed": 0}
    for last in _unsure(db, at):
        try:
            counts[_recover(db, last, office, at)] += 1
        except Exception:
            db.rollback()
            log.exception("order_recovery_failed", order=last.number)
            counts["failed"] += 1
    return counts


def _unsure(db: Session, at: datetime) -> list[Try]:
    query = select(PaymentOrder).where(col(PaymentOrder.state).in_(UNSURE), col(PaymentOrder.tried_at) <= at - LEASE)
    orders = db.exec(query.order_by(col(PaymentOrder.id)).execution_options(populate_existing=True))
    found = [Try.at(order) for order in orders]
    db.rollback()
    return found


def _recover(db: Session, last: Try, office: PayingOffice, at: datetime) -> str:
    """Take the order over, ask, and go on from the answer."""
    mine = database.write(db, lambda db: _take_over(db, last, at))
    try:
        arrived = office.treasury.has(mine.number)
    except TreasuryUnreachable:
        _note(db, mine, "lose", by=THE_SERVICE, at=at)
        return "unknown"
    if arrived:
        _note(db, mine, "confirm", by=THE_SERVICE, at=at)
        return "confirmed"
    return "sent" if _deliver(db, mine, office, by=THE_SERVICE, at=at).state == SENT else "unknown"


def _take_over(db: Session, last: Try, at: datetime) -> Try:
    """Claim the next try by a guarded UPDATE, so that of two recovery passes one goes on."""
    mine = last.following
    _move(db, last, "lose", idle_since=at - LEASE, attempts=mine.attempt, tried_at=at)
    detail = {"attempt": mine.attempt}
    record(db, "order.recover", by=THE_SERVICE, subject=("payment_order", mine.number), at=at, detail=detail)
    return mine


def cancel_order(db: Session, cashier: Caller, number: str, *, reason: str, at: datetime, today: date) -> PaymentOrder:
    """Take a drawn order back before it is sent: payments, set-offs and budget are reversed, the claims are open again."""
    require_cashier(cashier)
    order = order_by_number(db, number)
    _move(db, Try.at(order), "cancel", ended_at=at)
    booking = Booking(today, today, at, cashier.actor)
    for payment in payments_of(db, order):
        undo_payment(db, payment, booking=booking)
    undo_lines(db, order, booking=booking)
    undo_set_offs(db, order, by=cashier.actor, at=at)
    mine = (col(Payment.order_id) == order.id) & (col(Payment.state) == ORDERED)
    db.execute(update(Payment).where(mine).values(state=CANCELLED, reason=reason))
    funds.give_back(db, order.payer, order.budget_year, order.total)
    detail = {"reason": reason, "total_fen": order.total}
    record(db, "order.cancel", by=cashier.actor, subject=("payment_order", number), at=at, detail=detail)
    return order_by_number(db, number)
