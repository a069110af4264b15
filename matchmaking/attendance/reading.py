"""What both sides said of meetings, for the board and the no-show rule."""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session, col

from matchmaking.attendance.models import MeetingSide
from matchmaking.attendance.workflow import BothSides, SideSaid


def attended_at(db: Session, meeting_ids: Collection[int]) -> dict[int, BothSides]:
    """Both sides of each meeting that anybody said something of."""
    query = select(MeetingSide).where(col(MeetingSide.meeting_id).in_(list(meeting_ids)))
    sides: dict[int, dict[str, SideSaid]] = {}
    for row in db.execute(query).scalars():
        said = SideSaid(row.checked_in_at, row.took_place, row.outcome, row.amount)
        sides.setdefault(row.meeting_id, {})[row.side] = said
    return {meeting_id: BothSides(**said) for meeting_id, said in sides.items()}
