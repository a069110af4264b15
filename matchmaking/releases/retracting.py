"""Withdrawing a request and taking its consent back, with what hangs on it: the session it waits in, its meetings to come.

A firm's right waits for no repair: its meetings go in the same transaction. After publication each is a release of its own, so
that no repair brings the pair together again; the next repair fills the free seats.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.bilingual import Text
from matchmaking.guarded import took_effect
from matchmaking.releases.models import PlanRelease, ReleaseChange
from matchmaking.releases.repair import is_quiet
from matchmaking.releases.service import settle_requests
from matchmaking.releases.telling import tell
from matchmaking.requests import service as requests
from matchmaking.requests.reading import FiledRequest, own_request
from matchmaking.sessions.models import SessionMeeting, WeeklySession
from matchmaking.sessions.outcome import slot_start
from matchmaking.sessions.sign_ups import leave_waiting
from matchmaking.sessions.workflow import REQUESTS_MAY_JOIN, STATES

WHY = {
    "withdraw": Text("企业撤回了申请", "the firm withdrew its request"),
    "revoke": Text("企业收回了同意", "the firm took its consent back"),
}


def withdraw_request(db: Session, caller: Caller, request_id: int, *, at: datetime) -> FiledRequest:
    """Withdraw a request of the caller's enterprise: it leaves the session it waits in, while that is still open, and its
    meetings to come are called off."""
    own_request(db, caller, request_id)
    leave_waiting(db, request_id, only_while=REQUESTS_MAY_JOIN)
    return _retract(db, caller, request_id, "withdraw", at)


def revoke_consent(db: Session, caller: Caller, request_id: int, *, at: datetime) -> FiledRequest:
    """Take back the consent, whenever: the request is a draft again, no bank sees it from now on, its meetings to come are off."""
    own_request(db, caller, request_id)
    leave_waiting(db, request_id, only_while=frozenset(STATES))
    return _retract(db, caller, request_id, "revoke", at)


def _retract(db: Session, caller: Caller, request_id: int, verb: str, at: datetime) -> FiledRequest:
    filed = requests.retract(db, caller, request_id, verb, at=at)
    for session_id in _sessions_met_in(db, request_id):
        if _hold_published(db, session_id):
            _call_off(db, caller, session_id, request_id, WHY[verb], at)
        else:
            _drop_unpublished(db, session_id, request_id)
    return filed


def _sessions_met_in(db: Session, request_id: int) -> list[int]:
    mine = (col(SessionMeeting.request_id) == request_id) & (col(SessionMeeting.state) == "standing")
    query = select(col(SessionMeeting.session_id)).where(mine).distinct()
    return list(db.execute(query.order_by(col(SessionMeeting.session_id))).scalars())


def _hold_published(db: Session, session_id: int) -> bool:
    """Whether the plan is out; its session's row is held then, against a repair and against the end."""
    held = update(WeeklySession).where(col(WeeklySession.id) == session_id, col(WeeklySession.state) == "published")
    return took_effect(db, held.values(release=WeeklySession.release))


def _drop_unpublished(db: Session, session_id: int, request_id: int) -> None:
    """A plan that nobody has seen goes out without them; one that is over stays as it was held."""
    hidden = select(col(WeeklySession.id)).where(
        col(WeeklySession.id) == session_id, col(WeeklySession.state) == "matched"
    )
    mine = (col(SessionMeeting.session_id).in_(hidden)) & (col(SessionMeeting.request_id) == request_id)
    db.execute(update(SessionMeeting).where(mine).values(state="cancelled"))


def _call_off(db: Session, caller: Caller, session_id: int, request_id: int, why: Text, at: datetime) -> None:
    """Every meeting of the request that has not begun yet."""
    query = select(WeeklySession).where(col(WeeklySession.id) == session_id)
    session = db.execute(query.execution_options(populate_existing=True)).scalar_one()
    mine = (col(SessionMeeting.session_id) == session_id) & (col(SessionMeeting.request_id) == request_id)
    found = select(SessionMeeting).where(mine, col(SessionMeeting.state) == "standing")
    meetings = db.execute(found.order_by(col(SessionMeeting.slot)).execution_options(populate_existing=True)).scalars()
    for meeting in [one for one in meetings if slot_start(session, one.slot) > at]:
        _release(db, caller, session, meeting, " / ".join(why), at)
    settle_requests(db, session_id, by=caller.actor, at=at)


def _release(
    db: Session, caller: Caller, session: WeeklySession, meeting: SessionMeeting, reason: str, at: datetime
) -> None:
    """The plan without one meeting, as a new release that both sides are told of."""
    session.release += 1
    meeting.state, meeting.release = "cancelled", session.release
    release = PlanRelease(
        session_id=session.id or 0,
        number=session.release,
        cause="meeting",
        enterprise_id=meeting.enterprise_id,
        institution_id=meeting.institution_id,
        is_quiet=is_quiet(session, at),
        reason=reason,
        made_at=at,
        made_by=caller.actor.account_id,
        made_for=meeting.enterprise_id,
    )
    db.add(release)
    db.flush()
    place = {"slot_before": meeting.slot, "desk_before": meeting.desk, "room_before": meeting.room}
    change = ReleaseChange(release_id=release.id or 0, meeting_id=meeting.id or 0, change="cancelled", **place)
    db.add(change)
    db.flush()
    tell(db, session, release, [(change, meeting)], at=at)
    detail = {"release": release.number, "cause": release.cause, "reason": reason, "cancelled": 1}
    record(db, "session.release", by=caller.actor, subject=("weekly_session", session.id), at=at, detail=detail)
