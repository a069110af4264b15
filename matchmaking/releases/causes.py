"""Who may call off what: an enterprise its meetings, a bank its meetings and desks, an organiser for either at its session."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.errors import FieldErrors, NotFound
from kernel.parties.models import Party
from matchmaking.releases.repair import Cause
from matchmaking.sessions.models import SessionBank, SessionMeeting, WeeklySession


@dataclass(frozen=True)
class CallOff:
    """What somebody asks for: `everything` of an enterprise, one `meeting`, or a `desk` (none given: all desks).

    `party_code` names the side for which an organiser acts.
    """

    what: str
    meeting_id: int | None = None
    desk: int | None = None
    party_code: str | None = None


def _not_yours() -> NotFound:
    return NotFound("meeting_not_found", "没有这场面谈", "There is no such meeting")


def cause_of(db: Session, caller: Caller, session: WeeklySession, asked: CallOff) -> Cause:
    """The cause that a caller may bring about; NotFound for what is not the caller's, Invalid for what does not fit."""
    if caller.role == "organiser" and session.organiser_id != caller.organisation_id:
        raise NotFound("session_not_found", "没有这场对接会", "There is no such session")
    if asked.what == "meeting":
        return _meeting(db, caller, session, asked.meeting_id)
    side = "enterprise" if asked.what == "everything" else "institution"
    if caller.role != "organiser" and caller.organisation_kind != side:
        raise _not_yours()
    party_id = _acted_for(db, asked) if caller.role == "organiser" else caller.organisation_id
    return _everything(db, session, party_id) if side == "enterprise" else _desk(db, session, party_id, asked.desk)


def _acted_for(db: Session, asked: CallOff) -> int:
    found = db.execute(select(col(Party.id)).where(col(Party.code) == (asked.party_code or ""))).scalar()
    if found is None:
        errors = FieldErrors()
        errors.add("party_code", "unknown", "写明替哪一家取消", "Say for whom you call off")
        errors.raise_if_any()
        raise _not_yours()
    return int(found)


def _meeting(db: Session, caller: Caller, session: WeeklySession, meeting_id: int | None) -> Cause:
    mine = (col(SessionMeeting.session_id) == session.id) & (col(SessionMeeting.id) == meeting_id)
    found = db.execute(select(SessionMeeting).where(mine, col(SessionMeeting.state) == "standing")).scalar()
    if found is None:
        raise _not_yours()
    if caller.role != "organiser" and caller.organisation_id not in (found.enterprise_id, found.institution_id):
        raise _not_yours()
    return Cause("meeting", found.enterprise_id, found.institution_id)


def _everything(db: Session, session: WeeklySession, enterprise_id: int) -> Cause:
    mine = (col(SessionMeeting.session_id) == session.id) & (col(SessionMeeting.enterprise_id) == enterprise_id)
    if db.execute(select(col(SessionMeeting.id)).where(mine).limit(1)).scalar() is None:
        raise _not_yours()
    return Cause("enterprise", enterprise_id)


def _desk(db: Session, session: WeeklySession, institution_id: int, desk: int | None) -> Cause:
    mine = (col(SessionBank.session_id) == session.id) & (col(SessionBank.institution_id) == institution_id)
    place = db.execute(select(SessionBank).where(mine, col(SessionBank.state) == "signed_up")).scalar()
    if place is None or (desk is not None and (desk > place.desks or str(desk) in place.closed_desks)):
        raise NotFound("desk_not_found", "没有这个席位", "There is no such desk")
    return Cause("desk", None, institution_id, desk)
