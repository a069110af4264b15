"""The platforms among the bureaus' channels, what each was told last, and telling it something further."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from kernel.jobs.service import claim
from kernel.outbox.models import Delivery, OutboxEvent, Subscription
from kernel.outbox.service import put_down, send_to, wants
from kernel.outbox.texts import Facts
from kernel.outbox.workflow import ENDED, PLATFORM
from matchmaking.platforms.events import REQUEST


@dataclass(frozen=True)
class LastTold:
    """The newest record of a subject that went to a channel, and the how many-th it was."""

    number: int
    facts: Facts
    at: datetime


@dataclass(frozen=True)
class PlatformRecord:
    """A record that a channel has yet to be told; `key` keeps it from being told twice."""

    channel: Subscription
    event: str
    subject: tuple[str, int]
    facts: Facts
    key: str


def _live() -> ColumnElement[bool]:
    return (col(Subscription.channel) == PLATFORM) & (col(Subscription.state) != ENDED)


def subscribed(db: Session) -> list[str]:
    """The platforms that a bureau has among its channels, by name."""
    return sorted(set(db.execute(select(col(Subscription.address)).where(_live())).scalars()))


def channels_for(db: Session, event: str) -> list[Subscription]:
    """The platforms' channels that want an event."""
    rows = db.execute(select(Subscription).where(_live()).order_by(col(Subscription.id))).scalars()
    return [channel for channel in rows if wants(channel, event)]


def last_told(db: Session, event: str, channels: Sequence[Subscription]) -> dict[tuple[int, int], LastTold]:
    """What each channel was told last of each subject, by (channel, subject); one query."""
    to_them = col(Delivery.subscription_id).in_([channel.id for channel in channels])
    newest = (
        select(col(Delivery.subscription_id), func.count().label("times"), func.max(OutboxEvent.id).label("event_id"))
        .join(OutboxEvent, col(OutboxEvent.id) == col(Delivery.event_id))
        .where(to_them, col(OutboxEvent.event) == event)
        .group_by(col(Delivery.subscription_id), col(OutboxEvent.subject_id))
        .subquery()
    )
    query = select(newest.c.subscription_id, newest.c.times, OutboxEvent)
    rows = db.execute(query.join(OutboxEvent, col(OutboxEvent.id) == newest.c.event_id))
    return {
        (channel_id, told.subject_id): LastTold(times, json.loads(told.facts), told.made_at)
        for channel_id, times, told in rows
    }


def recommended(db: Session) -> dict[tuple[str, int], datetime]:
    """When each platform was last told of each request, by (platform, request), also by a channel that has ended."""
    query = (
        select(col(Subscription.address), col(OutboxEvent.subject_id), func.max(OutboxEvent.made_at))
        .join(Delivery, col(Delivery.subscription_id) == col(Subscription.id))
        .join(OutboxEvent, col(OutboxEvent.id) == col(Delivery.event_id))
        .where(col(Subscription.channel) == PLATFORM, col(OutboxEvent.event) == REQUEST.name)
        .group_by(col(Subscription.address), col(OutboxEvent.subject_id))
    )
    return {(platform, request_id): at for platform, request_id, at in db.execute(query)}


def tell(db: Session, one: PlatformRecord, *, at: datetime) -> bool:
    """Put a record on its way to its channel; False where that was done before or is being done elsewhere."""
    if not claim(db, one.event, f"channel {one.channel.id}/{one.key}", at=at):
        return False
    told = put_down(db, one.event, party_id=one.channel.party_id, subject=one.subject, facts=one.facts, at=at)
    send_to(db, told, one.channel, at=at)
    db.flush()
    return True
