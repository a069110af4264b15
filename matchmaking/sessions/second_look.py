"""The second look: a request that every bank of its last session turned down comes back into the next one by itself.

Who refused it is left out there (`market`). Its enterprise is told and can keep out by leaving the session, as from any.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlmodel import Session, col

from kernel import database
from kernel.audit.service import THE_SERVICE, record
from kernel.bilingual import Text
from kernel.clock import SHANGHAI, business_day
from kernel.errors import Conflict, DomainError
from kernel.outbox.service import publish
from kernel.outbox.texts import EventWords, declare
from matchmaking.requests import service as requests
from matchmaking.requests.gate import MUST
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.reading import FiledRequest, filed_requests
from matchmaking.sessions.gate_reading import gate_of
from matchmaking.sessions.models import SessionRequest, WeeklySession
from matchmaking.sessions.sign_ups import enter
from matchmaking.sessions.workflow import REQUESTS_MAY_JOIN

TurnedDown = Callable[[Session], set[int]]  # requests that were refused and that no bank is looking at any more

SECOND_LOOK = declare(
    EventWords(
        "request.second_look",
        Text("{week} 对接会：申请再约一次", "Session {week}: your request comes back"),
        Text(
            "申请 {request} 上一场没有谈成，已经替你报了 {week} 的对接会（{starts} 开场），谢绝过你的银行不再安排。"
            "不想参加，报名截止以前在这一场的页面上退出。",
            "Request {request} was turned down last time. It is signed up for the session of {week} (from {starts}), without "
            "the banks that refused you. To keep out, leave that session on its page before sign-up closes.",
        ),
        Text("没谈成的申请再约一次", "a refused request comes back"),
    )
)


def _last_session(db: Session, request_id: int) -> WeeklySession | None:
    query = select(WeeklySession).join(SessionRequest, col(SessionRequest.session_id) == col(WeeklySession.id))
    mine = query.where(col(SessionRequest.request_id) == request_id, col(SessionRequest.state) == "matched")
    return db.execute(mine.order_by(col(WeeklySession.starts_at).desc()).limit(1)).scalar()


def _next_session(db: Session, filed: FiledRequest, at: datetime) -> WeeklySession | None:
    """The next session of the same organiser that is open, that would take the request, and that it was never in."""
    last = _last_session(db, filed.id)
    if last is None:
        return None
    former = select(col(SessionRequest.session_id)).where(col(SessionRequest.request_id) == filed.id)
    query = select(WeeklySession).where(
        col(WeeklySession.organiser_id) == last.organiser_id,
        col(WeeklySession.state).in_(REQUESTS_MAY_JOIN),
        col(WeeklySession.starts_at) > max(last.starts_at, at),
        col(WeeklySession.id).not_in(former),
    )
    found = db.execute(query.order_by(col(WeeklySession.starts_at))).scalars().all()
    return next((one for one in found if _would_take(db, filed, one, at)), None)


def _would_take(db: Session, filed: FiledRequest, session: WeeklySession, at: datetime) -> bool:
    """Whether the session comes while the money is needed and the consent lasts, and the request may join it as by hand."""
    day, needed_by = business_day(session.starts_at), filed.version.needed_by
    if not filed.has_consent_on(day) or (needed_by is not None and needed_by < day):
        return False
    gaps = gate_of(db, filed, today=business_day(at), session=session)
    return all(gap.weight != MUST for gap in gaps)


def reenter(db: Session, filed: FiledRequest, session: WeeklySession, *, turned_down: TurnedDown, at: datetime) -> bool:
    """Publish the request anew and sign it up; false if it has moved on meanwhile. Conflict where the session is full, or a
    bank has come to look at the request since."""
    if not requests.step(db, filed.id, "reenter", by=THE_SERVICE, at=at):
        return False
    if filed.id not in turned_down(db):  # asked once the request is held: a match cannot be published in between
        raise Conflict("request_looked_at", "有银行正在看这份申请", "A bank is looking at this request")
    enter(db, session.id or 0, filed.id, filed.request.enterprise_id, at=at)
    detail = {"request_id": filed.id, "second_look": True}
    record(db, "session.join_request", by=THE_SERVICE, subject=("weekly_session", session.id), at=at, detail=detail)
    facts = {
        "week": session.week,
        "request": filed.request.code,
        "starts": session.starts_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
    }
    party = filed.request.enterprise_id
    publish(db, SECOND_LOOK.name, party_id=party, subject=("request", filed.id), facts=facts, at=at)
    return True


def reenter_due(db: Session, *, turned_down: TurnedDown, at: datetime) -> int:
    """Bring every request back that has been turned down and finds a session to join; one at a time, each on its own."""
    waiting = col(FinancingRequest.id).in_(sorted(turned_down(db))) & (col(FinancingRequest.state) == "matched")
    rows = db.execute(filed_requests().where(waiting).order_by(col(FinancingRequest.id))).all()
    count = 0
    for filed in [FiledRequest(*row) for row in rows]:
        session = _next_session(db, filed, at)
        if session is not None:
            count += _attempted(db, partial(reenter, filed=filed, session=session, turned_down=turned_down, at=at))
    return count


def _attempted(db: Session, work: Callable[[Session], bool]) -> bool:
    try:
        return database.write(db, work)
    except DomainError:
        return False  # full or shut just now; the next waking tries again
