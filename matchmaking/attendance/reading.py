"""What both sides said of meetings, for the board, the referrals and the measures."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from matchmaking.attendance.models import MeetingSide
from matchmaking.attendance.workflow import BothSides, SideSaid
from matchmaking.sessions.models import SessionMeeting


@dataclass(frozen=True)
class OutcomeNote:
    """What one side noted of a meeting; the amount in fen, for an intent alone."""

    meeting_id: int
    side: str
    outcome: str
    amount: int | None
    noted_at: datetime


def attended_at(db: Session, meeting_ids: Collection[int]) -> dict[int, BothSides]:
    """Both sides of each meeting that anybody said something of."""
    query = select(MeetingSide).where(col(MeetingSide.meeting_id).in_(list(meeting_ids)))
    sides: dict[int, dict[str, SideSaid]] = {}
    for row in db.execute(query).scalars():
        said = SideSaid(row.checked_in_at, row.took_place, row.outcome, row.amount)
        sides.setdefault(row.meeting_id, {})[row.side] = said
    return {meeting_id: BothSides(**said) for meeting_id, said in sides.items()}


def outcome_notes(db: Session, meeting_ids: Collection[int]) -> list[OutcomeNote]:
    """Every outcome note on these meetings, by meeting and side."""
    noted = col(MeetingSide.meeting_id).in_(list(meeting_ids)) & col(MeetingSide.outcome).is_not(None)
    query = select(MeetingSide).where(noted).order_by(col(MeetingSide.meeting_id), col(MeetingSide.side))
    return [
        OutcomeNote(row.meeting_id, row.side, row.outcome or "", row.amount, row.noted_at)
        for row in db.execute(query).scalars()
        if row.noted_at is not None
    ]


def first_contact(db: Session, *, request_id: int, institution_id: int, since: datetime) -> datetime | None:
    """When a bank first noted, from `since` on, what came of a meeting about a request: a first contact of its referral."""
    query = (
        select(col(MeetingSide.noted_at))
        .join(SessionMeeting, col(SessionMeeting.id) == col(MeetingSide.meeting_id))
        .where(
            col(SessionMeeting.request_id) == request_id,
            col(SessionMeeting.institution_id) == institution_id,
            col(MeetingSide.side) == "institution",
            col(MeetingSide.noted_at) >= since,
        )
        .order_by(col(MeetingSide.noted_at))
        .limit(1)
    )
    found: datetime | None = db.execute(query).scalar()
    return found
