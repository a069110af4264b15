"""A party's feed: made, read by its secret, revoked; and the files that travel with notices."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, NotFound
from kernel.outbox.letters import Attachment, Letter
from kernel.parties.models import Party
from kernel.parties.service import party_by_id
from matchmaking.calendars.files import CANCEL, PUBLISH, REQUEST, calendar_file
from matchmaking.calendars.models import CalendarFeed
from matchmaking.calendars.reading import CalendarOffice, entries_in, entries_of
from matchmaking.guarded import took_effect
from matchmaking.sessions.models import SessionMeeting, WeeklySession

METHOD_OF = {
    "session.published": PUBLISH,
    "meeting.changed": REQUEST,
    "meeting.cancelled": CANCEL,
}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def live_feed(db: Session, caller: Caller) -> CalendarFeed | None:
    """The caller's organisation's feed, if it has one."""
    mine = (col(CalendarFeed.party_id) == caller.organisation_id) & col(CalendarFeed.revoked_at).is_(None)
    return db.exec(select(CalendarFeed).where(mine)).first()


def make_feed(db: Session, caller: Caller, *, at: datetime) -> str:
    """A new feed in place of the one before; its secret, which is shown this once. Conflict where another is made just now."""
    _end_feed(db, caller, at)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed(party_id=caller.organisation_id, digest=_digest(secret), made_at=at, made_by=caller.account_id)
    try:
        with db.begin_nested():
            db.add(feed)
    except IntegrityError:
        raise Conflict(
            "feed_made_meanwhile",
            "本单位刚有人建了日历地址；还要换新的，请再点一次",
            "Somebody of your organisation has just made an address; try again if you still want another one",
        ) from None
    record(db, "calendar.make", by=caller.actor, subject=("party", caller.organisation_id), at=at)
    return secret


def _end_feed(db: Session, caller: Caller, at: datetime) -> bool:
    mine = (col(CalendarFeed.party_id) == caller.organisation_id) & col(CalendarFeed.revoked_at).is_(None)
    return took_effect(db, update(CalendarFeed).where(mine).values(revoked_at=at))


def revoke_feed(db: Session, caller: Caller, *, at: datetime) -> None:
    """End the feed at once; ending none is no error, and nothing happened then."""
    if _end_feed(db, caller, at):
        record(db, "calendar.revoke", by=caller.actor, subject=("party", caller.organisation_id), at=at)


def feed_file(db: Session, secret: str, office: CalendarOffice, *, at: datetime) -> bytes:
    """The calendar behind a secret address; NotFound for an unknown or revoked one."""
    live = (col(CalendarFeed.digest) == _digest(secret)) & col(CalendarFeed.revoked_at).is_(None)
    feed = db.exec(select(CalendarFeed).where(live)).first()
    if feed is None:
        raise NotFound("feed_not_found", "没有这个日历，或者已经作废", "There is no such calendar, or it was revoked")
    party = party_by_id(db, feed.party_id)
    return calendar_file(entries_of(db, party, office, at=at), method=PUBLISH, name=f"银企对接 {party.name}")


def attached(db: Session, letter: Letter, office: CalendarOffice, *, at: datetime) -> tuple[Attachment, ...]:
    """The calendar file of a letter about meetings; none for any other."""
    method = METHOD_OF.get(letter.event)
    if method is None or letter.channel != "mail":
        return ()
    party = party_by_id(db, letter.party_id)
    session, meeting_ids = _named(db, letter, party)
    entries = entries_in(db, party, session, meeting_ids, office, at=at)
    if method != PUBLISH:  # by now the meeting may have moved on: the file says how it stands
        method = CANCEL if all(entry.is_cancelled for entry in entries) else REQUEST
    content = calendar_file(entries, method=method)
    return (Attachment("meetings.ics", f"text/calendar; method={method}; charset=utf-8", content),) if entries else ()


def _named(db: Session, letter: Letter, party: Party) -> tuple[WeeklySession, list[int]]:
    """The session and the party's meetings that a letter is about."""
    if letter.subject_kind == "meeting":
        query = select(WeeklySession).join(SessionMeeting, col(SessionMeeting.session_id) == col(WeeklySession.id))
        return db.exec(query.where(SessionMeeting.id == letter.subject_id)).one(), [letter.subject_id]
    session = db.exec(select(WeeklySession).where(WeeklySession.id == letter.subject_id)).one()
    own = SessionMeeting.enterprise_id if party.kind == "enterprise" else SessionMeeting.institution_id
    ids = select(SessionMeeting.id).where(SessionMeeting.session_id == session.id, col(own) == party.id)
    return session, [one or 0 for one in db.exec(ids)]
