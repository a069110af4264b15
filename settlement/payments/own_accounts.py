"""An institution's own payee account 收款账户: entered by its maker, confirmed by its checker, then checked by the bureau as any other.

The account before stays in force meanwhile; one entry of a holder waits at a time, wherever it waits.
"""

from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.parties.service import party_by_id
from settlement.officials import require_another
from settlement.payments.models import PayeeAccount
from settlement.payments.payees import AccountDetails, enter, payee_by_id, payees_in_force, require_reason
from settlement.payments.workflow import ENTERED, PROPOSED, REFUSED

MAKER, CHECKER = "maker", "checker"
HOLDERS = (MAKER, CHECKER)


def _require(caller: Caller, role: str) -> None:
    if caller.role != role or caller.organisation_kind != "institution" or caller.token_scopes is not None:
        raise Forbidden(
            "role_may_not",
            "收款账户由本机构录入人登记、复核人确认，令牌不行",
            "An institution's maker enters its account, its checker confirms it; tokens may not",
        )


def own_versions(db: Session, caller: Caller) -> list[PayeeAccount]:
    """Every version of the caller's institution, the newest first."""
    query = select(PayeeAccount).where(PayeeAccount.party_id == caller.organisation_id)
    return list(db.exec(query.order_by(col(PayeeAccount.version).desc()).execution_options(populate_existing=True)))


def own_in_force(db: Session, caller: Caller, day: date) -> PayeeAccount | None:
    """The account to which the institution is paid on a day."""
    holder = party_by_id(db, caller.organisation_id).code
    return payees_in_force(db, [holder], day).get(holder)


def enter_own(db: Session, caller: Caller, details: AccountDetails, *, at: datetime) -> PayeeAccount:
    """The maker's entry. Invalid for an impossible number, Conflict while another entry waits."""
    _require(caller, MAKER)
    return enter(db, caller, party_by_id(db, caller.organisation_id).code, details, state=ENTERED, at=at)


def confirm_own(
    db: Session, caller: Caller, number: int, *, accept: bool, reason: str = "", at: datetime
) -> PayeeAccount:
    """The checker sends it on to the bureau, or refuses it with a reason. NotFound for another's, Conflict when it has moved."""
    _require(caller, CHECKER)
    row = payee_by_id(db, number)
    if row.party_id != caller.organisation_id:
        raise NotFound("payee_not_found", "没有这个收款账户", "There is no such payee account")
    require_another(caller, row.proposed_by)
    if not accept:
        require_reason(reason)
    mine = (col(PayeeAccount.id) == number) & (col(PayeeAccount.state) == ENTERED)
    another = col(PayeeAccount.proposed_by) != caller.account_id
    values = {"state": PROPOSED if accept else REFUSED, "confirmed_by": caller.account_id, "confirmed_at": at}
    moved = db.execute(update(PayeeAccount).where(mine, another).values(**values, reason=reason.strip()))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("payee_moved", "这个账户已经处理过了", "This account has been decided already")
    detail = {"holder": row.holder, "version": row.version, "accepted": accept, "reason": reason}
    record(db, "payee.confirm", by=caller.actor, subject=("payee", number), at=at, detail=detail)
    return payee_by_id(db, number)
