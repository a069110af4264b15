"""What the outbox holds for whom, in the words that go out."""

import json

from sqlmodel import Session, col, select

from kernel.outbox.models import OutboxEvent
from kernel.outbox.texts import words_of


def told(db: Session, event: str) -> list[tuple[int, str]]:
    """Each message of one kind: whom it is for, and its Chinese sentences."""
    found = db.exec(select(OutboxEvent).where(OutboxEvent.event == event).order_by(col(OutboxEvent.id)))
    return [(one.party_id, " ".join(text.zh for text in words_of(event).told(json.loads(one.facts)))) for one in found]
