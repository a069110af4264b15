"""What can be done with filed returns, each time by somebody whose returns they are.

Files are read outside any transaction by `filing`; here are the short changes of the books.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, exists, false, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kernel.accounts.roles import FINANCE_SIDE
from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, Forbidden, NotFound, Refused
from kernel.parties.models import Party
from kernel.periods import Quarter
from settlement.returns.models import LoanReturn, LoanReturnReport
from settlement.returns.report import Report, from_json
from settlement.returns.workflow import CERTIFIED, FILED, REFUSED, sources, target

FILING_ROLES = ("maker", "checker")
SEES_ALL = (*FINANCE_SIDE, "organiser")
READERS = (*FILING_ROLES, *SEES_ALL)


@dataclass(frozen=True)
class ReturnRow:
    """A version with the institution that filed it."""

    filed: LoanReturn
    party: Party


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    """Which returns somebody may see: the finance side all, an institution's people their own, others none."""
    if caller.role in SEES_ALL:
        return col(LoanReturn.id).is_not(None)
    if caller.role in FILING_ROLES and caller.organisation_kind == "institution":
        return col(LoanReturn.institution_id) == caller.organisation_id
    return false()


def require_role(caller: Caller, role: str) -> None:
    """Forbidden unless the caller holds the role at an institution."""
    if caller.role != role or caller.organisation_kind != "institution":
        raise Forbidden(
            "role_may_not",
            "你的角色不能做这件事；需要时请联系本单位管理人员",
            "Your role may not do this; ask your organisation",
        )


def missing() -> NotFound:
    """No such return, or not one of yours: the same answer."""
    return NotFound("return_not_found", "没有这份报表", "There is no such return")


def return_by_id(db: Session, caller: Caller, return_id: int) -> LoanReturn:
    """One version that the caller may see, or NotFound."""
    found = db.exec(select(LoanReturn).where(LoanReturn.id == return_id, _seen_by(caller))).first()
    if found is None:
        raise missing()
    return found


def returns_query(
    caller: Caller,
    *,
    quarter: Quarter | None = None,
    institution_code: str | None = None,
    state: str | None = None,
    kind: str | None = None,
) -> Select[Any]:
    """The versions of any kind that the caller may see, newest quarter first, then by institution, newest version first."""
    query = select(LoanReturn, Party).join(Party, col(Party.id) == col(LoanReturn.institution_id))
    query = query.where(_seen_by(caller))
    if quarter is not None:
        query = query.where(LoanReturn.quarter == str(quarter))
    if institution_code is not None:
        query = query.where(Party.code == institution_code)
    if state is not None:
        query = query.where(LoanReturn.state == state)
    if kind is not None:
        query = query.where(LoanReturn.kind == kind)
    return cast(Select[Any], query.order_by(col(LoanReturn.quarter).desc(), Party.code, col(LoanReturn.version).desc()))


def returns_of(
    db: Session, caller: Caller, *, quarter: Quarter | None = None, kind: str | None = "loans"
) -> list[ReturnRow]:
    """The same as a list, of loan returns unless another kind is asked for; None stands for all."""
    query = returns_query(caller, quarter=quarter, kind=kind)
    return [ReturnRow(filed, party) for filed, party in db.execute(query)]


def report(db: Session, filed: LoanReturn) -> Report:
    """What intake found in a version."""
    content = db.exec(select(LoanReturnReport.content).where(LoanReturnReport.return_id == filed.id)).one()
    return from_json(content)


def newest(db: Session, institution_id: int, quarter: Quarter, *, accepted: bool = False) -> LoanReturn | None:
    """The newest version of a return, or the newest accepted one."""
    query = select(LoanReturn).where(LoanReturn.institution_id == institution_id, LoanReturn.quarter == str(quarter))
    if accepted:
        query = query.where(LoanReturn.state != REFUSED)
    return db.exec(query.order_by(col(LoanReturn.version).desc()).limit(1)).first()


def certified_returns(db: Session, quarters: Iterable[Quarter], *, kind: str = "loans") -> list[LoanReturn]:
    """The certified versions of some quarters, of every institution: what statements are computed from."""
    wanted = [str(quarter) for quarter in quarters]
    query = select(LoanReturn).where(
        LoanReturn.state == CERTIFIED, LoanReturn.kind == kind, col(LoanReturn.quarter).in_(wanted)
    )
    return list(db.exec(query.order_by(col(LoanReturn.institution_id), LoanReturn.quarter)))


def next_version(db: Session, institution_id: int, quarter: Quarter) -> int:
    """The number of the next version; UNIQUE decides when two are filed at once."""
    largest = db.execute(
        select(func.max(LoanReturn.version)).where(
            LoanReturn.institution_id == institution_id, LoanReturn.quarter == str(quarter)
        )
    ).scalar_one()
    return (largest or 0) + 1


def _not_filed() -> Conflict:
    return Conflict(
        "not_to_be_certified",
        "这一版现在不是待认证的状态，请刷新后再看",
        "This version is not waiting; reload the page",
    )


def certify(db: Session, caller: Caller, return_id: int, *, digest: str, at: datetime) -> LoanReturn:
    """A second person of the bank certifies exactly the rows of `digest`; older versions of the quarter are superseded.

    Refused for the person who filed it and before its maker sent it to be certified; Conflict when somebody was faster, when a newer
    version was filed, or when the digest is not that of the version.
    """
    require_role(caller, "checker")
    filed = return_by_id(db, caller, return_id)
    _supersede_older(db, filed, at=at)
    newer = aliased(LoanReturn)
    may = (
        (col(LoanReturn.id) == return_id)
        & (col(LoanReturn.institution_id) == caller.organisation_id)
        & col(LoanReturn.state).in_(sources("certify"))
        & (col(LoanReturn.filed_by) != caller.account_id)
        & (col(LoanReturn.row_digest) == digest)
        & col(LoanReturn.confirmed_at).is_not(None)
        & ~exists().where(
            col(newer.institution_id) == col(LoanReturn.institution_id),
            col(newer.quarter) == col(LoanReturn.quarter),
            col(newer.version) > col(LoanReturn.version),
            col(newer.state) != REFUSED,
        )
    )
    values = {"state": target("certify"), "certified_by": caller.account_id, "certified_at": at}
    moved = db.execute(update(LoanReturn).where(may).values(**values).execution_options(synchronize_session=False))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        db.refresh(filed)
        raise _why_not_certified(filed, caller, digest)
    db.refresh(filed)
    record(
        db,
        "return.certify",
        by=caller.actor,
        subject=("return", return_id),
        at=at,
        detail={"quarter": filed.quarter, "version": filed.version, "row_digest": digest, "total_fen": filed.total},
    )
    return filed


def _supersede_older(db: Session, filed: LoanReturn, *, at: datetime) -> None:
    older = (
        (col(LoanReturn.institution_id) == filed.institution_id)
        & (col(LoanReturn.quarter) == filed.quarter)
        & (col(LoanReturn.version) < filed.version)
        & col(LoanReturn.state).in_(sources("supersede"))
    )
    values = {"state": target("supersede"), "superseded_at": at}
    db.execute(update(LoanReturn).where(older).values(**values).execution_options(synchronize_session=False))


def _why_not_certified(filed: LoanReturn, caller: Caller, digest: str) -> Conflict | Refused:
    if filed.filed_by == caller.account_id:
        return Refused(
            "same_person",
            "报送人不能认证自己报送的报表，请换一个人认证",
            "The person who filed a return cannot certify it; somebody else has to",
        )
    if filed.state == FILED and filed.row_digest != digest:
        return Conflict(
            "digest_changed",
            "报表和你看到的不是同一份，请重新核对",
            "This is not the return you were shown; check it again",
        )
    if filed.state == FILED and filed.confirmed_at is None:
        return Refused(
            "not_sent_yet",
            "录入人员还没有送认证，请录入人员先核对提示、送认证",
            "The maker has not sent it to be certified yet: the warnings have to be checked first",
        )
    if filed.state == FILED:
        return Conflict(
            "newer_version", "已经有更新的一版，请认证最新的一版", "There is a newer version; certify that one"
        )
    return _not_filed()


def versions_before(db: Session, filed: LoanReturn) -> list[LoanReturn]:
    """The earlier versions of the same return, newest first."""
    query = select(LoanReturn).where(
        LoanReturn.institution_id == filed.institution_id,
        LoanReturn.quarter == filed.quarter,
        LoanReturn.version < filed.version,
    )
    return list(db.exec(query.order_by(col(LoanReturn.version).desc())))
