"""Write what a plan says: lines, set-offs, payments, the claims' own counts, and the postings; and take a drawn order back."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.audit.service import Actor
from kernel.errors import Conflict
from kernel.ledger.service import Booking, Entry, group_by_key, post, reverse
from settlement.payments.blocks import ClaimStanding
from settlement.payments.claims import claims_by_id, entry
from settlement.payments.models import OrderLine, PayerClaim, Payment, PaymentOrder, SetOff
from settlement.payments.planning import OrderPlan, PlannedLine, PlannedSetOff
from settlement.payments.workflow import ORDERED


def write_lines(
    db: Session,
    order: PaymentOrder,
    planned: OrderPlan,
    by_claim: Mapping[int, ClaimStanding],
    *,
    by: Actor,
    at: datetime,
    today: date,
) -> None:
    """Everything an order does, line by line, in the order of the plan."""
    assert order.id is not None
    booking = Booking(today, today, at, by)
    recoveries = claims_by_id(db, {one.recovery_id for one in planned.set_offs})
    for place, line in enumerate(planned.lines, start=1):
        standing = by_claim[line.due.claim_id]
        before = standing.claim.carried
        taken = [one for one in planned.set_offs if one.due_id == line.due.claim_id]
        row = _line(order.id, place, line, before)
        db.add(row)
        _count_due(db, standing.claim, line)
        for one in taken:
            db.add(SetOff(order_id=order.id, due_id=one.due_id, recovery_id=one.recovery_id, amount=one.amount))
            _count_recovery(db, one)
        db.flush()
        _post_line(db, order, standing.claim, row, taken, recoveries, booking)
        if line.pay:
            _pay(db, order, place, line, standing, booking)


def _line(order_id: int, place: int, line: PlannedLine, carried_before: int) -> OrderLine:
    return OrderLine(
        order_id=order_id,
        claim_id=line.due.claim_id,
        place=place,
        due=line.due.amount,
        set_off=line.set_off,
        pay=line.pay,
        carry=line.carry,
        cut=line.cut,
        carried_before=carried_before,
    )


def _moved_on() -> Conflict:
    return Conflict(
        "claim_moved",
        "这些应付款刚被别的拨付令用过，请重新看过再开",
        "These claims were just used by another order; look again",
    )


def _count_due(db: Session, claim: PayerClaim, line: PlannedLine) -> None:
    """Take the line from the claim by one guarded UPDATE: only what was open when it was planned."""
    row = PayerClaim
    open_amount = col(row.amount) - col(row.set_off) - col(row.ordered) - col(row.cut)
    guarded = update(row).where(
        col(row.id) == claim.id, open_amount == line.due.amount, col(row.carried) == claim.carried
    )
    values = {
        "set_off": row.set_off + line.set_off,
        "ordered": row.ordered + line.pay,
        "cut": row.cut + line.cut,
        "carried": line.carry,
    }
    if db.execute(guarded.values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise _moved_on()


def _count_recovery(db: Session, one: PlannedSetOff) -> None:
    row = PayerClaim
    left = -col(row.amount) - col(row.set_off) - col(row.recovered)
    guarded = update(row).where(col(row.id) == one.recovery_id, left >= one.amount)
    if db.execute(guarded.values(set_off=row.set_off + one.amount)).rowcount != 1:  # type: ignore[attr-defined]
        raise _moved_on()


def line_key(order: PaymentOrder, place: int) -> str:
    """The key of what an order did with a claim short of paying it."""
    return f"line/{order.number}/{place}"


def payment_key(reference: str) -> str:
    """The key under which a payment leaves the payable for the way to the bank."""
    return f"payment/{reference}"


def _post_line(
    db: Session,
    order: PaymentOrder,
    claim: PayerClaim,
    row: OrderLine,
    taken: list[PlannedSetOff],
    recoveries: Mapping[int, PayerClaim],
    booking: Booking,
) -> None:
    """Carried, or no longer; then set off and cut. Two groups, because a cancelled order gives only the second back."""
    out = row.carry - row.carried_before
    carried = [entry(claim, "payable", out), entry(claim, "carried", -out)]
    if out:
        key = f"carry/{order.number}/{row.place}"
        post(db, order.payer, key, "carry", carried, booking=booking, reference=order.number)
    entries = [
        entry(claim, "payable", row.set_off + row.cut),
        entry(claim, "set_off", -row.set_off),
        entry(claim, "cut", -row.cut),
    ]
    for one in taken:
        recovery = recoveries[one.recovery_id]
        entries += [entry(recovery, "set_off", one.amount), entry(recovery, "recoverable", -one.amount)]
    if any(one.amount for one in entries):
        post(db, order.payer, line_key(order, row.place), "line", entries, booking=booking, reference=order.number)


def _pay(
    db: Session, order: PaymentOrder, place: int, line: PlannedLine, standing: ClaimStanding, booking: Booking
) -> None:
    assert order.id is not None
    assert standing.payee is not None
    assert standing.payee.id is not None
    claim = standing.claim
    payment = Payment(
        order_id=order.id,
        claim_id=line.due.claim_id,
        payer=order.payer,
        statement_number=claim.statement_number,
        revision=claim.revision,
        kind=claim.kind,
        beneficiary_id=claim.beneficiary_id,
        reference=f"{order.number}-{place:03d}",
        amount=line.pay,
        digest=claim.digest,
        payee_id=standing.payee.id,
        state=ORDERED,
    )
    _add_once(db, payment)
    entries = [
        entry(claim, "payable", line.pay),
        entry(claim, "in_transit", -line.pay),
        Entry("committed", line.pay, budget_year=order.budget_year),
        Entry("available", -line.pay, budget_year=order.budget_year),
    ]
    key = payment_key(payment.reference)
    post(db, order.payer, key, "payment", entries, booking=booking, reference=order.number)


def _add_once(db: Session, payment: Payment) -> None:
    try:
        with db.begin_nested():
            db.add(payment)
    except IntegrityError:
        raise Conflict(
            "paid_already",
            f"{payment.statement_number} 已经开过付款，不会付第二次",
            f"{payment.statement_number} is already being paid; it is never paid twice",
        ) from None


def undo_payment(db: Session, payment: Payment, *, booking: Booking) -> None:
    """A payment that did not happen: back from the way to the bank into the payable, and open again on its claim."""
    mine = (col(PayerClaim.id) == payment.claim_id) & (col(PayerClaim.ordered) >= payment.amount)
    counted = update(PayerClaim).where(mine).values(ordered=PayerClaim.ordered - payment.amount)
    if db.execute(counted).rowcount != 1:  # type: ignore[attr-defined]
        raise _moved_on()
    origin = group_by_key(db, payment.payer, payment_key(payment.reference))
    reverse(db, origin, key=f"undo/{payment.reference}", booking=booking, reference=payment.reference)


def undo_lines(db: Session, order: PaymentOrder, *, booking: Booking) -> None:
    """What a cancelled order set off and cut, taken back line by line.

    What it carried stays carried: the claim is open as before, and a later order may have used it since.
    """
    for row in db.exec(select(OrderLine).where(OrderLine.order_id == order.id).order_by(col(OrderLine.place))):
        values = {"set_off": PayerClaim.set_off - row.set_off, "cut": PayerClaim.cut - row.cut}
        db.execute(update(PayerClaim).where(col(PayerClaim.id) == row.claim_id).values(**values))
        if row.set_off or row.cut:
            origin = group_by_key(db, order.payer, line_key(order, row.place))
            reverse(db, origin, key=f"undo/{line_key(order, row.place)}", booking=booking, reference=order.number)
    for one in db.exec(select(SetOff).where(SetOff.order_id == order.id)):
        given = PayerClaim.set_off - one.amount
        db.execute(update(PayerClaim).where(col(PayerClaim.id) == one.recovery_id).values(set_off=given))
