"""Each change of a release told to the two parties concerned, through the outbox."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.clock import SHANGHAI
from kernel.outbox.service import publish
from kernel.parties.models import Party
from matchmaking.releases.events import MEETING_CANCELLED, MEETING_CHANGED
from matchmaking.releases.models import PlanRelease, ReleaseChange
from matchmaking.releases.repair import consenting
from matchmaking.releases.workflow import CHANGES
from matchmaking.sessions.models import SessionMeeting, WeeklySession
from matchmaking.sessions.outcome import slot_start

DISPLACED = " / ".join(CHANGES["displaced"])


def tell(
    db: Session,
    session: WeeklySession,
    release: PlanRelease,
    changes: Iterable[tuple[ReleaseChange, SessionMeeting]],
    *,
    at: datetime,
) -> None:
    """One event for each party of each meeting that went, came or moved; a bank reads no name without a consent."""
    changes = list(changes)
    ids = {party for _, row in changes for party in (row.enterprise_id, row.institution_id)}
    parties = db.execute(select(Party).where(col(Party.id).in_(ids))).scalars()
    names = {one.id or 0: one.name for one in parties}
    willing = consenting(db, session)
    for change, row in changes:
        firm = names[row.enterprise_id] if row.request_id in willing else ""
        for party_id, other in ((row.enterprise_id, names[row.institution_id]), (row.institution_id, firm)):
            _publish(db, session, release, change, row, party_id=party_id, other=other, at=at)


def _publish(
    db: Session,
    session: WeeklySession,
    release: PlanRelease,
    change: ReleaseChange,
    row: SessionMeeting,
    *,
    party_id: int,
    other: str,
    at: datetime,
) -> None:
    is_off = change.change in ("cancelled", "displaced")
    starts = slot_start(session, row.slot).astimezone(SHANGHAI)
    facts: dict[str, str | int | None] = {
        "week": session.week,
        "session": session.id,
        "starts": starts.strftime("%Y-%m-%d %H:%M"),
        "slot": row.slot,
        "desk": row.desk,
        "room": row.room,
        "other": other,
        "release": release.number,
        "reason": release.reason if change.change == "cancelled" else DISPLACED,
        "change_zh": CHANGES[change.change].zh,
        "change_en": CHANGES[change.change].en,
    }
    event = MEETING_CANCELLED if is_off else MEETING_CHANGED
    publish(db, event.name, party_id=party_id, subject=("meeting", row.id or 0), facts=facts, at=at)
