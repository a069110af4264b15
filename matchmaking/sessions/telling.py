"""What happens to a session, told through the outbox to everybody who takes part in it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.clock import SHANGHAI
from kernel.outbox.service import publish
from matchmaking.sessions.events import NOTICED, PUBLISHED
from matchmaking.sessions.models import SessionBank, SessionMeeting, SessionRequest, WeeklySession


def _banks(db: Session, session_id: int) -> list[int]:
    here = (col(SessionBank.session_id) == session_id) & (col(SessionBank.state) == "signed_up")
    return list(db.execute(select(col(SessionBank.institution_id)).where(here)).scalars())


def _firms(db: Session, session_id: int, *, without_withdrawn: bool) -> list[int]:
    query = select(col(SessionRequest.enterprise_id)).where(col(SessionRequest.session_id) == session_id)
    if without_withdrawn:
        query = query.where(col(SessionRequest.state) != "withdrawn")
    return list(db.execute(query.distinct()).scalars())


def taking_part(db: Session, session_id: int) -> list[int]:
    """The parties that are signed up, each once: banks first, each side by id."""
    return sorted(_banks(db, session_id)) + sorted(set(_firms(db, session_id, without_withdrawn=True)))


def _shown(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def tell_published(db: Session, session: WeeklySession, *, at: datetime) -> None:
    """Everybody signed up reads how many meetings it has, none included."""
    query = select(col(SessionMeeting.enterprise_id), col(SessionMeeting.institution_id)).where(
        col(SessionMeeting.session_id) == session.id, col(SessionMeeting.state) == "standing"
    )
    counts = Counter(party for row in db.execute(query) for party in row)
    facts = {"week": session.week, "theme": session.theme, "starts": _shown(session.starts_at)}
    subject = ("weekly_session", session.id or 0)
    for party_id in taking_part(db, session.id or 0):
        told = facts | {"meetings": counts[party_id]}
        publish(db, PUBLISHED.name, party_id=party_id, subject=subject, facts=told, at=at)


def tell_notice(
    db: Session,
    session: WeeklySession,
    kind: str,
    reason: str,
    changes: Sequence[str],
    *,
    to: Sequence[int],
    at: datetime,
) -> None:
    """A notice of the organiser, to those given."""
    facts = {"week": session.week, "theme": session.theme, "reason": reason, "changes": "；".join(changes)}
    for party_id in to:
        subject = ("weekly_session", session.id or 0)
        publish(db, NOTICED[kind].name, party_id=party_id, subject=subject, facts=facts, at=at)
