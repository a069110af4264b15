"""Whether a party is paused, and what a missed meeting leads to."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from kernel.errors import Refused
from matchmaking.pauses.models import NoShow


def paused_until(db: Session, party_id: int, day: date) -> date | None:
    """The first day on which a party may sign up again, if it is paused on the day."""
    held = (col(NoShow.party_id) == party_id) & (col(NoShow.since) <= day) & (col(NoShow.until) > day)
    found: date | None = db.execute(select(func.max(col(NoShow.until))).where(held)).scalar()
    return found


def check_not_paused(db: Session, party_id: int, day: date) -> None:
    """Refused while a party is paused for meetings it missed."""
    until = paused_until(db, party_id, day)
    if until is not None:
        raise Refused(
            "paused_for_no_shows",
            f"因为没有到场，暂停报名到 {until.isoformat()}；那天起可以再报",
            f"Because of missed meetings you cannot sign up before {until.isoformat()}",
        )


def missed(db: Session, party_id: int, day: date, days: int) -> int:
    """How many meetings a party missed in the days before and on a day."""
    recent = (
        (col(NoShow.party_id) == party_id) & (col(NoShow.day) > day - timedelta(days=days)) & (col(NoShow.day) <= day)
    )
    return int(db.execute(select(func.count(col(NoShow.id))).where(recent)).scalar_one())


def note_no_show(
    db: Session, party_id: int, meeting_id: int, *, day: date, pause_from: date | None, pause_days: int, at: datetime
) -> NoShow:
    """Write a missed meeting down with its consequence: a pause that begins on `pause_from`, or a warning."""
    made = NoShow(
        party_id=party_id,
        meeting_id=meeting_id,
        day=day,
        consequence="warning" if pause_from is None else "pause",
        since=pause_from,
        until=None if pause_from is None else pause_from + timedelta(days=pause_days),
        made_at=at,
    )
    db.add(made)
    db.flush()
    return made


def no_shows_of(db: Session, party_id: int) -> list[NoShow]:
    """What a party missed, the newest first."""
    query = (
        select(NoShow).where(col(NoShow.party_id) == party_id).order_by(col(NoShow.day).desc(), col(NoShow.id).desc())
    )
    return list(db.execute(query).scalars())
