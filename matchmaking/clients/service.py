"""A bank keeps its list of prior clients. Nothing here changes who meets whom (decision 0024)."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.clock import business_day
from kernel.errors import Conflict, FieldErrors, NotFound
from matchmaking.clients.models import PriorClient
from matchmaking.guarded import took_effect


def _of(caller: Caller) -> ColumnElement[bool]:
    """The live rows of the caller's own bank."""
    return (col(PriorClient.institution_id) == caller.organisation_id) & col(PriorClient.ended_at).is_(None)


def listed(db: Session, caller: Caller, code: str) -> PriorClient | None:
    """The firm on the list of the caller's bank, if it is there."""
    found: PriorClient | None = db.execute(
        select(PriorClient).where(_of(caller), col(PriorClient.code) == code)
    ).scalar()
    return found


def action_of(former: date | None, since: date) -> str:
    """What putting a firm on the list with a day does, given its day there so far."""
    if former is None:
        return "new"
    return "unchanged" if former == since else "changed"


def put(db: Session, caller: Caller, *, code: str, since: date, at: datetime) -> str:
    """Put a firm on the list of the caller's bank, or change its day; new, changed or unchanged. Invalid for a day to come."""
    errors = FieldErrors()
    if since > business_day(at):
        errors.add("since", "out_of_range", "日期不能晚于今天", "The day cannot be later than today")
    errors.raise_if_any()
    former = listed(db, caller, code)
    action = action_of(former.since if former else None, since)
    if action == "unchanged":
        return action
    if former is not None:
        _end(db, caller, former.id or 0, at)
    row = PriorClient(
        institution_id=caller.organisation_id, code=code, since=since, recorded_at=at, recorded_by=caller.account_id
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise Conflict("client_listed", "刚有人登记了这家企业", "Someone has just listed this firm") from None
    detail = {"since": since.isoformat(), "action": action}
    record(db, "prior_client.put", by=caller.actor, subject=("prior_client", row.id), at=at, detail=detail)
    return action


def _end(db: Session, caller: Caller, client_id: int, at: datetime) -> bool:
    mine = _of(caller) & (col(PriorClient.id) == client_id)
    return took_effect(db, update(PriorClient).where(mine).values(ended_at=at, ended_by=caller.account_id))


def remove(db: Session, caller: Caller, client_id: int, *, at: datetime) -> None:
    """Take a firm off the list of the caller's bank; NotFound for what is not on it."""
    if not _end(db, caller, client_id, at):
        raise NotFound("client_not_found", "名单里没有这家企业", "This firm is not on the list")
    record(db, "prior_client.remove", by=caller.actor, subject=("prior_client", client_id), at=at)
