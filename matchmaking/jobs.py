"""Jobs of the weekly sessions. The scheduler only wakes them; each step of each session is claimed once in the books (rule 7)."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import select
from sqlmodel import Session, col

from kernel import database
from kernel.audit.service import THE_SERVICE
from kernel.clock import business_day
from kernel.errors import DomainError
from kernel.jobs.service import claim
from kernel.policies import PolicyBook
from kernel.web.edge import clock
from matchmaking.handed_over import past_refusers, policy_book
from matchmaking.referrals.reading import turned_down
from matchmaking.refusing import PastRefusers, nobody
from matchmaking.requests.reading import FiledRequest
from matchmaking.requests.service import lapsed
from matchmaking.sessions import running, service, sign_ups
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.second_look import reenter_due

log = structlog.get_logger()

DUE_BY = {
    "open": ("announced", WeeklySession.sign_up_from),
    "close": ("open", WeeklySession.sign_up_until),
    "match": ("closed", WeeklySession.match_at),
    "publish": ("matched", WeeklySession.publish_at),
    "conclude": ("published", WeeklySession.ends_at),
}


def move_sessions() -> dict[str, int]:
    """Open, close, match, publish and conclude every session whose time has come."""
    key, at = current_app.extensions["seal_key"], clock().now()
    return move_due(database.current(), book=policy_book(), key=key, at=at, past_refusers=past_refusers())


def move_due(
    db: Session, *, book: PolicyBook, key: bytes, at: datetime, past_refusers: PastRefusers = nobody
) -> dict[str, int]:
    """The same with everything handed in: how many sessions took each step. One session's failure does not stop the rest."""
    counts = dict.fromkeys(DUE_BY, 0)
    for verb in DUE_BY:
        for session_id in _due(db, verb, at):
            counts[verb] += _attempted(
                verb, session_id, partial(_take, db, session_id, verb, book, key, at, past_refusers)
            )
    return counts


def _due(db: Session, verb: str, at: datetime) -> list[int]:
    state, moment = DUE_BY[verb]
    query = select(col(WeeklySession.id)).where(col(WeeklySession.state) == state, col(moment) <= at)
    return list(db.execute(query.order_by(col(WeeklySession.id))).scalars())


def _attempted(verb: str, session_id: int, step: Callable[[], bool]) -> bool:
    try:
        return step()
    except DomainError as error:
        log.warning("session_step_refused", verb=verb, session_id=session_id, code=error.code)
    except Exception:
        log.exception("session_step_failed", verb=verb, session_id=session_id)
    return False


def _effect(
    db: Session, session_id: int, verb: str, book: PolicyBook, key: bytes, at: datetime, past_refusers: PastRefusers
) -> Callable[[Session], Any]:
    """What the step does inside its transaction; for the match everything is computed here, before that opens."""
    if verb == "match":
        prepared = running.prepare(db, session_id, book=book, key=key)
        outcome = running.compute(prepared)
        return lambda db: running.store(db, prepared, outcome, by=THE_SERVICE, at=at)
    more = {"past_refusers": past_refusers} if verb == "close" else {}
    return lambda db: service.MOVES[verb](db, session_id, by=THE_SERVICE, at=at, **more)


def _take(
    db: Session,
    session_id: int,
    verb: str,
    book: PolicyBook,
    key: bytes,
    at: datetime,
    past_refusers: PastRefusers,
) -> bool:
    """One step, claimed in the transaction that takes it."""
    effect = _effect(db, session_id, verb, book, key, at, past_refusers)

    def work(db: Session) -> bool:
        if not claim(db, f"session.{verb}", str(session_id), at=at):
            return False
        effect(db)
        return True

    return database.write(db, work)


def second_looks() -> int:
    """Bring requests that were turned down back into the next session."""
    return reenter_due(database.current(), turned_down=turned_down, at=clock().now())


def expire_requests() -> int:
    """End published requests whose day of need or consent is over."""
    return expire_due(database.current(), at=clock().now())


def expire_due(db: Session, *, at: datetime) -> int:
    """The same with the moment handed in: how many requests ended. What became of one meanwhile does not stop the rest."""
    return sum(_expired(db, filed, at) for filed in lapsed(db, business_day(at)))


def _expired(db: Session, filed: FiledRequest, at: datetime) -> bool:
    try:
        return database.write(db, partial(sign_ups.expire, filed=filed, by=THE_SERVICE, at=at))
    except DomainError as error:
        log.warning("request_expiry_refused", request_id=filed.id, code=error.code)
    return False
