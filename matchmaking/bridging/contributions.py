"""Money put into a pool or taken back: entered by its keeper, booked or refused by another person."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.clock import business_day
from kernel.errors import Conflict, FieldErrors, Forbidden, NotFound, Refused
from matchmaking.bridging import books
from matchmaking.bridging.models import BridgingPool, PoolContribution
from matchmaking.bridging.pools import booking, own_region
from matchmaking.bridging.reading import pool_for
from matchmaking.bridging.workflow import CONTRIBUTION_CHECKERS
from matchmaking.guarded import took_effect


def enter(
    db: Session, caller: Caller, pool_id: int, *, contributor: str, amount: int, document: str, day: date, at: datetime
) -> PoolContribution:
    """Money (fen) put in, or taken back where it is negative, by a document that counts once; only the keeper of the pool enters it.

    Nothing moves until another person books it. Conflict for a document that was entered, Refused for a day still to come.
    """
    pool = pool_for(db, caller, pool_id)
    if pool.region != own_region(caller):
        raise Forbidden(
            "not_your_pool", "这个资金池由它所在的市、县管理", "This pool is kept by its own city or county"
        )
    _check_entry(amount, day, business_day(at))
    made = PoolContribution(
        pool_id=pool_id, contributor=contributor, amount=amount, day=day, document=document, at=at, by=caller.account_id
    )
    try:
        with db.begin_nested():
            db.add(made)
    except IntegrityError:
        raise Conflict(
            "contribution_entered",
            "这份文件的出资已经记过",
            "The contribution of this document has been entered already",
        ) from None
    detail = {"pool": pool_id, "amount": amount, "document": document}
    record(db, "contribution.enter", by=caller.actor, subject=("contribution", made.id), at=at, detail=detail)
    return made


def _check_entry(amount: int, day: date, today: date) -> None:
    errors = FieldErrors()
    if amount == 0:
        errors.add("amount", "no_amount", "金额不能是零", "The amount may not be zero")
    if day > today:
        errors.add("day", "to_come", "日期不能晚于今天", "The day may not lie after today")
    errors.raise_if_any()


def contribution_for(db: Session, caller: Caller, contribution_id: int) -> tuple[PoolContribution, BridgingPool]:
    """A contribution to a pool that the caller may look into; another's is the same NotFound as none."""
    query = select(PoolContribution).where(col(PoolContribution.id) == contribution_id)
    found = db.execute(query.execution_options(populate_existing=True)).scalars().first()
    if found is None:
        raise NotFound("contribution_not_found", "没有这笔出资", "There is no such contribution")
    return found, pool_for(db, caller, found.pool_id)


def may_check(caller: Caller, one: PoolContribution) -> bool:
    """Whether the caller is the second person for it: the city's reviewer, or another officer of the pool's county."""
    return caller.role in CONTRIBUTION_CHECKERS and one.state == "entered" and one.by != caller.account_id


def check(
    db: Session, caller: Caller, contribution_id: int, *, accept: bool, reason: str = "", at: datetime
) -> PoolContribution:
    """Book what was entered, or refuse it with a reason. Never by who entered it; Refused for taking back more than is free."""
    one, pool = contribution_for(db, caller, contribution_id)
    _check_hand(caller, one, accept, reason)
    values: dict[str, Any] = {"state": "booked" if accept else "refused", "reason": reason}
    values |= {"checked_by": caller.account_id, "checked_at": at}
    guard = update(PoolContribution).where(col(PoolContribution.id) == one.id, *_waits_for(caller))
    if not took_effect(db, guard.values(values)):
        raise Conflict("contribution_checked", "这笔出资已经处理过了", "This contribution has been decided already")
    if accept:
        when = booking(one.day, caller.actor, at)
        books.contribute(db, pool, one.amount, key=f"contribution/{one.id}", booking=when, reference=one.document)
    db.refresh(one)
    detail = {"pool": pool.id, "accepted": accept, "amount": one.amount, "reason": reason}
    record(db, "contribution.check", by=caller.actor, subject=("contribution", one.id), at=at, detail=detail)
    return one


def _waits_for(caller: Caller) -> tuple[ColumnElement[bool], ...]:
    return col(PoolContribution.state) == "entered", col(PoolContribution.by) != caller.account_id


def _check_hand(caller: Caller, one: PoolContribution, accept: bool, reason: str) -> None:
    if caller.role not in CONTRIBUTION_CHECKERS:
        raise Forbidden("role_may_not", "你的角色不能做这一步", "Your role may not take this step")
    if one.by == caller.account_id:
        raise Refused(
            "same_person", "登记的人不能自己复核，请换一个人", "Who entered this may not check it; ask another person"
        )
    errors = FieldErrors()
    if not accept and not reason:
        errors.add("reason", "required", "写明原因", "Write the reason")
    errors.raise_if_any()


def contributions_of(db: Session, pool: BridgingPool) -> list[PoolContribution]:
    """What was entered for a pool: what waits first, then the newest."""
    query = select(PoolContribution).where(col(PoolContribution.pool_id) == pool.id)
    return list(
        db.execute(query.order_by(col(PoolContribution.state) != "entered", col(PoolContribution.id).desc())).scalars()
    )


def to_check(db: Session, caller: Caller) -> list[tuple[PoolContribution, BridgingPool]]:
    """The contributions that wait for the caller, the oldest first."""
    if caller.role not in CONTRIBUTION_CHECKERS:
        return []
    joined: Any = select(PoolContribution, BridgingPool).join(
        BridgingPool, col(BridgingPool.id) == col(PoolContribution.pool_id)
    )
    query = joined.where(*_waits_for(caller)).order_by(col(PoolContribution.id))
    if caller.role == "county_officer":
        query = query.where(col(BridgingPool.region) == caller.fiscal_region)
    return [(row[0], row[1]) for row in db.execute(query)]
