"""What goes out: one event, in words, under a fixed reference, to one address; and what came of a try. Plain values only."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from kernel.bilingual import Text
from kernel.outbox.texts import words_of


@dataclass(frozen=True)
class Attachment:
    """A file that travels with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One message, the same bytes at every try; `keys` sign it where the channel signs.

    `unsure`: an earlier try may have arrived; a channel that can ask the receiver does so before it sends again.
    """

    reference: str
    channel: str
    address: str
    event: str
    party_id: int
    subject_kind: str
    subject_id: int
    facts: Mapping[str, Any]
    made_at: datetime
    keys: tuple[str, ...] = ()
    unsure: bool = False
    attachments: tuple[Attachment, ...] = ()

    @property
    def told(self) -> tuple[Text, Text]:
        """Subject and body in both languages."""
        return words_of(self.event).told(self.facts)

    @property
    def body(self) -> bytes:
        """The event as JSON, in the envelope of Standard Webhooks."""
        title, text = self.told
        content = {
            "type": self.event,
            "timestamp": self.made_at.isoformat(),
            "data": {
                "subject": {"kind": self.subject_kind, "id": self.subject_id},
                "facts": dict(self.facts),
                "title": title._asdict(),
                "text": text._asdict(),
            },
        }
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class TryResult:
    """What came of a try: an outcome of the workflow, a short code for the record, and what the receiver asked for.

    `final`: trying again would change nothing.
    """

    outcome: str
    answer: str
    retry_after: str | None = None
    final: bool = False


class Channel(Protocol):
    """A way out. It never raises for what the other side does, and knows whether a failed try may have had an effect."""

    def send(self, letter: Letter, *, at: datetime) -> TryResult:
        """Try once."""


Attach = Callable[[Letter], tuple[Attachment, ...]]


@dataclass(frozen=True)
class Post:
    """Every way out that is set up here, by channel; a channel without one holds its letters until there is one."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
