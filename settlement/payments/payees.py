"""Payee accounts 收款账户 as master data: entered by one official, checked by another, in force after a waiting time.

A change never touches the version before it, which stays in force until the new one's day. Payers have accounts too: those they pay from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, FieldErrors, NotFound
from kernel.parties.models import Party
from kernel.workdays import WorkCalendar
from settlement.officials import require_another, require_checker, require_proposer
from settlement.payments.labels import PAYERS
from settlement.payments.models import PayeeAccount
from settlement.payments.rules import PaymentRules
from settlement.payments.workflow import CHECKED, ENTERED, PROPOSED, REFUSED


@dataclass(frozen=True)
class AccountDetails:
    """A bank account as the letter says it; `bank_code` is the bank's 12-digit payment-system number."""

    account_name: str
    account_number: str
    bank_name: str
    bank_code: str
    document: str


def propose_payee(db: Session, caller: Caller, holder: str, details: AccountDetails, *, at: datetime) -> PayeeAccount:
    """Enter a new account of a beneficiary (credit code) or payer; one proposal at a time."""
    require_proposer(caller)
    return enter(db, caller, holder, details, state=PROPOSED, at=at)


def enter(
    db: Session, caller: Caller, holder: str, details: AccountDetails, *, state: str, at: datetime
) -> PayeeAccount:
    """The next version of a holder's account, in the state in which it waits; the caller's right is already known."""
    _check_details(details)
    newest = db.exec(select(func.max(PayeeAccount.version)).where(PayeeAccount.holder == holder)).one()
    row = PayeeAccount(
        holder=holder,
        party_id=_party_id(db, holder),
        version=(newest or 0) + 1,
        state=state,
        proposed_by=caller.account_id,
        proposed_at=at,
        **details.__dict__,
    )
    _add_alone(db, row)
    detail = {"holder": holder, "version": row.version, "account": details.account_number, "bank": details.bank_code}
    record(db, "payee.propose", by=caller.actor, subject=("payee", row.id), at=at, detail=detail)
    return row


def _party_id(db: Session, holder: str) -> int | None:
    if holder in PAYERS:
        return None
    party_id = db.exec(select(Party.id).where(Party.code == holder, Party.kind != "bureau")).first()
    if party_id is None:
        raise NotFound("holder_not_found", "没有这个收款单位或付款方", "There is no such beneficiary or payer")
    return party_id


def _check_details(details: AccountDetails) -> None:
    errors = FieldErrors()
    if not (
        details.account_number.isascii() and details.account_number.isdigit() and 8 <= len(details.account_number) <= 34
    ):
        errors.add(
            "account_number", "malformed_account", "账号是 8 到 34 位数字", "An account number has 8 to 34 digits"
        )
    if not (details.bank_code.isascii() and details.bank_code.isdigit() and len(details.bank_code) == 12):
        errors.add("bank_code", "malformed_bank_code", "行号是 12 位数字", "A bank code has 12 digits")
    errors.raise_if_any()


def _add_alone(db: Session, row: PayeeAccount) -> None:
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise Conflict(
            "payee_waits",
            "这个单位已有一个账户在等复核，先处理它",
            "An account of this holder waits to be checked; see to it first",
        ) from None


def payee_by_id(db: Session, number: int) -> PayeeAccount:
    """One version, or NotFound."""
    query = select(PayeeAccount).where(PayeeAccount.id == number)
    found = db.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("payee_not_found", "没有这个收款账户", "There is no such payee account")
    return found


def check_payee(
    db: Session,
    caller: Caller,
    payee: PayeeAccount,
    *,
    accept: bool,
    reason: str = "",
    rules: PaymentRules,
    calendar: WorkCalendar,
    at: datetime,
    today: date,
) -> PayeeAccount:
    """Accept a proposed account, to be used after the waiting time, or refuse it; Invalid without a reason for that."""
    require_checker(caller)
    require_another(caller, payee.proposed_by)
    if not accept:
        require_reason(reason)
    starts = calendar.plus(today, rules.payee_waiting_days) if accept else None
    mine = (col(PayeeAccount.id) == payee.id) & (col(PayeeAccount.state) == PROPOSED)
    values = {"state": CHECKED if accept else REFUSED, "checked_by": caller.account_id, "checked_at": at}
    another = col(PayeeAccount.proposed_by) != caller.account_id
    moved = db.execute(update(PayeeAccount).where(mine, another).values(**values, effective_from=starts, reason=reason))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("payee_moved", "这个账户已经处理过了", "This account has been decided already")
    detail = {"holder": payee.holder, "version": payee.version, "accepted": accept, "reason": reason}
    record(db, "payee.check", by=caller.actor, subject=("payee", payee.id), at=at, detail=detail)
    return payee_by_id(db, payee.id or 0)


def require_reason(reason: str) -> None:
    """Invalid for a refusal that says nothing."""
    errors = FieldErrors()
    if not reason.strip():
        errors.add("reason", "required", "写明退回的原因", "Say why it is refused")
    errors.raise_if_any()


def payees_in_force(db: Session, holders: Iterable[str], day: date) -> dict[str, PayeeAccount]:
    """The account to use on a day, by holder; a holder without one is absent."""
    query = select(PayeeAccount).where(
        col(PayeeAccount.holder).in_(list(holders)),
        PayeeAccount.state == CHECKED,
        col(PayeeAccount.effective_from) <= day,
    )
    return {row.holder: row for row in db.exec(query.order_by(col(PayeeAccount.version)))}


def payees_query(*, state: str | None = None, holder: str | None = None) -> Select[Any]:
    """Every version, those to be checked first, then by holder, the newest first; an entry still inside its institution is shown there."""
    query = select(PayeeAccount)
    if state is not None:
        query = query.where(PayeeAccount.state == state)
    if holder is not None:
        query = query.where(PayeeAccount.holder == holder)
    waiting = col(PayeeAccount.state) != PROPOSED
    query = query.where(col(PayeeAccount.state) != ENTERED) if holder is None else query
    return query.order_by(waiting, PayeeAccount.holder, col(PayeeAccount.version).desc())


def holder_names(db: Session, holders: Iterable[str]) -> dict[str, str]:
    """The names of beneficiaries by code; payers have theirs in `labels`."""
    query = select(Party.code, Party.name).where(col(Party.code).in_(list(holders)))
    return dict(db.exec(query).all())
