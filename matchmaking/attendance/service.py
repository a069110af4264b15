"""Check in, say whether a meeting took place, note what came of it; settle the no-show rule once the day is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, record
from kernel.clock import SHANGHAI, business_day
from kernel.errors import Conflict, FieldErrors, NotFound
from kernel.jobs.service import claim, is_done
from kernel.outbox.service import publish
from kernel.policies import PolicyBook
from matchmaking.attendance.events import PAUSED, WARNED
from matchmaking.attendance.models import MeetingSide
from matchmaking.attendance.policy import AttendancePolicy, attendance_policy
from matchmaking.attendance.reading import attended_at, meetings_consented
from matchmaking.attendance.workflow import OUTCOMES
from matchmaking.guarded import took_effect
from matchmaking.meeting_held import HeldMeeting, MeetingHeld, unheard
from matchmaking.pauses.models import NoShow
from matchmaking.pauses.service import missed, note_no_show
from matchmaking.sessions.models import SessionMeeting, WeeklySession
from matchmaking.sessions.outcome import slot_start

KIND_OF = {"enterprise": "enterprise", "institution": "institution"}
SETTLE = "attendance.settle"


@dataclass(frozen=True)
class OwnMeeting:
    """A meeting of the caller's, which side the caller is, and when it begins and ends."""

    meeting: SessionMeeting
    session: WeeklySession
    side: str

    @property
    def starts_at(self) -> datetime:
        return slot_start(self.session, self.meeting.slot)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.session.slot_minutes)


def own_meeting(db: Session, caller: Caller, meeting_id: int) -> OwnMeeting:
    """A standing meeting of the caller's organisation in a session that is out; anything else is the same NotFound as none."""
    side = KIND_OF.get(caller.organisation_kind)
    own = SessionMeeting.institution_id if side == "institution" else SessionMeeting.enterprise_id
    found = None
    if side is not None:
        query = (
            select(SessionMeeting, WeeklySession)
            .join(WeeklySession, col(WeeklySession.id) == col(SessionMeeting.session_id))
            .where(
                col(SessionMeeting.id) == meeting_id,
                col(own) == caller.organisation_id,
                col(SessionMeeting.state) == "standing",
                col(WeeklySession.published_at).is_not(None),
            )
        )
        found = db.execute(query).first()
    if found is None or side is None:
        raise NotFound("meeting_not_found", "没有这场面谈", "There is no such meeting")
    return OwnMeeting(found[0], found[1], side)


def _side(db: Session, one: OwnMeeting) -> None:
    """A row for this side, made once."""
    try:
        with db.begin_nested():
            db.add(MeetingSide(meeting_id=one.meeting.id or 0, side=one.side))
    except IntegrityError:
        return


def _mine(one: OwnMeeting) -> Any:
    return (col(MeetingSide.meeting_id) == one.meeting.id) & (col(MeetingSide.side) == one.side)


def _record(db: Session, caller: Caller, one: OwnMeeting, act: str, at: datetime, **detail: Any) -> None:
    told = {"side": one.side} | detail
    record(db, f"meeting.{act}", by=caller.actor, subject=("meeting", one.meeting.id), at=at, detail=told)


def _policy(one: OwnMeeting, book: PolicyBook) -> AttendancePolicy:
    return attendance_policy(book, business_day(one.starts_at))


def check_in(db: Session, caller: Caller, meeting_id: int, *, book: PolicyBook, at: datetime) -> None:
    """The caller's side is here, from half an hour before the start to the end [default]; a second time changes nothing."""
    one = own_meeting(db, caller, meeting_id)
    if not one.starts_at - _policy(one, book).opens_before <= at < one.ends_at:
        raise Conflict(
            "check_in_shut",
            "开场前半小时到结束之间才能签到",
            "Check-in is open from shortly before the start to the end",
        )
    _side(db, one)
    first = update(MeetingSide).where(_mine(one), col(MeetingSide.checked_in_at).is_(None))
    if took_effect(db, first.values(checked_in_at=at, checked_in_by=caller.account_id)):
        _record(db, caller, one, "check_in", at)


def say(db: Session, caller: Caller, meeting_id: int, *, took_place: bool, book: PolicyBook, at: datetime) -> None:
    """The caller's side says whether the meeting took place, from its start to a day after [default]."""
    one = own_meeting(db, caller, meeting_id)
    if not one.starts_at <= at <= one.ends_at + _policy(one, book).says_within:
        raise Conflict(
            "report_shut", "开场以后、一天之内才能说谈没谈成", "This can be said from the start to a day after the end"
        )
    _side(db, one)
    db.execute(update(MeetingSide).where(_mine(one)).values(took_place=took_place, said_at=at))
    _record(db, caller, one, "say", at, took_place=took_place)


def note(
    db: Session,
    caller: Caller,
    meeting_id: int,
    *,
    outcome: str,
    amount: int | None,
    text: str,
    book: PolicyBook,
    at: datetime,
    held: MeetingHeld = unheard,
) -> None:
    """The caller's side notes what came of the meeting: an intent states its amount in fen, nothing else has one.

    What a bank notes of a meeting that took place goes on to `held`.
    """
    one = own_meeting(db, caller, meeting_id)
    errors = FieldErrors()
    if outcome not in OUTCOMES:
        errors.add("outcome", "unknown_outcome", "选一个结果", "Choose an outcome")
    if (outcome == "intent") != (amount is not None):
        errors.add(
            "amount", "amount_of_intent", "有意向就写金额，没有就空着", "An intent states its amount, nothing else does"
        )
    errors.raise_if_any()
    if not one.starts_at <= at <= one.ends_at + _policy(one, book).notes_within:
        raise Conflict(
            "note_shut", "开场以后 30 天内才能写结果", "An outcome can be noted from the start to thirty days after"
        )
    _side(db, one)
    values = {"outcome": outcome, "amount": amount, "note": text, "noted_at": at}
    db.execute(update(MeetingSide).where(_mine(one)).values(**values))
    _record(db, caller, one, "note", at, outcome=outcome, amount=amount)
    meeting_id = one.meeting.id or 0
    if one.side == "institution" and attended_at(db, [meeting_id])[meeting_id].took_place:
        held(db, caller, HeldMeeting(one.meeting.request_id, outcome), at)


def settle_due(db: Session, *, book: PolicyBook, at: datetime) -> int:
    """Apply the no-show rule to every meeting whose time to speak is over; how many no-shows were written down."""
    return sum(database.write(db, partial(_settle, session_id=one, book=book, at=at)) for one in _over(db, book, at))


def _over(db: Session, book: PolicyBook, at: datetime) -> list[int]:
    """Published sessions whose last meeting is far enough back, and not settled."""
    wait = attendance_policy(book, business_day(at)).says_within
    query = select(WeeklySession).where(
        col(WeeklySession.published_at).is_not(None), col(WeeklySession.ends_at) <= at - wait
    )
    sessions = db.execute(query.order_by(col(WeeklySession.id))).scalars()
    return [one.id or 0 for one in sessions if not is_done(db, SETTLE, str(one.id))]


def _settle(db: Session, *, session_id: int, book: PolicyBook, at: datetime) -> int:
    """One session, claimed once."""
    if not claim(db, SETTLE, str(session_id), at=at):
        return 0
    session = db.execute(select(WeeklySession).where(col(WeeklySession.id) == session_id)).scalar_one()
    standing = (col(SessionMeeting.session_id) == session_id) & (col(SessionMeeting.state) == "standing")
    query = select(SessionMeeting).where(standing).order_by(col(SessionMeeting.slot), col(SessionMeeting.id))
    meetings = {one.id or 0: one for one in db.execute(query).scalars()}
    consented, found = meetings_consented(db, session), 0
    for meeting_id, attended in sorted(attended_at(db, meetings).items()):
        for side in attended.absent():
            if side == "enterprise" and meeting_id not in consented:
                continue  # it had taken back what the meeting rests on
            _strike(db, session, meetings[meeting_id], side, book, at)
            found += 1
    return found


def _strike(
    db: Session, session: WeeklySession, meeting: SessionMeeting, side: str, book: PolicyBook, at: datetime
) -> NoShow:
    """One missed meeting: a warning, or a pause from today on when it is one too many."""
    policy = attendance_policy(book, business_day(session.starts_at))
    party_id = meeting.enterprise_id if side == "enterprise" else meeting.institution_id
    starts = slot_start(session, meeting.slot).astimezone(SHANGHAI)
    count = missed(db, party_id, starts.date(), policy.within_days) + 1
    today = business_day(at) if count >= policy.pause_after else None
    made = note_no_show(
        db, party_id, meeting.id or 0, day=starts.date(), pause_from=today, pause_days=policy.pause_days, at=at
    )
    facts: dict[str, str | int | None] = {
        "day": starts.date().isoformat(),
        "starts": starts.strftime("%H:%M"),
        "within": policy.within_days,
        "after": policy.pause_after,
        "days": policy.pause_days,
        "count": count,
        "until": made.until.isoformat() if made.until else None,
    }
    event = PAUSED if made.until else WARNED
    publish(db, event.name, party_id=party_id, subject=("meeting", meeting.id or 0), facts=facts, at=at)
    detail = {"party": party_id, "count": count, "consequence": made.consequence}
    record(db, "meeting.no_show", by=THE_SERVICE, subject=("meeting", meeting.id), at=at, detail=detail)
    return made
