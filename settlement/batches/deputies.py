"""Name a deputy for a period, and end it. Named by the person who is away, for the own role, among the bureau's four hands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kernel.accounts.models import Account
from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.bilingual import Text
from kernel.errors import Conflict, FieldErrors, NotFound
from settlement.batches.models import Deputy
from settlement.batches.people import require_hand
from settlement.batches.workflow import HAND_ROLES

RUNNING, ENDED = "running", "ended"
DEPUTY_STATES = {RUNNING: Text("没有结束", "Not ended"), ENDED: Text("已结束", "Ended")}
DEPUTY: Any = aliased(Account, name="deputy")
PRINCIPAL: Any = aliased(Account, name="principal")


@dataclass(frozen=True)
class Deputation:
    """Who is to act in the namer's role, from a day to a day, both included, and why."""

    account_id: int
    since: date
    until: date
    reason: str


def candidates(db: Session, caller: Caller) -> list[Account]:
    """The colleagues who may be named: the other hands of the same office."""
    query = select(Account).where(
        Account.organisation_id == caller.organisation_id,
        Account.is_active,
        Account.id != caller.account_id,
        col(Account.role).in_(HAND_ROLES),
    )
    return list(db.exec(query.order_by(Account.role, Account.name)))


def deputies_of(db: Session, caller: Caller) -> list[Deputy]:
    """Every deputyship of the caller's office, the newest first."""
    return [row.Deputy for row in db.execute(deputies_query(caller))]


def deputies_query(caller: Caller, *, state: str | None = None, today: date | None = None) -> Select[Any]:
    """The deputyships of the caller's office with their deputy and their principal, the newest first; with a state, those of a day."""
    query: Any = (
        select(Deputy, DEPUTY, PRINCIPAL)
        .join(DEPUTY, DEPUTY.id == col(Deputy.account_id))
        .join(PRINCIPAL, PRINCIPAL.id == col(Deputy.principal_id))
        .where(PRINCIPAL.organisation_id == caller.organisation_id)
    )
    if state is not None:
        runs = col(Deputy.ended_at).is_(None) & (col(Deputy.until) >= today)
        query = query.where(runs if state == RUNNING else ~runs)
    ordered: Select[Any] = query.order_by(col(Deputy.id).desc())
    return ordered


def state_of(deputy: Deputy, today: date) -> str:
    """Whether a deputyship has ended on a day, by its last day or before it."""
    return RUNNING if deputy.ended_at is None and deputy.until >= today else ENDED


def _check(wanted: Deputation, people: Sequence[Account], today: date) -> None:
    errors = FieldErrors()
    if wanted.account_id not in {person.id for person in people}:
        errors.add(
            "account_id",
            "not_a_colleague",
            "从本单位的经办、复核、审批、拨付里选一位同事",
            "Choose another hand of your office",
        )
    if wanted.until < wanted.since or wanted.until < today:
        errors.add("until", "period", "结束日不能早于开始日和今天", "The last day lies before the first day or today")
    errors.raise_if_any()


def name_deputy(db: Session, caller: Caller, wanted: Deputation, *, at: datetime, today: date) -> Deputy:
    """The caller's deputy for a period. Invalid for anybody who is not another hand of the same office."""
    require_hand(caller)
    _check(wanted, candidates(db, caller), today)
    named = Deputy(
        role=caller.role,
        principal_id=caller.account_id,
        account_id=wanted.account_id,
        since=wanted.since,
        until=wanted.until,
        reason=wanted.reason,
        named_at=at,
    )
    db.add(named)
    db.flush()
    detail = {"role": named.role, "account": named.account_id, "since": str(named.since), "until": str(named.until)}
    record(db, "deputy.name", by=caller.actor, subject=("deputy", named.id), at=at, detail=detail)
    return named


def end_deputy(db: Session, caller: Caller, deputy_id: int, *, at: datetime) -> None:
    """End an own deputyship at once; NotFound for another's, Conflict when it has ended."""
    require_hand(caller)
    mine = (col(Deputy.id) == deputy_id) & (col(Deputy.principal_id) == caller.account_id)
    if db.exec(select(Deputy.id).where(mine)).first() is None:
        raise NotFound("deputy_not_found", "没有这项代理", "There is no such deputyship")
    moved = db.execute(update(Deputy).where(mine & col(Deputy.ended_at).is_(None)).values(ended_at=at))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("deputy_ended", "这项代理已经结束", "This deputyship has ended")
    record(db, "deputy.end", by=caller.actor, subject=("deputy", deputy_id), at=at)
