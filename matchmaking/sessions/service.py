"""Announce weekly sessions and move them along their table. Sign-ups and the match stand in modules of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Update, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import Actor, record
from kernel.errors import Conflict, NotFound
from matchmaking.guarded import took_effect
from matchmaking.matching.lottery import commitment
from matchmaking.refusing import PastRefusers, nobody
from matchmaking.requests import service as requests
from matchmaking.sessions.frame import SessionFrame, check
from matchmaking.sessions.frozen import freeze
from matchmaking.sessions.models import SessionMeeting, SessionRequest, WeeklySession
from matchmaking.sessions.sealing import seed_under
from matchmaking.sessions.telling import tell_published
from matchmaking.sessions.workflow import SESSION_MOVES


def _subject(session_id: int | None) -> tuple[str, object]:
    return "weekly_session", session_id


def not_found() -> NotFound:
    return NotFound("session_not_found", "没有这场对接会", "There is no such session")


def session_by_id(db: Session, session_id: int) -> WeeklySession:
    """A session; that it takes place is public among those signed in."""
    found: WeeklySession | None = db.execute(select(WeeklySession).where(col(WeeklySession.id) == session_id)).scalar()
    if found is None:
        raise not_found()
    return found


def own_session(db: Session, caller: Caller, session_id: int) -> WeeklySession:
    """A session that the caller's own bureau organises."""
    session = session_by_id(db, session_id)
    if session.organiser_id != caller.organisation_id:
        raise not_found()
    return session


def announce(
    db: Session, caller: Caller, *, frame: SessionFrame, key: bytes, nonce: bytes, at: datetime
) -> WeeklySession:
    """A new session of the caller's bureau; see `announce_for`."""
    return announce_for(db, caller.organisation_id, frame=frame, key=key, nonce=nonce, by=caller.actor, at=at)


def announce_for(
    db: Session, organiser_id: int, *, frame: SessionFrame, key: bytes, nonce: bytes, by: Actor, at: datetime
) -> WeeklySession:
    """A new session with its lottery committed to; Conflict if the organiser has one of the theme in that week already.

    `nonce` is drawn by whoever calls (32 bytes), `key` seals the lottery (`sealing`): only the digest of the seed is kept.
    """
    check(frame)
    seed = seed_under(key, nonce)
    session = WeeklySession(
        organiser_id=organiser_id,
        week=str(frame.week),
        theme=frame.theme,
        theme_code=frame.theme_code,
        scope=frame.scope,
        partners=frame.partners,
        institution_kinds=frame.institution_kinds,
        break_after=frame.break_after,
        break_minutes=frame.break_minutes,
        host=frame.host,
        starts_at=frame.starts_at,
        ends_at=frame.ends_at,
        slot_minutes=frame.slot_minutes,
        slots=frame.slots,
        rooms=frame.rooms,
        request_places=frame.request_places,
        sign_up_from=frame.sign_up_from,
        sign_up_until=frame.sign_up_until,
        match_at=frame.match_at,
        publish_at=frame.publish_at,
        commitment=commitment(seed),
        seed_nonce=nonce.hex(),
        announced_at=at,
    )
    try:
        with db.begin_nested():
            db.add(session)
    except IntegrityError:
        raise Conflict(
            "week_taken", f"{frame.week} 已经有一场了", f"There is already a session of yours in {frame.week}"
        ) from None
    detail = {"week": session.week, "commitment": session.commitment}
    record(db, "session.announce", by=by, subject=_subject(session.id), at=at, detail=detail)
    return session


def advance(
    db: Session, session_id: int, verb: str, *, values: Mapping[str, object] | None = None, **guards: int
) -> None:
    """Move a session if it stands where the verb starts from (and its `guards` columns hold); Conflict otherwise."""
    row = SESSION_MOVES.by_verb[verb]
    statement = update(WeeklySession).where(
        col(WeeklySession.id) == session_id, col(WeeklySession.state).in_(row.sources)
    )
    for name, value in guards.items():
        statement = statement.where(getattr(WeeklySession, name) == value)
    if not took_effect(db, statement.values({"state": row.target, **(values or {})})):
        raise SESSION_MOVES.refusal(verb, session_by_id(db, session_id).state)


def open_sign_up(db: Session, session_id: int, *, by: Actor, at: datetime) -> None:
    """announced → open."""
    advance(db, session_id, "open", values={"opened_at": at})
    record(db, "session.open", by=by, subject=_subject(session_id), at=at)


def close_sign_up(
    db: Session, session_id: int, *, by: Actor, at: datetime, past_refusers: PastRefusers = nobody
) -> None:
    """open → closed: from here on nobody joins, and the market stands as it is kept here, without banks that refused before."""
    advance(db, session_id, "close", values={"closed_at": at})
    freeze(db, session_by_id(db, session_id), at=at, past_refusers=past_refusers)
    record(db, "session.close", by=by, subject=_subject(session_id), at=at)


@dataclass(frozen=True)
class Published:
    """What a publication did to the requests."""

    matched: int
    unmatched: int


def publish(db: Session, session_id: int, *, by: Actor, at: datetime) -> Published:
    """matched → published: every party sees its meetings, and requests with one are matched."""
    advance(db, session_id, "publish", values={"published_at": at, "release": 1})
    met = select(col(SessionMeeting.request_id)).where(
        col(SessionMeeting.session_id) == session_id, col(SessionMeeting.state) == "standing"
    )
    waiting = (col(SessionRequest.session_id) == session_id) & (col(SessionRequest.state) == "signed_up")
    is_met = col(SessionRequest.request_id).in_(met)
    matched = _rows(db, update(SessionRequest).where(waiting, is_met).values(state="matched"))
    unmatched = _rows(db, update(SessionRequest).where(waiting).values(state="unmatched"))
    for request_id in sorted(set(db.execute(met).scalars())):
        requests.step(db, request_id, "match", by=by, at=at)
    tell_published(db, session_by_id(db, session_id), at=at)
    detail = {"matched": matched, "unmatched": unmatched}
    record(db, "session.publish", by=by, subject=_subject(session_id), at=at, detail=detail)
    return Published(matched, unmatched)


def conclude(db: Session, session_id: int, *, by: Actor, at: datetime) -> None:
    """published → concluded, once its last slot is over."""
    advance(db, session_id, "conclude", values={"concluded_at": at})
    record(db, "session.conclude", by=by, subject=_subject(session_id), at=at)


def _rows(db: Session, statement: Update) -> int:
    result: Any = db.execute(statement, execution_options={"synchronize_session": "fetch"})
    return int(result.rowcount)


MOVES: dict[str, Callable[..., object]] = {
    "open": open_sign_up,
    "close": close_sign_up,
    "publish": publish,
    "conclude": conclude,
}
