"""Call off what a published plan holds; the plan is repaired and goes out as a new numbered release.

The repair is computed outside any transaction and stored in one short guarded one: where another release came first, it is
computed again from there.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import Actor, record
from kernel.errors import Conflict, Refused
from kernel.policies import PolicyBook
from matchmaking.guarded import took_effect
from matchmaking.late_cancellation import Repaired
from matchmaking.releases.causes import CallOff, cause_of
from matchmaking.releases.models import PlanRelease, ReleaseChange
from matchmaking.releases.repair import Cause, RepairInput, compute, consenting, prepare
from matchmaking.releases.telling import tell
from matchmaking.requests import service as requests
from matchmaking.sessions.changing import check_reason
from matchmaking.sessions.models import SessionBank, SessionMeeting, SessionRequest, WeeklySession
from matchmaking.sessions.service import session_by_id
from matchmaking.week import Meeting

TRIES = 5


def call_off(
    db: Session, caller: Caller, session_id: int, *, asked: CallOff, reason: str, book: PolicyBook, at: datetime
) -> PlanRelease:
    """Call off for the caller's own side (an organiser: for any side of its session) and release the repaired plan.

    Opens its own transaction. NotFound for what is not the caller's, Refused where nothing is left to call off, Conflict
    outside the time between publication and the last meeting's start.
    """
    check_reason(reason)
    for _ in range(TRIES):
        prepared = _prepared(db, caller, session_id, asked, book, at)
        repaired = compute(prepared)
        if not repaired.cancelled and prepared.cause.kind != "desk":
            raise _nothing_left()
        made = database.write(db, lambda db: store(db, caller, prepared, repaired, reason=reason.strip(), at=at))  # noqa: B023
        if made is not None:
            return made
        db.expire_all()
    raise Conflict(
        "plan_changing",
        "时间表这会儿改动很多，没改成；请再试一次",
        "The timetable is changing too often just now; please try again",
    )


def _prepared(
    db: Session, caller: Caller, session_id: int, asked: CallOff, book: PolicyBook, at: datetime
) -> RepairInput:
    session = session_by_id(db, session_id)
    cause = cause_of(db, caller, session, asked)
    if session.state != "published":
        raise Conflict(
            "plan_not_out",
            "时间表公布以后、开场结束以前才能取消面谈",
            "Meetings can be called off between publication and the end of the session",
        )
    return prepare(db, session, cause, book=book, at=at)


def _nothing_left() -> Refused:
    return Refused(
        "nothing_to_call_off",
        "没有还没开始的面谈可以取消",
        "There is no meeting left to call off that has not begun",
    )


def store(
    db: Session, caller: Caller, prepared: RepairInput, repaired: Repaired, *, reason: str, at: datetime
) -> PlanRelease | None:
    """The release with everything it changes, if the plan is still the one it was computed from and who is called for
    something new still consents; else None."""
    session_id, number = prepared.session.id or 0, prepared.release + 1
    called = {prepared.market.requests[one.request_id].request_id for one in repaired.added}
    if not called <= consenting(db, prepared.session):
        return None
    guard = update(WeeklySession).where(
        col(WeeklySession.id) == session_id,
        col(WeeklySession.state) == "published",
        col(WeeklySession.release) == prepared.release,
    )
    if not took_effect(db, guard.values(release=number)):
        return None
    release = _release(prepared, number, caller, reason, at)
    db.add(release)
    db.flush()
    changes = _Storing(db, prepared, release).store(repaired)
    if release.cause == "desk":
        _close_desks(db, release)
    settle_requests(db, session_id, by=caller.actor, at=at)
    tell(db, prepared.session, release, changes, at=at)
    counts = dict(sorted(Counter(change.change for change, _ in changes).items()))
    detail = {"release": number, "cause": release.cause, "reason": reason, **counts}
    record(db, "session.release", by=caller.actor, subject=("weekly_session", session_id), at=at, detail=detail)
    return release


def _close_desks(db: Session, release: PlanRelease) -> None:
    """From now on nobody counts the desk (or all of them) among the bank's."""
    mine = (col(SessionBank.session_id) == release.session_id) & (
        col(SessionBank.institution_id) == release.institution_id
    )
    place = db.execute(select(SessionBank).where(mine)).scalar_one()
    gone = range(1, place.desks + 1) if release.desk is None else (release.desk,)
    place.closed_desks = tuple(map(str, sorted({*map(int, place.closed_desks), *gone})))
    db.flush()


def _release(prepared: RepairInput, number: int, caller: Caller, reason: str, at: datetime) -> PlanRelease:
    cause = prepared.cause
    return PlanRelease(
        session_id=prepared.session.id or 0,
        number=number,
        cause=cause.kind,
        enterprise_id=cause.enterprise_id,
        institution_id=cause.institution_id,
        desk=cause.desk,
        is_quiet=prepared.is_quiet,
        reason=reason,
        made_at=at,
        made_by=caller.actor.account_id,
        made_for=_made_for(cause, caller),
    )


def _made_for(cause: Cause, caller: Caller) -> int:
    """The side that calls off; for an organiser who does it for somebody, that somebody."""
    if caller.role != "organiser":
        return caller.organisation_id
    return (cause.institution_id if cause.kind == "desk" else cause.enterprise_id) or caller.organisation_id


Stored = tuple[ReleaseChange, SessionMeeting]


@dataclass
class _Storing:
    """Writes the meetings of a repaired plan. Moved ones stand aside first, so that two may swap places."""

    db: Session
    prepared: RepairInput
    release: PlanRelease

    def store(self, repaired: Repaired) -> list[Stored]:
        moved = [(self._row(one), one) for one in repaired.moved]
        gone = [(kind, self._row(one)) for kind in ("cancelled", "displaced") for one in getattr(repaired, kind)]
        changes = [self._change(kind, row, None) for kind, row in gone]
        changes += [self._change("moved", row, one) for row, one in moved]
        for _, row in gone:
            row.state, row.release = "cancelled", self.release.number
        for row, _ in moved:
            row.state = "cancelled"
        self.db.flush()
        for row, one in moved:
            row.slot, row.desk, row.room = one.slot, one.desk, one.room
            row.state, row.release = "standing", self.release.number
        self.db.flush()
        changes += [self._added(one) for one in repaired.added]
        self.db.add_all(change for change, _ in changes)
        self.db.flush()
        return changes

    def _row(self, one: Meeting) -> SessionMeeting:
        return self.db.merge(self.prepared.standing[one.enterprise_code, one.institution_code])

    def _change(self, kind: str, row: SessionMeeting, now: Meeting | None) -> Stored:
        change = ReleaseChange(
            release_id=self.release.id or 0,
            meeting_id=row.id or 0,
            change=kind,
            slot_before=row.slot,
            desk_before=row.desk,
            room_before=row.room,
        )
        if now is not None:
            change.slot_after, change.desk_after, change.room_after = now.slot, now.desk, now.room
        return change, row

    def _added(self, one: Meeting) -> Stored:
        market = self.prepared.market
        standing = market.requests[one.request_id]
        row = SessionMeeting(
            session_id=self.prepared.session.id or 0,
            enterprise_id=standing.enterprise_id,
            institution_id=market.institution_ids[one.institution_code],
            request_id=standing.request_id,
            request_version_id=standing.version_id,
            product_version_id=market.product_versions[one.product_id],
            round=one.round,
            slot=one.slot,
            desk=one.desk,
            room=one.room,
            release=self.release.number,
        )
        self.db.add(row)
        self.db.flush()
        change = ReleaseChange(release_id=self.release.id or 0, meeting_id=row.id or 0, change="added")
        change.slot_after, change.desk_after, change.room_after = one.slot, one.desk, one.room
        return change, row


def settle_requests(db: Session, session_id: int, *, by: Actor, at: datetime) -> None:
    """Requests that have a meeting now are matched; those that have none any more can sign up for another session."""
    met = select(col(SessionMeeting.request_id)).where(
        col(SessionMeeting.session_id) == session_id, col(SessionMeeting.state) == "standing"
    )
    for former, now, condition, verb in (
        ("unmatched", "matched", col(SessionRequest.request_id).in_(met), "match"),
        ("matched", "unmatched", col(SessionRequest.request_id).not_in(met), "unmatch"),
    ):
        here = (col(SessionRequest.session_id) == session_id) & (col(SessionRequest.state) == former) & condition
        changed = list(db.execute(select(col(SessionRequest.request_id)).where(here)).scalars())
        db.execute(update(SessionRequest).where(here).values(state=now))
        for request_id in sorted(changed):
            requests.step(db, request_id, verb, by=by, at=at)
