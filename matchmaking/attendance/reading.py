"""What both sides said of meetings, and which the firm had agreed to, for the board and the no-show rule."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.clock import business_day
from matchmaking.attendance.models import MeetingSide
from matchmaking.attendance.workflow import BothSides, SideSaid
from matchmaking.requests.models import Consent
from matchmaking.sessions.models import SessionMeeting, SessionRequest, WeeklySession
from matchmaking.sessions.outcome import slot_start


def attended_at(db: Session, meeting_ids: Collection[int]) -> dict[int, BothSides]:
    """Both sides of each meeting that anybody said something of."""
    query = select(MeetingSide).where(col(MeetingSide.meeting_id).in_(list(meeting_ids)))
    sides: dict[int, dict[str, SideSaid]] = {}
    for row in db.execute(query).scalars():
        said = SideSaid(row.checked_in_at, row.took_place, row.outcome, row.amount)
        sides.setdefault(row.meeting_id, {})[row.side] = said
    return {meeting_id: BothSides(**said) for meeting_id, said in sides.items()}


def meetings_consented(db: Session, session: WeeklySession) -> set[int]:
    """The meetings of a session at whose beginning the consent that the request was signed up with was in force."""
    signed_up = (col(SessionRequest.session_id) == col(SessionMeeting.session_id)) & (
        col(SessionRequest.request_id) == col(SessionMeeting.request_id)
    )
    given = (col(Consent.request_id) == col(SessionMeeting.request_id)) & (
        col(Consent.given_at) <= col(SessionRequest.signed_up_at)
    )
    query = select(SessionMeeting, Consent).join(SessionRequest, signed_up).join(Consent, given)
    rows = db.execute(query.where(col(SessionMeeting.session_id) == session.id))
    return {meeting.id or 0 for meeting, consent in rows if _holds(consent, slot_start(session, meeting.slot))}


def _holds(consent: Consent, moment: datetime) -> bool:
    is_revoked = consent.revoked_at is not None and consent.revoked_at <= moment
    return not is_revoked and business_day(moment) <= consent.until
