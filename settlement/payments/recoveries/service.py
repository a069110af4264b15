"""Ask money back, and book what comes back: oldest claim first, never more than is open, each bank reference once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, not_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.clock import business_day
from kernel.errors import Conflict, FieldErrors, NotFound, Refused
from kernel.ledger.balances import claim_balances
from kernel.ledger.service import Booking, hold, post
from kernel.workdays import WorkCalendar
from settlement.officials import require_cashier, require_proposer
from settlement.payments.claims import entry, open_claims, open_recoveries
from settlement.payments.models import PayerClaim
from settlement.payments.numbers import RECOVERY, next_number
from settlement.payments.recoveries.models import RecoveredMoney, RecoveryNotice
from settlement.payments.rules import PaymentRules


def issue_notice(
    db: Session,
    operator: Caller,
    *,
    payer: str,
    beneficiary_id: int,
    reason: str,
    rules: PaymentRules,
    calendar: WorkCalendar,
    at: datetime,
    today: date,
) -> RecoveryNotice:
    """Ask a beneficiary for everything it still owes a payer. Refused while something due could be set off first."""
    require_proposer(operator)
    number = next_number(db, RECOVERY, payer, today.year)
    hold(db, payer)  # no order sets off and no money comes back while what is owed is added up
    owed = open_recoveries(db, payer, [beneficiary_id])
    if not owed:
        raise NotFound("nothing_to_recover", "没有要追回的", "There is nothing to recover")
    if any(claim.beneficiary_id == beneficiary_id for claim in open_claims(db, payer)):
        raise Refused(
            "set_off_first",
            "还有应付给它的款，先开拨付令抵扣，剩下的再发追回通知",
            "Something is still due to it: draw an order, which sets off first, then ask for the rest",
        )
    asked = sum(notice.open_amount for notice in notices_of(db, payer=payer, beneficiary_id=beneficiary_id))
    open_amount = sum(claim.open_amount for claim in owed) - asked
    if open_amount <= 0:
        raise Conflict("asked_already", "已经发过追回通知", "A notice has asked for all of it already")
    notice = RecoveryNotice(
        number=number,
        payer=payer,
        beneficiary_id=beneficiary_id,
        beneficiary_code=owed[0].beneficiary_code,
        beneficiary_name=owed[0].beneficiary_name,
        amount=open_amount,
        due_on=calendar.plus(today, rules.recovery_due_days),
        reason=reason,
        issued_by=operator.account_id,
        issued_at=at,
    )
    db.add(notice)
    db.flush()
    detail = {"payer": payer, "amount_fen": open_amount, "beneficiary": notice.beneficiary_code}
    record(db, "recovery.issue", by=operator.actor, subject=("recovery_notice", number), at=at, detail=detail)
    return notice


def notices_query(
    *, payer: str | None = None, beneficiary_id: int | None = None, is_open: bool | None = None
) -> Select[Any]:
    """The notices, the newest first."""
    query = select(RecoveryNotice)
    if payer is not None:
        query = query.where(RecoveryNotice.payer == payer)
    if beneficiary_id is not None:
        query = query.where(RecoveryNotice.beneficiary_id == beneficiary_id)
    if is_open is not None:
        left = col(RecoveryNotice.amount) > col(RecoveryNotice.recovered) + col(RecoveryNotice.set_off)
        query = query.where(left if is_open else not_(left))
    return query.order_by(col(RecoveryNotice.id).desc())


def payers_that_asked(db: Session) -> list[str]:
    """Those who sent a notice, by their codes."""
    return sorted(db.exec(select(RecoveryNotice.payer).distinct()))


def notices_of(db: Session, *, payer: str | None = None, beneficiary_id: int | None = None) -> list[RecoveryNotice]:
    """The same as a list."""
    query = notices_query(payer=payer, beneficiary_id=beneficiary_id)
    return list(db.execute(query.execution_options(populate_existing=True)).scalars())


def notice_by_number(db: Session, number: str) -> RecoveryNotice:
    """One notice, or NotFound."""
    query = select(RecoveryNotice).where(RecoveryNotice.number == number)
    found = db.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("notice_not_found", "没有这份追回通知", "There is no such recovery notice")
    return found


def record_recovered(
    db: Session,
    cashier: Caller,
    notice: RecoveryNotice,
    *,
    amount: int,
    received_on: date,
    bank_reference: str,
    at: datetime,
    today: date,
) -> RecoveredMoney:
    """Book money that came back, in fen. Conflict for more than is open or a bank reference that was booked before.

    Refused for more than the beneficiary was paid: what it gives back of a payment on its way waits for the bank's receipt.
    """
    require_cashier(cashier)
    _check(notice, amount, received_on, today)
    _require_paid(db, notice, amount)
    _count(db, notice, amount)
    kept = _kept(db, notice, amount, received_on, bank_reference, cashier, at)
    for claim, part in _spread(db, notice, amount):
        _take(db, claim, part)
        entries = [entry(claim, "recovered", part), entry(claim, "recoverable", -part)]
        booking = Booking(received_on, today, at, cashier.actor)
        key = f"recovered/{kept.id}/{claim.name}"
        post(db, notice.payer, key, "recovered", entries, booking=booking, reference=bank_reference)
    detail = {"amount_fen": amount, "bank_reference": bank_reference}
    record(db, "recovery.receive", by=cashier.actor, subject=("recovery_notice", notice.number), at=at, detail=detail)
    return kept


def _check(notice: RecoveryNotice, amount: int, received_on: date, today: date) -> None:
    errors = FieldErrors()
    if amount < 1:
        errors.add("amount", "no_amount", "金额至少一分", "At least one fen")
    if received_on > today:
        errors.add("received_on", "in_future", "日期晚于今天", "The date lies in the future")
    asked_on = business_day(notice.issued_at)
    if received_on < asked_on:
        zh, en = f"日期早于追回通知 {asked_on}", f"The date lies before the notice, which is of {asked_on}"
        errors.add("received_on", "before_notice", zh, en)
    errors.raise_if_any()


def _require_paid(db: Session, notice: RecoveryNotice, amount: int) -> None:
    """I10, before it is broken; nobody else posts to the book until this transaction ends."""
    hold(db, notice.payer)
    sums = claim_balances(db, notice.payer, party_ids=[notice.beneficiary_id]).values()
    paid, back = (sum(one.get(account, 0) for one in sums) for account in ("paid", "recovered"))
    if back + amount > -paid:
        raise Refused(
            "not_paid_yet",
            "多于已付给它的钱；它的款还在路上，等回单到了再登记退回",
            "More than it was paid: its payment is still on the way, so book this after the bank's receipt",
        )


def _too_much() -> Conflict:
    return Conflict("more_than_open", "多于还要追回的金额", "More than is still to be recovered")


def _count(db: Session, notice: RecoveryNotice, amount: int) -> None:
    row = RecoveryNotice
    guarded = update(row).where(
        col(row.id) == notice.id, col(row.recovered) + col(row.set_off) + amount <= col(row.amount)
    )
    if db.execute(guarded.values(recovered=row.recovered + amount)).rowcount != 1:  # type: ignore[attr-defined]
        raise _too_much()


def _kept(
    db: Session,
    notice: RecoveryNotice,
    amount: int,
    received_on: date,
    bank_reference: str,
    cashier: Caller,
    at: datetime,
) -> RecoveredMoney:
    assert notice.id is not None
    kept = RecoveredMoney(
        notice_id=notice.id,
        amount=amount,
        received_on=received_on,
        bank_reference=bank_reference,
        recorded_by=cashier.account_id,
        recorded_at=at,
    )
    try:
        with db.begin_nested():
            db.add(kept)
    except IntegrityError:
        raise Conflict("bank_reference_used", "银行流水号用过了", "The bank's reference was used before") from None
    return kept


def _spread(db: Session, notice: RecoveryNotice, amount: int) -> list[tuple[PayerClaim, int]]:
    """The amount over the beneficiary's open recoveries, the oldest quarter first."""
    owed = sorted(
        open_recoveries(db, notice.payer, [notice.beneficiary_id]),
        key=lambda claim: (claim.quarter, claim.scheme, claim.statement_number, claim.revision),
    )
    parts = []
    for claim in owed:
        part = min(amount, claim.open_amount)
        if part:
            parts.append((claim, part))
        amount -= part
    if amount:
        raise _too_much()
    return parts


def _take(db: Session, claim: PayerClaim, part: int) -> None:
    row = PayerClaim
    left = -col(row.amount) - col(row.set_off) - col(row.recovered)
    guarded = update(row).where(col(row.id) == claim.id, left >= part)
    if db.execute(guarded.values(recovered=row.recovered + part)).rowcount != 1:  # type: ignore[attr-defined]
        raise _too_much()


def owing(db: Session) -> list[PayerClaim]:
    """Every claim that something is still to be recovered of, by payer and quarter."""
    left = -col(PayerClaim.amount) - col(PayerClaim.set_off) - col(PayerClaim.recovered)
    query = select(PayerClaim).where(PayerClaim.amount < 0, left > 0)
    ordered = query.order_by(PayerClaim.payer, PayerClaim.quarter, PayerClaim.statement_number)
    return list(db.exec(ordered.execution_options(populate_existing=True)))


def claims_behind(db: Session, notice: RecoveryNotice) -> list[PayerClaim]:
    """The lowered claims that a notice asks back for: all of its beneficiary and payer that were on the books when it was issued."""
    query = select(PayerClaim).where(
        PayerClaim.payer == notice.payer,
        PayerClaim.beneficiary_id == notice.beneficiary_id,
        PayerClaim.amount < 0,
        col(PayerClaim.taken_in_on) <= business_day(notice.issued_at),
    )
    return list(db.exec(query.order_by(PayerClaim.quarter, PayerClaim.statement_number, col(PayerClaim.revision))))
