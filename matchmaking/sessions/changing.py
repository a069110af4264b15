"""What the organiser changes after the announcement: the frame, a step before its time, the whole session. All with a reason."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import Actor, record
from kernel.bilingual import Text
from kernel.clock import SHANGHAI
from kernel.errors import Conflict, FieldErrors
from matchmaking.guarded import took_effect
from matchmaking.refusing import PastRefusers, nobody
from matchmaking.sessions.frame import FIXED, SessionFrame, check
from matchmaking.sessions.models import SessionNotice, SessionRequest, WeeklySession
from matchmaking.sessions.service import MOVES, advance, own_session, session_by_id
from matchmaking.sessions.telling import taking_part, tell_notice
from matchmaking.sessions.workflow import ANNOUNCED_FOR, FRAME_MAY_CHANGE, SESSION_MOVES

SHORTEST_REASON = 4
FIELDS = {
    "theme": Text("主题", "theme"),
    "starts_at": Text("开场", "start"),
    "ends_at": Text("结束", "end"),
    "slot_minutes": Text("每场几分钟", "minutes a meeting"),
    "break_after": Text("隔几场休息", "meetings between breaks"),
    "break_minutes": Text("休息几分钟", "minutes of a break"),
    "slots": Text("时段数", "slots"),
    "rooms": Text("会议室", "rooms"),
    "request_places": Text("申请名额", "places for requests"),
    "sign_up_from": Text("开始报名", "sign-up opens"),
    "sign_up_until": Text("报名截止", "sign-up closes"),
    "match_at": Text("配对排表", "match"),
    "publish_at": Text("公布", "publication"),
}


@dataclass(frozen=True)
class Notice:
    """A notice as pages show it; `changes` are rows (what, before, after)."""

    kind: str
    reason: str
    changes: tuple[tuple[Text, str, str], ...]
    made_at: datetime


def check_reason(reason: str) -> None:
    """Invalid for a reason that says nothing."""
    errors = FieldErrors()
    if len(reason.strip()) < SHORTEST_REASON:
        errors.add(
            "reason",
            "too_short",
            "写清理由（至少 4 个字），参加的人会看到",
            "Give a reason (4 characters or more); those who take part will read it",
        )
    errors.raise_if_any()


def is_early(session: WeeklySession, verb: str, at: datetime) -> bool:
    """Whether a step would come before the moment that was announced for it."""
    announced: datetime = getattr(session, ANNOUNCED_FOR[verb])
    return at < announced


def check_early(session: WeeklySession, verb: str, reason: str, at: datetime) -> None:
    """Conflict where the step does not apply; Invalid for one that comes early and gives no reason."""
    SESSION_MOVES.next_state(verb, session.state)
    if is_early(session, verb, at):
        check_reason(reason)


def note_early(db: Session, session: WeeklySession, verb: str, reason: str, *, by: Actor, at: datetime) -> None:
    """Tell participants and the trail of a step that came before its time; nothing for one in time."""
    if is_early(session, verb, at):
        change = (verb, _shown(getattr(session, ANNOUNCED_FOR[verb])), _shown(at))
        _tell(db, session.id or 0, "early", reason, [change], by=by, at=at)


def move(
    db: Session,
    caller: Caller,
    session_id: int,
    verb: str,
    *,
    at: datetime,
    reason: str = "",
    past_refusers: PastRefusers = nobody,
) -> WeeklySession:
    """Open, close or publish a session of the caller's bureau by hand; the match runs in `running.match_by_hand`."""
    session = own_session(db, caller, session_id)
    check_early(session, verb, reason, at)
    more = {"past_refusers": past_refusers} if verb == "close" else {}
    MOVES[verb](db, session_id, by=caller.actor, at=at, **more)
    note_early(db, session, verb, reason, by=caller.actor, at=at)
    return session_by_id(db, session_id)


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return "" if value is None else str(value)


def _tell(
    db: Session,
    session_id: int,
    kind: str,
    reason: str,
    changes: Sequence[tuple[str, str, str]],
    *,
    by: Actor,
    at: datetime,
    to: Sequence[int] | None = None,
) -> None:
    """Keep the notice and send it to everybody who takes part, or to those given."""
    detail = [list(change) for change in changes]
    db.add(
        SessionNotice(
            session_id=session_id,
            kind=kind,
            reason=reason.strip(),
            detail=json.dumps(detail, ensure_ascii=False),
            made_at=at,
            made_by=by.account_id,
        )
    )
    db.flush()
    listed = [f"{_name(name)}：{before} → {after}" for name, before, after in changes]
    readers = taking_part(db, session_id) if to is None else to
    tell_notice(db, session_by_id(db, session_id), kind, reason.strip(), listed, to=readers, at=at)
    told = {"reason": reason.strip(), "changes": detail}
    record(db, f"session.{kind}", by=by, subject=("weekly_session", session_id), at=at, detail=told)


def change_frame(
    db: Session, caller: Caller, session_id: int, *, frame: SessionFrame, seen: int, reason: str, at: datetime
) -> WeeklySession:
    """A new version of the announced frame, until sign-up closes; `seen` is the version the change starts from.

    The week and what is `FIXED` stay, and so does the lottery that was committed to. Invalid where nothing differs.
    """
    session = own_session(db, caller, session_id)
    check_reason(reason)
    _check_new_frame(session, frame, at)
    values = {name: getattr(frame, name) for name in FIELDS}
    changes = _changes(session, values)
    guard = update(WeeklySession).where(
        col(WeeklySession.id) == session_id,
        col(WeeklySession.version) == seen,
        col(WeeklySession.state).in_(FRAME_MAY_CHANGE),
        col(WeeklySession.requests_taken) <= frame.request_places,
    )
    if not took_effect(db, guard.values(version=seen + 1, **values)):
        raise _not_changeable(session_by_id(db, session_id))
    _tell(db, session_id, "changed", reason, changes, by=caller.actor, at=at)
    return session_by_id(db, session_id)


def _changes(session: WeeklySession, values: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """What differs, as (field, before, after); Invalid for nothing."""
    shown = ((name, _shown(getattr(session, name)), _shown(value)) for name, value in values.items())
    changes = [one for one in shown if one[1] != one[2]]
    errors = FieldErrors()
    if not changes:
        errors.add("seen", "nothing_changed", "和现在预告的一样，没有要改的", "This is what is announced already")
    errors.raise_if_any()
    return changes


def _check_new_frame(session: WeeklySession, frame: SessionFrame, at: datetime) -> None:
    check(frame)
    errors = FieldErrors()
    if str(frame.week) != session.week:
        errors.add(
            "week", "fixed", "周次不能改；换一周请取消再预告", "The week stays; cancel and announce another one instead"
        )
    for name in FIXED:
        if getattr(frame, name) != getattr(session, name):
            errors.add(
                name, "fixed", "预告以后不能改；要换请取消再预告", "This stays; cancel and announce another one instead"
            )
    if frame.request_places < session.requests_taken:
        taken = session.requests_taken
        errors.add("request_places", "too_few", f"已经报了 {taken} 份", f"{taken} have signed up already")
    if frame.sign_up_until <= at:
        errors.add("sign_up_until", "past", "报名截止要在现在之后", "Sign-up must end later than now")
    errors.raise_if_any()


def _not_changeable(session: WeeklySession) -> Conflict:
    if session.state not in FRAME_MAY_CHANGE:
        return Conflict(
            "frame_fixed",
            "报名截止以后，时间和时段不能再改；实在办不成就取消",
            "After sign-up has closed, times and slots stay; cancel the session if it cannot take place",
        )
    return Conflict(
        "session_changed",
        "这一场刚被改过，或者名额已经不够；请看过最新的再改",
        "The session has just been changed, or its places no longer suffice; look at the newest version first",
    )


def check_changeable(session: WeeklySession) -> None:
    """Conflict once the frame stands."""
    if session.state not in FRAME_MAY_CHANGE:
        raise _not_changeable(session)


def cancel(db: Session, caller: Caller, session_id: int, *, reason: str, at: datetime) -> WeeklySession:
    """Call a session off before its result is out; its requests are free for another one."""
    own_session(db, caller, session_id)
    check_reason(reason)
    readers = taking_part(db, session_id)
    advance(db, session_id, "cancel", values={"cancelled_at": at})
    waiting = (col(SessionRequest.session_id) == session_id) & (col(SessionRequest.state) == "signed_up")
    db.execute(update(SessionRequest).where(waiting).values(state="withdrawn"))
    _tell(db, session_id, "cancelled", reason, (), by=caller.actor, at=at, to=readers)
    return session_by_id(db, session_id)


def notices_of(db: Session, session_id: int) -> list[Notice]:
    """What participants must know of a session, the latest first; public among those signed in."""
    query = select(SessionNotice).where(col(SessionNotice.session_id) == session_id)
    rows: Iterable[SessionNotice] = db.execute(query.order_by(col(SessionNotice.id).desc())).scalars()
    return [_notice(row) for row in rows]


def _notice(row: SessionNotice) -> Notice:
    changes = tuple((_name(name), before, after) for name, before, after in json.loads(row.detail))
    return Notice(row.kind, row.reason, changes, row.made_at)


def _name(name: str) -> Text:
    return FIELDS[name] if name in FIELDS else SESSION_MOVES.by_verb[name].label
