"""Who comes to a session: banks with desks, enterprises with requests. Places are taken by guarded updates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import Actor, record
from kernel.clock import business_day
from kernel.errors import Conflict, FieldErrors, Refused
from kernel.parties.models import GUARANTOR_KINDS, Enterprise
from kernel.parties.service import institution_by_id
from matchmaking.guarded import took_effect
from matchmaking.page_words import INSTITUTION_LABELS, listed
from matchmaking.pauses.service import check_not_paused
from matchmaking.requests import service as requests
from matchmaking.requests.gate import MUST
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.reading import FiledRequest, filed_requests, own_request
from matchmaking.sessions.gate_reading import gate_of
from matchmaking.sessions.models import SessionBank, SessionDesk, SessionRequest, WeeklySession
from matchmaking.sessions.service import session_by_id
from matchmaking.sessions.workflow import BANKS_MAY_JOIN, REQUESTS_MAY_JOIN, STATES


@dataclass(frozen=True)
class Desk:
    """What a desk is about and who sits at it."""

    topic: str = ""
    person: str = ""


def _subject(session_id: int) -> tuple[str, object]:
    return "weekly_session", session_id


def _shut(session: WeeklySession) -> Conflict:
    now = STATES[session.state]
    return Conflict(
        "sign_up_shut",
        f"这场对接会现在是“{now.zh}”，不能报名或退出；可以看下一周的场次",
        f"This session is “{now.en}” now: no joining or leaving; look at next week's session",
    )


def _hold(db: Session, session_id: int, states: Iterable[str]) -> None:
    """Keep the session in one of the states until the commit: its row is locked against the move that ends them."""
    held = (
        update(WeeklySession)
        .where(col(WeeklySession.id) == session_id, col(WeeklySession.state).in_(states))
        .values(requests_taken=WeeklySession.requests_taken)
    )
    if not took_effect(db, held):
        raise _shut(session_by_id(db, session_id))


def _check_kind(session: WeeklySession, kind: str) -> None:
    if kind in GUARANTOR_KINDS:
        raise Refused("not_a_lender", "担保机构不放贷，不设席位", "A guarantor does not lend and has no desks")
    if session.institution_kinds and kind not in session.institution_kinds:
        wanted = listed(session.institution_kinds, INSTITUTION_LABELS)
        raise Refused(
            "not_of_this_theme",
            f"这一场只请{wanted.zh}；其他场次欢迎来",
            f"This session is for {wanted.en} only; please come to another one",
        )


def _check_bank(session: WeeklySession, *, desks: int, breaks: int, desk_notes: Sequence[Desk]) -> None:
    errors = FieldErrors()
    if breaks >= desks * session.slots:
        errors.add("breaks", "too_many", "休息比时段还多", "There are more breaks than slots")
    if len(desk_notes) > desks:
        errors.add("desks", "too_few", "填了说明的席位比席位数多", "More desks are described than there are")
    errors.raise_if_any()


def join_bank(
    db: Session,
    caller: Caller,
    session_id: int,
    *,
    desks: int,
    at: datetime,
    breaks: int = 0,
    seats: int | None = None,
    desk_notes: Sequence[Desk] = (),
) -> SessionBank:
    """Sign the caller's bank up, or change its sign-up; possible until sign-up closes."""
    session = session_by_id(db, session_id)
    _check_kind(session, institution_by_id(db, caller.organisation_id)[1].kind)
    _check_bank(session, desks=desks, breaks=breaks, desk_notes=desk_notes)
    check_not_paused(db, caller.organisation_id, business_day(at))
    _hold(db, session_id, BANKS_MAY_JOIN)
    bank = _own_place(db, caller, session_id) or _new_place(db, caller, session_id, desks, at)
    bank.desks, bank.breaks, bank.seats = desks, breaks, seats
    bank.state, bank.signed_up_at = "signed_up", at
    db.flush()
    _describe_desks(db, bank, desk_notes)
    detail = {"institution_id": caller.organisation_id, "desks": desks, "breaks": breaks}
    record(db, "session.join_bank", by=caller.actor, subject=_subject(session_id), at=at, detail=detail)
    return bank


def _own_place(db: Session, caller: Caller, session_id: int) -> SessionBank | None:
    mine = (col(SessionBank.session_id) == session_id) & (col(SessionBank.institution_id) == caller.organisation_id)
    return db.execute(select(SessionBank).where(mine)).scalar()


def _new_place(db: Session, caller: Caller, session_id: int, desks: int, at: datetime) -> SessionBank:
    bank = SessionBank(session_id=session_id, institution_id=caller.organisation_id, desks=desks, signed_up_at=at)
    try:
        with db.begin_nested():
            db.add(bank)
    except IntegrityError:
        raise Conflict("already_signed_up", "本行刚刚已经报过名了", "Your bank has just signed up") from None
    return bank


def _describe_desks(db: Session, bank: SessionBank, notes: Sequence[Desk]) -> None:
    assert bank.id is not None
    db.execute(delete(SessionDesk).where(col(SessionDesk.session_bank_id) == bank.id))
    db.add_all(
        SessionDesk(session_bank_id=bank.id, number=number, topic=note.topic, person=note.person)
        for number, note in enumerate(notes, start=1)
    )
    db.flush()


def leave_bank(db: Session, caller: Caller, session_id: int, *, at: datetime) -> None:
    """Take the caller's bank out again; possible until sign-up closes."""
    _hold(db, session_id, BANKS_MAY_JOIN)
    mine = (col(SessionBank.session_id) == session_id) & (col(SessionBank.institution_id) == caller.organisation_id)
    left = update(SessionBank).where(mine, col(SessionBank.state) == "signed_up").values(state="withdrawn")
    if not took_effect(db, left):
        raise Conflict("not_signed_up", "本行没有报名这一场", "Your bank is not signed up for this session")
    detail = {"institution_id": caller.organisation_id}
    record(db, "session.leave_bank", by=caller.actor, subject=_subject(session_id), at=at, detail=detail)


def enter(db: Session, session_id: int, request_id: int, enterprise_id: int, *, at: datetime) -> SessionRequest:
    """Sign a request up for its enterprise, within the places; Conflict when full, shut, or waiting elsewhere, Refused while paused."""
    check_not_paused(db, enterprise_id, business_day(at))
    _take_place(db, session_id)
    return _sign_up(db, session_id, request_id, enterprise_id, at)


def _take_place(db: Session, session_id: int) -> None:
    """One place more, if sign-up is open and one is left."""
    taken = (
        update(WeeklySession)
        .where(col(WeeklySession.id) == session_id, col(WeeklySession.state).in_(REQUESTS_MAY_JOIN))
        .where(col(WeeklySession.requests_taken) < col(WeeklySession.request_places))
        .values(requests_taken=WeeklySession.requests_taken + 1)
    )
    if took_effect(db, taken):
        return
    session = session_by_id(db, session_id)
    if session.state not in REQUESTS_MAY_JOIN:
        raise _shut(session)
    raise _full(session.request_places)


def _full(places: int) -> Conflict:
    return Conflict(
        "session_full",
        f"这一场的 {places} 个名额满了；可以报下一周，或等别人退出",
        f"All {places} places are taken; sign up for next week or wait for one to come free",
    )


def refuse_when_full(db: Session, session_id: int, **_others: object) -> None:
    """Conflict at a glance while an open session has no place left, so that a crowd does not queue for what is gone.

    It gives nothing away and promises nothing: who passes it still takes a place by the guarded update, or none.
    """
    one = WeeklySession
    columns = select(col(one.state), col(one.requests_taken), col(one.request_places))
    for state, taken, places in db.execute(columns.where(col(WeeklySession.id) == session_id)):
        if state in REQUESTS_MAY_JOIN and taken >= places:
            raise _full(places)


def _give_place_back(db: Session, session_id: int, states: Iterable[str]) -> bool:
    freed = (
        update(WeeklySession)
        .where(col(WeeklySession.id) == session_id, col(WeeklySession.state).in_(states))
        .where(col(WeeklySession.requests_taken) > 0)
        .values(requests_taken=WeeklySession.requests_taken - 1)
    )
    return took_effect(db, freed)


def _check_ready(db: Session, filed: FiledRequest, session: WeeklySession, at: datetime) -> None:
    """Refused with the first thing that keeps the request out (`requests.gate`)."""
    if filed.request.state != "published":
        raise Refused(
            "request_not_published", "先发布这份申请，再报名对接会", "Publish the request before signing it up"
        )
    must = [gap for gap in gate_of(db, filed, today=business_day(at), session=session) if gap.weight == MUST]
    if must:
        raise Refused(must[0].code, *must[0].text)


def join_request(db: Session, caller: Caller, session_id: int, request_id: int, *, at: datetime) -> SessionRequest:
    """Sign a published request of the caller's enterprise up; Conflict when full, shut, or waiting elsewhere."""
    filed = own_request(db, caller, request_id)
    _check_ready(db, filed, session_by_id(db, session_id), at)
    sign_up = enter(db, session_id, request_id, caller.organisation_id, at=at)
    detail = {"request_id": request_id}
    record(db, "session.join_request", by=caller.actor, subject=_subject(session_id), at=at, detail=detail)
    return sign_up


def _sign_up(db: Session, session_id: int, request_id: int, enterprise_id: int, at: datetime) -> SessionRequest:
    place = (col(SessionRequest.session_id) == session_id) & (col(SessionRequest.request_id) == request_id)
    former = db.execute(select(SessionRequest).where(place)).scalar()
    if former is not None and former.state != "withdrawn":
        raise _waiting_already()
    sign_up = former or SessionRequest(
        session_id=session_id, request_id=request_id, enterprise_id=enterprise_id, signed_up_at=at
    )
    try:
        with db.begin_nested():
            sign_up.state, sign_up.signed_up_at = "signed_up", at
            db.add(sign_up)
    except IntegrityError:
        raise _waiting_already() from None
    return sign_up


def _waiting_already() -> Conflict:
    return Conflict(
        "already_signed_up",
        "这份申请已经报了一场还没公布结果的对接会；要换场先退出那一场",
        "This request waits in a session already; leave that one first",
    )


def _leave(db: Session, session_id: int, request_id: int) -> bool:
    place = (col(SessionRequest.session_id) == session_id) & (col(SessionRequest.request_id) == request_id)
    left = update(SessionRequest).where(place, col(SessionRequest.state) == "signed_up").values(state="withdrawn")
    return took_effect(db, left)


def leave_request(db: Session, caller: Caller, session_id: int, request_id: int, *, at: datetime) -> None:
    """Take a request of the caller's enterprise out of a session again; possible until sign-up closes."""
    own_request(db, caller, request_id)
    if not _give_place_back(db, session_id, REQUESTS_MAY_JOIN):
        raise _shut(session_by_id(db, session_id))
    if not _leave(db, session_id, request_id):
        raise Conflict("not_signed_up", "这份申请没有报名这一场", "This request is not signed up for this session")
    detail = {"request_id": request_id}
    record(db, "session.leave_request", by=caller.actor, subject=_subject(session_id), at=at, detail=detail)


def waiting_in(db: Session, request_id: int) -> WeeklySession | None:
    """The session that a request is signed up to and whose result is not out yet."""
    query = select(WeeklySession).join(SessionRequest, col(SessionRequest.session_id) == col(WeeklySession.id))
    waits = (col(SessionRequest.request_id) == request_id) & (col(SessionRequest.state) == "signed_up")
    return db.execute(query.where(waits)).scalar()


def deciding_on(db: Session, request_id: int) -> WeeklySession | None:
    """The session past its sign-up that is deciding about a request just now: until its result the request stays."""
    session = waiting_in(db, request_id)
    return session if session is not None and session.state not in REQUESTS_MAY_JOIN else None


def leave_waiting(db: Session, request_id: int, *, only_while: frozenset[str]) -> None:
    """Leave the session that a request waits in, if any; Conflict when that is in another state than `only_while`."""
    session = waiting_in(db, request_id)
    if session is None:
        return
    assert session.id is not None
    if not _give_place_back(db, session.id, only_while):
        raise _shut(session)
    _leave(db, session.id, request_id)


def expire(db: Session, filed: FiledRequest, *, by: Actor, at: datetime) -> bool:
    """End a lapsed request, unless a closed session is deciding about it just now; whether it ended."""
    session = waiting_in(db, filed.id)
    if session is not None and session.state not in REQUESTS_MAY_JOIN:
        return False
    if not requests.expire(db, filed, by=by, at=at):
        return False
    leave_waiting(db, filed.id, only_while=REQUESTS_MAY_JOIN)
    return True


def sessions_to_join(db: Session, filed: FiledRequest, now: datetime) -> list[WeeklySession]:
    """The sessions a request of a confirmed firm can sign up to just now: open, within its consent, while it waits in none."""
    if (
        filed.request.state != "published"
        or not filed.enterprise.identity_confirmed
        or waiting_in(db, filed.id) is not None
    ):
        return []
    query = select(WeeklySession).where(
        col(WeeklySession.state).in_(REQUESTS_MAY_JOIN), col(WeeklySession.starts_at) > now
    )
    former = select(col(SessionRequest.session_id)).where(
        col(SessionRequest.request_id) == filed.id, col(SessionRequest.state) != "withdrawn"
    )
    query = query.where(col(WeeklySession.id).not_in(former)).order_by(col(WeeklySession.starts_at))
    return [one for one in db.execute(query).scalars() if filed.has_consent_on(business_day(one.starts_at))]


def ready_to_join(db: Session, caller: Caller, session: WeeklySession) -> list[FiledRequest]:
    """The caller's published requests that could sign up to a session just now."""
    if session.state not in REQUESTS_MAY_JOIN:
        return []
    mine = filed_requests().where(
        col(FinancingRequest.enterprise_id) == caller.organisation_id,
        col(FinancingRequest.state) == "published",
        col(Enterprise.identity_confirmed),
    )
    filed = [FiledRequest(*row) for row in db.execute(mine.order_by(col(FinancingRequest.id)))]
    day = business_day(session.starts_at)
    return [one for one in filed if one.has_consent_on(day) and waiting_in(db, one.id) is None]
