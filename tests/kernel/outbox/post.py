"""A party with a channel and a post office for tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.outbox import subscriptions
from kernel.outbox.delivering import PostOffice, deliver_due
from kernel.outbox.letters import Channel, Post
from kernel.outbox.mail import MailChannel, MailServer
from kernel.outbox.models import Delivery, DeliveryAttempt, OutboxEvent
from kernel.outbox.secret_box import SecretBox
from kernel.outbox.service import publish
from kernel.outbox.subscriptions import WithSecret
from kernel.outbox.texts import EventWords, declare
from kernel.outbox.webhooks import WebhookChannel

NOW = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)
BOX = SecretBox("a key for tests that nobody else uses, 40+")
TOLD = declare(EventWords("test.told", Text("第 {week} 周", "Week {week}"), Text("在 {room}", "In {room}")))


@dataclass
class Hand:
    """The clock of a test, moved by hand."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: int) -> None:
        self.at += timedelta(**span)


@dataclass
class Desk:
    """A post office with its clock."""

    db: Session
    hand: Hand = field(default_factory=Hand)
    smtp_port: int = 0
    resolve: Callable[[str, int], list[str]] | None = None

    @property
    def office(self) -> PostOffice:
        webhook = WebhookChannel(local=True, **({"resolve": self.resolve} if self.resolve else {}))  # type: ignore[arg-type]
        channels: dict[str, Channel] = {"webhook": webhook}
        if self.smtp_port:
            channels["mail"] = MailChannel(MailServer("127.0.0.1", self.smtp_port, "yinqi@pds.gov.cn", security="none"))
        return PostOffice(Post(channels), BOX)

    def deliver(self) -> dict[str, int]:
        """One pass; only what happened."""
        return {name: count for name, count in deliver_due(self.db, self.office, now=self.hand).items() if count}

    def states(self) -> list[str]:
        self.db.expire_all()
        return list(self.db.exec(select(Delivery.state).order_by(col(Delivery.id))))

    def tries(self) -> list[tuple[int, str | None, str]]:
        query = select(DeliveryAttempt).order_by(col(DeliveryAttempt.delivery_id), col(DeliveryAttempt.number))
        return [(one.number, one.outcome, one.answer) for one in self.db.exec(query)]


def subscribe(db: Session, by: Caller, address: str, channel: str = "webhook", **options: Any) -> WithSecret:
    given = {"events": (), "box": BOX, "local": True, "at": NOW} | options

    def work(db: Session) -> WithSecret:
        return subscriptions.add_channel(db, by, channel=channel, address=address, **given)

    return database.write(db, work)


def tell(db: Session, party_id: int, *, week: int = 43, at: datetime = NOW) -> OutboxEvent:
    facts = {"week": week, "room": "三号厅"}
    return database.write(
        db, lambda db: publish(db, "test.told", party_id=party_id, subject=("session", 7), facts=facts, at=at)
    )
