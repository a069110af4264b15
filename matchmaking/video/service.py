"""Set a bank's own link, and find the link of a meeting."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import FieldErrors, NotFound
from kernel.outbox.addresses import AddressRefused, checked
from matchmaking.sessions.models import SessionMeeting, WeeklySession
from matchmaking.sessions.reading import own_place
from matchmaking.sessions.service import session_by_id
from matchmaking.video.models import VideoLink
from matchmaking.video.rooms import VideoHosts

VIDEO = "video"


def set_link(db: Session, caller: Caller, session_id: int, *, url: str, at: datetime) -> None:
    """The caller's bank's own link for its meetings of a session; an empty one goes back to a generated room.

    NotFound for a session that the bank does not attend, Invalid for anything but a public https address.
    """
    session_by_id(db, session_id)
    if own_place(db, caller, session_id) is None:
        raise NotFound("not_at_session", "本行没有报名这一场", "Your bank is not signed up for this session")
    if url:
        _check(url)
    mine = (col(VideoLink.session_id) == session_id) & (col(VideoLink.institution_id) == caller.organisation_id)
    db.execute(delete(VideoLink).where(mine))
    if url:
        db.add(
            VideoLink(
                session_id=session_id,
                institution_id=caller.organisation_id,
                url=url,
                set_at=at,
                set_by=caller.account_id,
            )
        )
    db.flush()
    detail = {"own": bool(url)}
    record(db, "video.link", by=caller.actor, subject=("weekly_session", session_id), at=at, detail=detail)


def _check(url: str) -> None:
    errors = FieldErrors()
    try:
        checked(url, local=False)
    except AddressRefused as error:
        errors.add("url", error.code, error.text.zh, error.text.en)
    errors.raise_if_any()


def own_link(db: Session, caller: Caller, session_id: int) -> str:
    """The link that the caller's bank brings, or nothing."""
    mine = (col(VideoLink.session_id) == session_id) & (col(VideoLink.institution_id) == caller.organisation_id)
    return db.execute(select(col(VideoLink.url)).where(mine)).scalar() or ""


def links_of(
    db: Session, session: WeeklySession, meetings: Iterable[SessionMeeting], hosts: VideoHosts
) -> dict[int, str]:
    """The link of each standing meeting by its id: the bank's own, else a room where the session is held by video.

    For whoever takes part in the meeting; nobody else is given it.
    """
    query = select(col(VideoLink.institution_id), col(VideoLink.url)).where(col(VideoLink.session_id) == session.id)
    own = {row[0]: row[1] for row in db.execute(query)}
    found: dict[int, str] = {}
    for one in meetings:
        room = hosts.room(session.id or 0, one.id or 0, one.room) if session.host == VIDEO else None
        link = own.get(one.institution_id) or room
        if link and one.state == "standing":
            found[one.id or 0] = link
    return found
