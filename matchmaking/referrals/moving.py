"""The one way in which a referral moves: a guarded update, its row of history and its audit entry in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, true, update
from sqlmodel import Session, col

from kernel.audit.service import Actor, record
from kernel.errors import NotFound
from matchmaking.guarded import took_effect
from matchmaking.referrals.models import Referral, ReferralMove
from matchmaking.referrals.workflow import REFERRAL_MOVES, TAKEN_AT

SUBJECT = "referral"


@dataclass(frozen=True)
class MoveChange:
    """What goes with a move: columns to set, the words for the history, plain values for the trail, whose it must be."""

    values: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    guard: ColumnElement[bool] = field(default_factory=true)


def not_found() -> NotFound:
    return NotFound("referral_not_found", "没有这件推荐", "There is no such referral")


def row_of(db: Session, referral_id: int) -> Referral:
    """A referral as it stands in the books now."""
    query = select(Referral).where(col(Referral.id) == referral_id).execution_options(populate_existing=True)
    found: Referral | None = db.execute(query).scalar()
    if found is None:
        raise not_found()
    return found


def advance(
    db: Session, referral: Referral, verb: str, *, change: MoveChange | None = None, by: Actor, at: datetime
) -> Referral:
    """Take one move of the table from the version that was read; Conflict if the referral has moved on meanwhile."""
    change, row = change or MoveChange(), REFERRAL_MOVES.by_verb[verb]
    before = referral.state
    target = REFERRAL_MOVES.next_state(verb, before)
    taken = {TAKEN_AT[verb]: getattr(referral, TAKEN_AT[verb]) or at} if verb in TAKEN_AT else {}
    ended = {"closed_at": at} if target in ("refused", "withdrawn", "expired") else {}
    guarded = (
        update(Referral)
        .where(col(Referral.id) == referral.id, col(Referral.version) == referral.version, change.guard)
        .where(col(Referral.state).in_(row.sources))
        .values({"state": target, "version": referral.version + 1} | taken | ended | dict(change.values))
        .execution_options(synchronize_session=False)
    )
    if not took_effect(db, guarded):
        raise REFERRAL_MOVES.refusal(verb, row_of(db, referral.id or 0).state)
    _remember(db, referral, verb, (before, target), change, by, at)
    return row_of(db, referral.id or 0)


def note_only(db: Session, referral: Referral, act: str, *, change: MoveChange, by: Actor, at: datetime) -> None:
    """A row of history and an audit entry for something that leaves the state as it is."""
    _remember(db, referral, act, (referral.state, referral.state), change, by, at)


def _remember(
    db: Session, referral: Referral, act: str, states: tuple[str, str], change: MoveChange, by: Actor, at: datetime
) -> None:
    assert referral.id is not None
    last = select(func.coalesce(func.max(ReferralMove.number), 0)).where(col(ReferralMove.referral_id) == referral.id)
    db.add(
        ReferralMove(
            referral_id=referral.id,
            number=db.execute(last).scalar_one() + 1,
            act=act,
            state_before=states[0],
            state_after=states[1],
            note=change.note,
            made_at=at,
            made_by=by.account_id,
            made_for=by.organisation_id,
        )
    )
    db.flush()
    record(db, f"referral.{act}", by=by, subject=(SUBJECT, referral.id), at=at, detail=dict(change.detail))
