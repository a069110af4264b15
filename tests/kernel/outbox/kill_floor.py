"""One delivery pass in a process of its own, which can be killed at any numbered point: each write, commit, and around each send."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kernel.outbox.delivering import PostOffice, deliver_due
from kernel.outbox.letters import Letter, Post, TryResult
from kernel.outbox.webhooks import WebhookChannel
from tests.kernel.outbox.post import BOX, NOW
from tests.settlement.killing import KilledBooks, Tick, opened


@dataclass(frozen=True)
class TickingChannel:
    """A webhook channel with a point before and after each send."""

    tick: Tick

    def send(self, letter: Letter, *, at: datetime) -> TryResult:
        self.tick()
        answer = WebhookChannel(local=True).send(letter, at=at)
        self.tick()
        return answer


@dataclass(frozen=True)
class DeliveringAct:
    """A pass over what is due."""

    books: KilledBooks

    def play(self, tick: Tick, *, minutes: int = 0) -> None:
        office = PostOffice(Post({"webhook": TickingChannel(tick)}), BOX)
        with opened(self.books, tick) as db:
            deliver_due(db, office, now=lambda: NOW + timedelta(minutes=minutes))
            tick()
