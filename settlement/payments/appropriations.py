"""Appropriations 预算批复: what a payer may spend in a year; entered by the operator, checked by another, then granted on the books."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, update
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, FieldErrors, NotFound
from kernel.ledger import funds
from kernel.ledger.service import Booking
from settlement.officials import require_another, require_checker, require_proposer
from settlement.payments.labels import PAYERS
from settlement.payments.models import Appropriation
from settlement.payments.payees import require_reason
from settlement.payments.workflow import CHECKED, PROPOSED, REFUSED


def propose_appropriation(
    db: Session, caller: Caller, *, payer: str, budget_year: int, amount: int, document: str, at: datetime
) -> Appropriation:
    """Enter a budget decision, in fen; a negative amount lowers the budget."""
    require_proposer(caller)
    errors = FieldErrors()
    if payer not in PAYERS:
        errors.add("payer", "unknown_payer", "没有这个付款方", "There is no such payer")
    if amount == 0:
        errors.add("amount", "no_amount", "金额不能是零", "The amount may not be zero")
    errors.raise_if_any()
    row = Appropriation(
        payer=payer,
        budget_year=budget_year,
        amount=amount,
        document=document,
        state=PROPOSED,
        proposed_by=caller.account_id,
        proposed_at=at,
    )
    db.add(row)
    db.flush()
    detail = {"payer": payer, "year": budget_year, "amount_fen": amount, "document": document}
    record(db, "appropriation.propose", by=caller.actor, subject=("appropriation", row.id), at=at, detail=detail)
    return row


def appropriation_by_id(db: Session, number: int) -> Appropriation:
    """One decision, or NotFound."""
    query = select(Appropriation).where(Appropriation.id == number)
    found = db.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("appropriation_not_found", "没有这笔预算", "There is no such appropriation")
    return found


def check_appropriation(
    db: Session, caller: Caller, row: Appropriation, *, accept: bool, reason: str = "", at: datetime, today: date
) -> Appropriation:
    """Grant what was entered, or refuse it; by another person. Invalid for a refusal without a reason."""
    require_checker(caller)
    require_another(caller, row.proposed_by)
    if not accept:
        require_reason(reason)
    mine = (col(Appropriation.id) == row.id) & (col(Appropriation.state) == PROPOSED)
    another = col(Appropriation.proposed_by) != caller.account_id
    values = {"state": CHECKED if accept else REFUSED, "checked_by": caller.account_id, "checked_at": at}
    moved = db.execute(update(Appropriation).where(mine, another).values(**values, reason=reason))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("appropriation_moved", "这笔预算已经处理过了", "This appropriation has been decided already")
    if accept:
        booking = Booking(today, today, at, caller.actor)
        key = f"appropriation/{row.id}"
        funds.grant(db, row.payer, row.budget_year, row.amount, key=key, booking=booking, reference=row.document)
    detail = {"accepted": accept, "reason": reason, "amount_fen": row.amount}
    record(db, "appropriation.check", by=caller.actor, subject=("appropriation", row.id), at=at, detail=detail)
    return appropriation_by_id(db, row.id or 0)


def payers_granted(db: Session) -> list[str]:
    """Those with a budget decision, by their codes."""
    return sorted(db.exec(select(Appropriation.payer).distinct()))


def appropriations_query(*, payer: str | None = None, budget_year: int | None = None) -> Select[Any]:
    """Every decision, those to be checked first, then the newest first."""
    query = select(Appropriation)
    if payer is not None:
        query = query.where(Appropriation.payer == payer)
    if budget_year is not None:
        query = query.where(Appropriation.budget_year == budget_year)
    return query.order_by(col(Appropriation.state) != PROPOSED, col(Appropriation.id).desc())
