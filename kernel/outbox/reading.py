"""Messages and their deliveries as pages and the API show them: a party its own, the bureau what fails anywhere."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, true
from sqlmodel import Session, col, func, select

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.outbox.models import Delivery, DeliveryAttempt, OutboxEvent, PulledRecord, Subscription
from kernel.outbox.texts import UndeclaredEvent, words_of
from kernel.outbox.workflow import FAILING_STATES, PLATFORM
from kernel.parties.models import Party
from kernel.web.paging import Asked, Page, page_of, within_days


@dataclass(frozen=True)
class DeliveryLine:
    """One message on its way to one channel, with its newest try and the party it is for."""

    delivery: Delivery
    event: OutboxEvent
    channel: Subscription
    party: Party
    last: DeliveryAttempt | None = None

    @property
    def title(self) -> Text:
        return title_of(self.event)

    @property
    def masked(self) -> str:
        return masked(self.channel)


def title_of(event: OutboxEvent) -> Text:
    """The subject line of an event; its bare name where its feature is gone."""
    try:
        return words_of(event.event).told(json.loads(event.facts))[0]
    except UndeclaredEvent:
        return Text(event.event, event.event)


def body_of(event: OutboxEvent) -> Text:
    """The text of an event."""
    try:
        return words_of(event.event).told(json.loads(event.facts))[1]
    except UndeclaredEvent:
        return Text("", "")


def masked(channel: Subscription) -> str:
    """An address as others than its owner see it: enough to recognise, not to use."""
    address = channel.address
    if channel.channel == "mail":
        name, _, host = address.partition("@")
        return f"{name[:1]}…@{host}"
    if channel.channel == "sms":
        return f"{address[:3]}****{address[-4:]}"
    return "/".join(address.split("/")[:3])


def _lines() -> Any:
    return (
        select(Delivery, OutboxEvent, Subscription, Party)
        .join(OutboxEvent, col(OutboxEvent.id) == col(Delivery.event_id))
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id))
        .join(Party, col(Party.id) == col(OutboxEvent.party_id))
    )


def _lines_of(state: str | None, channel: str | None) -> Any:
    """The lines in a state and on a kind of channel; None takes all."""
    query = _lines()
    if state is not None:
        query = query.where(col(Delivery.state) == state)
    return query if channel is None else query.where(col(Subscription.channel) == channel)


def own_deliveries(
    db: Session, caller: Caller, asked: Asked, *, state: str | None = None, channel: str | None = None
) -> Page[DeliveryLine]:
    """The caller's organisation's messages on their ways, the newest first."""
    query = _lines_of(state, channel).where(col(OutboxEvent.party_id) == caller.organisation_id)
    return _page(db, query.order_by(col(Delivery.id).desc()), asked)


def failing_deliveries(
    db: Session, asked: Asked, *, state: str | None = None, channel: str | None = None
) -> Page[DeliveryLine]:
    """Every party's messages that were given up or whose fate is not known; for the bureau."""
    query = _lines_of(state, channel).where(col(Delivery.state).in_(FAILING_STATES))
    return _page(db, query.order_by(col(Delivery.state), col(Delivery.id).desc()), asked)


def _page(db: Session, query: Select[Any], asked: Asked) -> Page[DeliveryLine]:
    page = page_of(db, query, asked).map(lambda row: DeliveryLine(*row))
    last = _last_tries(db, [line.delivery.id or 0 for line in page.items])
    return page.map(lambda line: replace(line, last=last.get(line.delivery.id)))


def _last_tries(db: Session, ids: Iterable[int]) -> dict[int, DeliveryAttempt]:
    query = select(DeliveryAttempt).where(col(DeliveryAttempt.delivery_id).in_(list(ids)))
    return {one.delivery_id: one for one in db.exec(query.order_by(col(DeliveryAttempt.number)))}


@dataclass(frozen=True)
class Message:
    """One event in words."""

    event: OutboxEvent
    title: Text
    body: Text
    made_at: datetime


def messages_of(
    db: Session, caller: Caller, asked: Asked, *, since: date | None = None, until: date | None = None
) -> Page[Message]:
    """What the caller's organisation was told in some days, on whatever channel or none, the newest first."""
    told = within_days(col(OutboxEvent.made_at), since, until) & ~col(OutboxEvent.event).startswith(f"{PLATFORM}.")
    mine = select(OutboxEvent).where(OutboxEvent.party_id == caller.organisation_id, told)
    page = page_of(db, mine.order_by(col(OutboxEvent.id).desc()), asked)
    return page.map(lambda event: Message(event, title_of(event), body_of(event), event.made_at))


def failing_count(db: Session) -> int:
    """How many messages were given up and wait for somebody to look."""
    return int(db.exec(select(func.count(col(Delivery.id))).where(Delivery.state == "dead")).one())


def pushes_of(
    db: Session, event: str, subject_kind: str, subject_ids: Iterable[int]
) -> dict[tuple[int, str], DeliveryLine]:
    """How the newest push of an event about each subject went, by subject and address of the channel."""
    about = (col(OutboxEvent.event) == event) & (col(OutboxEvent.subject_kind) == subject_kind)
    query = _lines().where(about, col(OutboxEvent.subject_id).in_(list(subject_ids))).order_by(col(Delivery.id))
    lines = [DeliveryLine(*row) for row in db.execute(query)]
    last = _last_tries(db, [line.delivery.id or 0 for line in lines])
    return {
        (line.event.subject_id, line.channel.address): replace(line, last=last.get(line.delivery.id or 0))
        for line in lines
    }


def pulled_records(
    db: Session, asked: Asked, *, platform: str | None = None, state: str | None = None
) -> Page[PulledRecord]:
    """What came in from all platforms or one: what was not taken in stands first, then the newest."""
    named = true() if platform is None else col(PulledRecord.source) == platform
    ended = true() if state is None else col(PulledRecord.state) == state
    query = select(PulledRecord).order_by(col(PulledRecord.state) == "taken", col(PulledRecord.pulled_at).desc())
    return page_of(db, query.where(named, ended).order_by(col(PulledRecord.id).desc()), asked)


@dataclass(frozen=True)
class PlatformTraffic:
    """What went to a platform and came from it, counted by state."""

    pushed: Mapping[str, int]
    pulled: Mapping[str, int]


def traffic_of(db: Session, platform: str) -> PlatformTraffic:
    """The counts of one platform over all channels that lead to it."""
    here = (col(Subscription.channel) == PLATFORM) & (col(Subscription.address) == platform)
    sent = select(col(Delivery.state), func.count(col(Delivery.id))).join(
        Subscription, col(Subscription.id) == col(Delivery.subscription_id)
    )
    came = select(col(PulledRecord.state), func.count(col(PulledRecord.id))).where(PulledRecord.source == platform)
    pushed = db.exec(sent.where(here).group_by(col(Delivery.state))).all()
    pulled = db.exec(came.group_by(col(PulledRecord.state))).all()
    return PlatformTraffic(dict(pushed), dict(pulled))
