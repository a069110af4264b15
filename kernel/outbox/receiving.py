"""What comes in from outside is taken in once, however often it is sent (reliability rule 5)."""

import hashlib
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from kernel.errors import Conflict
from kernel.outbox.models import ReceivedEvent

LONGEST_CODE = 120


def digest_of(content: bytes) -> str:
    """What tells two contents apart."""
    return hashlib.sha256(content).hexdigest()


def take_in(db: Session, source: str, event_code: str, content: bytes, *, at: datetime) -> bool:
    """Claim an event in the transaction of its effect: False when it was taken in before. Conflict: the same id, another content."""
    row = ReceivedEvent(source=source, event_code=event_code, digest=digest_of(content), received_at=at)
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        known = select(ReceivedEvent.digest).where(
            ReceivedEvent.source == source, ReceivedEvent.event_code == event_code
        )
        if db.exec(known).one() != row.digest:
            raise Conflict(
                "event_id_used",
                "这个编号来过，但内容不一样",
                "This id came before with another content",
            ) from None
        return False
    return True
