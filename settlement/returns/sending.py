"""Between maker and checker: the maker sends an accepted version to be certified, the checker may send it back with a reason.

Sending is the same step for every version: whoever sends says that the warnings, if there are any, were checked.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.bilingual import Text
from kernel.errors import Conflict, FieldError, Invalid, Refused
from settlement.returns.models import LONGEST_REASON, LoanReturn
from settlement.returns.service import require_role, return_by_id
from settlement.returns.workflow import REFUSED, sources, target


def _newest_accepted() -> ColumnElement[bool]:
    """Whether no newer version of the same return was accepted."""
    newer = aliased(LoanReturn)
    return ~exists().where(
        col(newer.institution_id) == col(LoanReturn.institution_id),
        col(newer.quarter) == col(LoanReturn.quarter),
        col(newer.version) > col(LoanReturn.version),
        col(newer.state) != REFUSED,
    )


def _own(caller: Caller, return_id: int, move: str) -> ColumnElement[bool]:
    return (
        (col(LoanReturn.id) == return_id)
        & (col(LoanReturn.institution_id) == caller.organisation_id)
        & col(LoanReturn.state).in_(sources(move))
        & _newest_accepted()
    )


def _move(db: Session, may: ColumnElement[bool], **values: object) -> bool:
    """One guarded change of one version; whether it was made."""
    moved = db.execute(update(LoanReturn).where(may).values(**values).execution_options(synchronize_session=False))
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]


def send_for_certification(db: Session, caller: Caller, return_id: int, *, at: datetime) -> LoanReturn:
    """The maker sends an accepted version to be certified, its warnings checked; sending twice changes nothing.

    Conflict for a version that was not accepted, is certified, or has a newer one.
    """
    require_role(caller, "maker")
    filed = return_by_id(db, caller, return_id)
    may = _own(caller, return_id, "send") & col(LoanReturn.confirmed_at).is_(None)
    sent = _move(db, may, state=target("send"), confirmed_at=at, confirmed_by=caller.account_id)
    db.refresh(filed)
    if not sent:
        if filed.confirmed_at is not None:
            return filed
        raise Conflict(
            "not_to_be_sent",
            "这一版现在不能送认证，请看最新的一版",
            "This version cannot be sent to be certified now; see the newest one",
        )
    detail = {"quarter": filed.quarter, "version": filed.version, "warnings": filed.warnings}
    record(db, "return.send", by=caller.actor, subject=("return", return_id), at=at, detail=detail)
    return filed


def send_back(db: Session, caller: Caller, return_id: int, *, reason: str, at: datetime) -> LoanReturn:
    """The checker sends a version back to its maker and says why; the reason is kept with it and in the trail.

    Invalid without a reason; Refused for the person who filed it; Conflict for a version that was not sent to be certified.
    """
    require_role(caller, "checker")
    filed = return_by_id(db, caller, return_id)
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid((FieldError("reason", "required", _reason_asked()),))
    may = (
        _own(caller, return_id, "send_back")
        & col(LoanReturn.confirmed_at).is_not(None)
        & (col(LoanReturn.filed_by) != caller.account_id)
    )
    values = {"sent_back_at": at, "sent_back_by": caller.account_id, "sent_back_reason": reason.strip()}
    if not _move(db, may, state=target("send_back"), confirmed_at=None, confirmed_by=None, **values):
        db.refresh(filed)
        raise _why_not_sent_back(filed, caller)
    db.refresh(filed)
    detail = {"quarter": filed.quarter, "version": filed.version, "reason": filed.sent_back_reason}
    record(db, "return.send_back", by=caller.actor, subject=("return", return_id), at=at, detail=detail)
    return filed


def _reason_asked() -> Text:
    return Text(
        f"写明为什么退回、要改什么，最多 {LONGEST_REASON} 个字",
        f"Say why it goes back and what to change, in at most {LONGEST_REASON} characters",
    )


def _why_not_sent_back(filed: LoanReturn, caller: Caller) -> Conflict | Refused:
    if filed.filed_by == caller.account_id:
        return Refused(
            "same_person",
            "这一版是你自己报送的，请换一个人核对",
            "You filed this version yourself; somebody else has to check it",
        )
    return Conflict(
        "not_to_be_sent_back",
        "这一版现在不在等认证，不能退回；请看最新的一版",
        "This version is not waiting to be certified, so it cannot be sent back; see the newest one",
    )
