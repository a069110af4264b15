"""Tables of the outbox: what happened, who wants to be told and how, and how the telling went."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, one_of, table_args
from kernel.outbox.workflow import CHANNELS, DELIVERY_STATES, OUTCOMES, PULLED_STATES, SUBSCRIPTION_STATES


class OutboxEvent(SQLModel, table=True):
    """Something that happened and that one party is told of; never changed. `facts` is canonical JSON."""

    __tablename__ = "outbox_event"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40, unique=True)
    event: str = Field(max_length=60)
    party_id: int = Field(foreign_key="party.id", index=True)
    subject_kind: str = Field(max_length=40)
    subject_id: int
    facts: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=Moment)


class Subscription(SQLModel, table=True):
    """A channel of a party: to what address, which events (`*` or names joined by spaces), and its sealed secrets.

    A webhook has up to two valid secrets while one takes over from the other: `previous_secret` holds until `previous_until`.
    """

    __tablename__ = "outbox_subscription"
    __table_args__ = table_args(
        one_of("channel", CHANNELS),
        one_of("state", SUBSCRIPTION_STATES),
        CheckConstraint("(previous_secret IS NULL) = (previous_until IS NULL)", name="previous_secret_is_dated"),
    )

    id: int | None = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id", index=True)
    channel: str = Field(max_length=20)
    address: str = Field(max_length=500)
    events: str = Field(default="*", sa_type=Text)
    state: str = Field(max_length=20, default="active")
    secret: str | None = Field(default=None, max_length=300)
    previous_secret: str | None = Field(default=None, max_length=300)
    previous_until: datetime | None = Field(default=None, sa_type=Moment)
    made_at: datetime = Field(sa_type=Moment)
    made_by: int | None = Field(default=None, foreign_key="account.id")


class Delivery(SQLModel, table=True):
    """One event on its way to one subscription. Its `reference` stays the same however often it is sent.

    `attempts` counts all, `tries` those since it was last given up and sent anew.
    """

    __tablename__ = "outbox_delivery"
    __table_args__ = table_args(
        UniqueConstraint("event_id", "subscription_id"),
        one_of("state", DELIVERY_STATES),
        CheckConstraint("tries >= 0 AND attempts >= tries", name="attempts_counted"),
        Index("ix_outbox_delivery_due", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="outbox_event.id")
    subscription_id: int = Field(foreign_key="outbox_subscription.id", index=True)
    reference: str = Field(max_length=60, unique=True)
    state: str = Field(max_length=20, default="waiting")
    attempts: int = 0
    tries: int = 0
    due_at: datetime = Field(sa_type=Moment)
    begun_at: datetime | None = Field(default=None, sa_type=Moment)
    delivered_at: datetime | None = Field(default=None, sa_type=Moment)


class DeliveryAttempt(SQLModel, table=True):
    """One try: written before anything is sent, closed with what came of it. `answer` is a short code, never a body."""

    __tablename__ = "outbox_attempt"
    __table_args__ = table_args(UniqueConstraint("delivery_id", "number"), one_of("outcome", OUTCOMES, optional=True))

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="outbox_delivery.id", index=True)
    number: int
    begun_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    outcome: str | None = Field(default=None, max_length=20)
    answer: str = Field(default="", max_length=200)


class ReceivedEvent(SQLModel, table=True):
    """An event that came in from outside, known by its sender's id: taken in once, however often it is sent."""

    __tablename__ = "outbox_received"
    __table_args__ = table_args(UniqueConstraint("source", "event_code"))

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=40)
    event_code: str = Field(max_length=120)
    digest: str = Field(max_length=64)
    received_at: datetime = Field(sa_type=Moment)


class PulledRecord(SQLModel, table=True):
    """A platform's record as it stood at its newest version that came in; `record` is JSON in our own names.

    `version` grows with each change there; an older version that comes late changes nothing.
    """

    __tablename__ = "outbox_pulled_record"
    __table_args__ = table_args(UniqueConstraint("source", "resource", "remote_id"), one_of("state", PULLED_STATES))

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=40)
    resource: str = Field(max_length=20)
    remote_id: str = Field(max_length=80)
    version: str = Field(max_length=60)
    record: str = Field(sa_type=Text)
    state: str = Field(max_length=20)
    reason: str = Field(default="", max_length=60)
    pulled_at: datetime = Field(sa_type=Moment)


class PullCursor(SQLModel, table=True):
    """How far the records of a platform were pulled."""

    __tablename__ = "outbox_pull_cursor"
    __table_args__ = table_args(UniqueConstraint("source", "resource"))

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=40)
    resource: str = Field(max_length=20)
    cursor: str = Field(default="", max_length=200)
    moved_at: datetime = Field(sa_type=Moment)
