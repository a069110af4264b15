"""Payment orders 拨付令: what a payer would be ordered to pay, drawing the order, and cancelling it before it is sent.

Drawing is the intent of reliability rule 6: order, payments, budget and postings in one transaction, each payment under its fixed
reference. Sending is in `sending`, receipts are in `receipts`.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.chain import canonical
from kernel.audit.service import record
from kernel.bilingual import Text
from kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused
from kernel.ledger import funds
from kernel.money import grouped
from kernel.policies import PolicyBook
from settlement.officials import require_cashier
from settlement.payments import claims as claim_rows
from settlement.payments.approved import ApprovedItem
from settlement.payments.blocks import ApprovedItems, ClaimStanding, standings
from settlement.payments.invariants import require_sound
from settlement.payments.labels import PAYERS
from settlement.payments.labels import payer as payer_title
from settlement.payments.models import OrderLine, PayeeAccount, PayerClaim, Payment, PaymentOrder
from settlement.payments.numbers import ORDER, next_number
from settlement.payments.payees import payees_in_force
from settlement.payments.planning import OpenAmount, OrderPlan, plan
from settlement.payments.recoveries.set_offs import settle_by
from settlement.payments.rules import PaymentRules, payment_rules
from settlement.payments.workflow import DRAWN, SETTLED
from settlement.payments.writing import write_lines


@dataclass(frozen=True)
class OrderPreview:
    """What an order would do, before anybody confirms it; `digest` stands for exactly what is shown. Fen."""

    payer: str
    batch: str
    budget_year: int
    available: int
    rules: PaymentRules
    standings: tuple[ClaimStanding, ...]
    recoveries: tuple[PayerClaim, ...]
    plan: OrderPlan
    paying: PayeeAccount | None

    @property
    def blocked(self) -> list[ClaimStanding]:
        return [one for one in self.standings if one.blocks]

    @property
    def by_claim(self) -> dict[int, ClaimStanding]:
        return {one.claim.id or 0: one for one in self.standings}

    @property
    def digest(self) -> str:
        """SHA-256 of payer, batch, budget, every line with its account, and every set-off."""
        lines = [
            self._line(line.due.claim_id, [line.due.amount, line.set_off, line.pay, line.carry, line.cut])
            for line in self.plan.lines
        ]
        names = {claim.id: claim.name for claim in (*(one.claim for one in self.standings), *self.recoveries)}
        set_offs = [[names[one.due_id], names[one.recovery_id], one.amount] for one in self.plan.set_offs]
        said = {
            "payer": self.payer,
            "batch": self.batch,
            "year": self.budget_year,
            "available": self.available,
            "shortage": self.rules.shortage,
            "from": self.paying.id if self.paying else None,
            "lines": lines,
            "set_offs": set_offs,
        }
        return hashlib.sha256(canonical(said).encode()).hexdigest()

    def _line(self, claim_id: int, amounts: list[int]) -> list[object]:
        one = self.by_claim[claim_id]
        return [one.claim.name, one.claim.fingerprint, one.payee.id if one.payee else None, *amounts]


def preview(
    db: Session,
    cashier: Caller | None,
    *,
    payer: str,
    batch: str,
    approvals: ApprovedItems,
    book: PolicyBook,
    today: date,
    leave_out: Collection[str] = (),
) -> OrderPreview:
    """What an order of this payer would pay, set off, carry or cut today, with the batch's items that are not taken in yet."""
    if payer not in PAYERS:
        raise NotFound("payer_not_found", "没有这个付款方", "There is no such payer")
    rules = payment_rules(book, today)
    fresh = claim_rows.not_taken_in(db, approvals(db, batch), payer, today)
    due = [*claim_rows.open_claims(db, payer), *(claim for claim in fresh if claim.amount > 0)]
    wanted = [claim for claim in due if claim.statement_number not in leave_out]
    found = standings(db, wanted, approvals=approvals, book=book, today=today, cashier=cashier)
    back = [*claim_rows.open_recoveries(db, payer), *(claim for claim in fresh if claim.amount < 0)]
    owing = {claim.beneficiary_id for claim in wanted}
    recoveries = [claim for claim in back if claim.beneficiary_id in owing]
    left = funds.available(db, payer, today.year)
    planned = plan(_amounts(wanted), _amounts(recoveries), available=left, shortage=rules.shortage)
    paying = payees_in_force(db, [payer], today).get(payer)
    return OrderPreview(payer, batch, today.year, left, rules, tuple(found), tuple(recoveries), planned, paying)


def _amounts(claims: Iterable[PayerClaim]) -> list[OpenAmount]:
    return [
        OpenAmount(
            one.id or 0,
            one.beneficiary_id,
            one.scheme,
            one.quarter,
            one.statement_number,
            one.revision,
            one.open_amount,
        )
        for one in claims
    ]


def draw_order(
    db: Session,
    cashier: Caller,
    *,
    payer: str,
    batch: str,
    approvals: ApprovedItems,
    book: PolicyBook,
    at: datetime,
    today: date,
    digest: str | None = None,
    leave_out: Collection[str] = (),
) -> PaymentOrder:
    """Draw the order: the cashier's intent, to the fen of the preview whose digest was confirmed.

    Invalid with every reason when a claim is blocked, Conflict or Refused for an item that is not what was approved: leave its
    statement out by number to go on without it; what is to be recovered is never left out. Refused without anything due, a paying
    account or any budget; Conflict when something changed since the preview.
    """
    require_cashier(cashier)
    if payer not in PAYERS:
        raise NotFound("payer_not_found", "没有这个付款方", "There is no such payer")
    number = next_number(db, ORDER, payer, today.year)  # first of all: drawers of one payer take turns
    require_sound(db, payer)
    items = approvals(db, batch)
    aside = [one for one in items if _is_left_out(one, leave_out)]
    claim_rows.take_in(db, (one for one in items if one not in aside), by=cashier.actor, at=at, today=today)
    claim_rows.take_in_left_out(db, aside, by=cashier.actor, at=at, today=today)
    seen = preview(
        db, cashier, payer=payer, batch=batch, approvals=approvals, book=book, today=today, leave_out=leave_out
    )
    _refuse_blocked(seen)
    if digest is not None and digest != seen.digest:
        raise Conflict(
            "changed_since_shown",
            "确认之后情况变了（金额、账户或预算），请重新看过再开",
            "Amounts, accounts or the budget changed since they were shown; look again before drawing",
        )
    if seen.plan.total:
        funds.take(db, payer, seen.budget_year, seen.plan.total)
    order = _order(seen, number, cashier, at, today)
    db.add(order)
    db.flush()
    write_lines(db, order, seen.plan, seen.by_claim, by=cashier.actor, at=at, today=today)
    settle_by(db, order, by=cashier.actor, at=at, today=today)
    detail = {
        "payer": payer,
        "batch": batch,
        "total_fen": order.total,
        "digest": order.digest,
        "lines": len(seen.plan.lines),
    }
    subject = ("payment_order", number)
    record(db, "order.draw", by=cashier.actor, subject=subject, at=at, detail=detail, checkpoint=True)
    return order


def _is_left_out(item: ApprovedItem, leave_out: Collection[str]) -> bool:
    """Whether the cashier goes on without an item; a part that lowers what somebody is due is set off all the same."""
    return item.statement_number in leave_out and all(fen >= 0 for _, fen in item.shares)


def _order(seen: OrderPreview, number: str, cashier: Caller, at: datetime, today: date) -> PaymentOrder:
    """The row of an order; one that pays nothing, because everything is set off, is settled at once."""
    total = seen.plan.total
    assert seen.paying is not None
    assert seen.paying.id is not None
    return PaymentOrder(
        number=number,
        payer=seen.payer,
        budget_year=seen.budget_year,
        batch=seen.batch,
        state=DRAWN if total else SETTLED,
        total=total,
        digest=seen.digest,
        paying_account_id=seen.paying.id,
        shortage=seen.rules.shortage,
        drawn_by=cashier.account_id,
        drawn_at=at,
        execute_on=today,
        ended_at=None if total else at,
    )


def _refuse_blocked(seen: OrderPreview) -> None:
    if not seen.plan.lines:
        raise Refused("nothing_due", "这个付款方现在没有要付的", "This payer has nothing to pay now")
    errors = [
        FieldError(one.claim.statement_number, block.code, block.text) for one in seen.blocked for block in one.blocks
    ]
    if seen.paying is None:
        title = payer_title(seen.payer)
        text = Text(f"{title.zh}没有生效的付款账户", f"{title.en} has no paying account in force")
        errors.append(FieldError("payer", "paying_account_missing", text))
    if errors:
        raise Invalid(tuple(errors))
    owed = sum(line.due.amount - line.set_off for line in seen.plan.lines)
    if owed and not seen.plan.total:
        raise Refused(
            "no_budget",
            f"{seen.budget_year} 年可用预算 {grouped(seen.available)} 元，一笔也付不了；先登记预算，应付的照样在账",
            f"{grouped(seen.available)} yuan are left of the {seen.budget_year} budget, which pays no claim; enter an appropriation first",
        )


def orders_query(*, batch: str | None = None, payer: str | None = None) -> Select[Any]:
    """The orders, the newest first."""
    query = select(PaymentOrder)
    if batch is not None:
        query = query.where(PaymentOrder.batch == batch)
    if payer is not None:
        query = query.where(PaymentOrder.payer == payer)
    return query.order_by(col(PaymentOrder.id).desc())


def payers_of_orders(db: Session) -> list[str]:
    """Those who have paid or are to pay something, by their codes."""
    return sorted(db.exec(select(PaymentOrder.payer).distinct()))


def orders_of(db: Session, *, batch: str | None = None, payer: str | None = None) -> list[PaymentOrder]:
    """The same as a list."""
    query = orders_query(batch=batch, payer=payer).execution_options(populate_existing=True)
    return list(db.execute(query).scalars())


def order_by_number(db: Session, number: str) -> PaymentOrder:
    """One order as it stands, or NotFound."""
    query = select(PaymentOrder).where(PaymentOrder.number == number)
    found = db.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("order_not_found", "没有这张拨付令", "There is no such payment order")
    return found


def payments_of(db: Session, order: PaymentOrder) -> list[Payment]:
    """The payments of an order by reference."""
    query = select(Payment).where(Payment.order_id == order.id).order_by(Payment.reference)
    return list(db.exec(query.execution_options(populate_existing=True)))


def payees_of(db: Session, payments: Sequence[Payment]) -> dict[int, PayeeAccount]:
    """The accounts to which some payments go, by their numbers."""
    ids = {payment.payee_id for payment in payments}
    return {row.id or 0: row for row in db.exec(select(PayeeAccount).where(col(PayeeAccount.id).in_(ids)))}


def lines_of(db: Session, order: PaymentOrder) -> list[tuple[OrderLine, PayerClaim]]:
    """What an order did with each claim, in its order."""
    query = select(OrderLine, PayerClaim).join(PayerClaim, col(PayerClaim.id) == col(OrderLine.claim_id))
    return list(db.exec(query.where(OrderLine.order_id == order.id).order_by(col(OrderLine.place))))
