"""Write an event into the caller's own transaction; what becomes of it is the delivery's matter (`kernel.outbox.delivering`)."""

import json
import secrets
from datetime import datetime

from sqlmodel import Session, col, select

from kernel.outbox.models import Delivery, OutboxEvent, Subscription
from kernel.outbox.texts import FactMissing, Facts, words_of
from kernel.outbox.workflow import ACTIVE, PAUSED, WAITING, goes_to


def publish(
    db: Session, event: str, *, party_id: int, subject: tuple[str, int], facts: Facts, at: datetime
) -> OutboxEvent:
    """Tell one party of something that happened: the event, and a delivery for each of its channels that wants it.

    `subject` is a kind and an id, `facts` the plain values that the event's words need (money as fen, moments as text).
    UndeclaredEvent and FactMissing are slips of the programmer, found at the first call.
    """
    made = put_down(db, event, party_id=party_id, subject=subject, facts=facts, at=at)
    for channel in _channels_of(db, party_id):
        if wants(channel, event):
            send_to(db, made, channel, at=at)
    db.flush()
    return made


def put_down(
    db: Session, event: str, *, party_id: int, subject: tuple[str, int], facts: Facts, at: datetime
) -> OutboxEvent:
    """The event alone, without any delivery."""
    missing = words_of(event).missing(facts)
    if missing:
        raise FactMissing(f"{event}: {', '.join(missing)}")
    kind, subject_id = subject
    made = OutboxEvent(
        code=f"evt_{secrets.token_hex(12)}",
        event=event,
        party_id=party_id,
        subject_kind=kind,
        subject_id=subject_id,
        facts=json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        made_at=at,
    )
    db.add(made)
    db.flush()
    return made


def _channels_of(db: Session, party_id: int) -> list[Subscription]:
    """What is paused collects too, and goes out when it is resumed."""
    live = col(Subscription.state).in_((ACTIVE, PAUSED))
    return list(
        db.exec(select(Subscription).where(Subscription.party_id == party_id, live).order_by(col(Subscription.id)))
    )


def wants(channel: Subscription, event: str) -> bool:
    """Whether a party asked for this event on this channel."""
    if not goes_to(channel.channel, event):
        return False
    return channel.events == "*" or event in channel.events.split()


def send_to(db: Session, event: OutboxEvent, channel: Subscription, *, at: datetime) -> Delivery:
    """Put an event on its way to one channel; its reference is the receiver's key against doing it twice."""
    assert event.id is not None
    assert channel.id is not None
    delivery = Delivery(
        event_id=event.id,
        subscription_id=channel.id,
        reference=f"msg_{event.code.removeprefix('evt_')}_{channel.id}",
        state=WAITING,
        due_at=at,
    )
    db.add(delivery)
    return delivery
