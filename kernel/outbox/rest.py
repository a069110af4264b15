"""The generic REST connector: pushes records to a platform and pulls them from it, mapped field by field.

A push that may have arrived is asked about before it is sent again. Every push carries its reference as Idempotency-Key.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from kernel.errors import Refused
from kernel.outbox.addresses import AddressRefused, Resolve, look_up, target_of
from kernel.outbox.connectors import Connector, Entrance, PullRule, PushRule
from kernel.outbox.field_maps import FieldUnreadable, Plain, found_in
from kernel.outbox.letters import Letter, TryResult
from kernel.outbox.pinned import AnswerLost, NotReached, call
from kernel.outbox.webhooks import answer_of

MOST_PAGES = 100
FOUND, ABSENT = 200, 404


class PlatformUnreadable(Refused):
    """A platform's answer cannot be used; nothing of it was taken in."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "platform_unreadable", f"平台的答复不能用：{why}", f"The platform's answer cannot be used: {why}"
        )
        self.why = why


@dataclass(frozen=True)
class PulledItem:
    """One record of a platform as we read it; `content` is what it sent, to tell a changed one from a repeated one."""

    id: str
    version: str
    record: Mapping[str, Plain]
    content: bytes
    fault: str = ""  # the field that cannot be read; the record is empty then


@dataclass(frozen=True)
class Platform:
    """A connector with its entrance. `local` allows 127.0.0.1 and plain http, for tests and development."""

    connector: Connector
    entrance: Entrance
    local: bool = False
    resolve: Resolve = look_up

    def call(
        self, method: str, path: str, *, body: bytes | None = None, reference: str = ""
    ) -> tuple[int, Mapping[str, str], bytes]:
        """One request, with our token; NotReached, AnswerLost or AddressRefused."""
        target = target_of(self.entrance.url.rstrip("/") + path, local=self.local, resolve=self.resolve)
        headers = {"Authorization": f"Bearer {self.entrance.token}", "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": reference}
        return call(method, target, headers=headers, body=body)

    def push(self, rule: PushRule, reference: str, record: Mapping[str, Plain], *, unsure: bool) -> TryResult:
        """Send a record, unless it turns out that it arrived before."""
        try:
            if unsure and rule.enquire and self._has(rule, reference, record):
                return TryResult("delivered", "enquired")
            body = json.dumps(
                rule.fields.written({**record, "reference": reference}), ensure_ascii=False, sort_keys=True
            ).encode()
            path = _filled(rule.path, reference, record)
            status, headers, _ = self.call(rule.method, path, body=body, reference=reference)
        except AddressRefused as error:
            return TryResult("refused", error.code, final=error.code != "host_unknown")
        except NotReached as error:
            return TryResult("unknown" if unsure else "refused", f"not_reached:{error}")
        except AnswerLost as error:
            return TryResult("unknown", f"no_answer:{error}")
        return answer_of(status, headers.get("Retry-After"))

    def _has(self, rule: PushRule, reference: str, record: Mapping[str, Plain]) -> bool:
        """Whether the platform holds what this push brought; AnswerLost when it cannot be told."""
        status, _, content = self.call("GET", _filled(rule.enquire, reference, record))
        if status == ABSENT:
            return False
        if status != FOUND:
            raise AnswerLost(f"enquiry:{status}")
        return bool(found_in(_json(content), rule.seen) == reference)

    def pages(self, rule: PullRule, cursor: str) -> Iterator[tuple[list[PulledItem], str]]:
        """Pages of records after a cursor, each with the cursor behind it."""
        for _ in range(MOST_PAGES):
            query = urlencode({rule.cursor: cursor}) if cursor else ""
            status, _, content = self.call("GET", rule.path + (f"?{query}" if query else ""))
            if status != FOUND:
                raise AnswerLost(f"page:{status}")
            page = _json(content)
            items = found_in(page, rule.items)
            if not isinstance(items, list):
                raise PlatformUnreadable(rule.items)
            following = str(found_in(page, rule.next_cursor) or "")
            yield [item_of(rule, one) for one in items], following
            if not following or following == cursor:
                return
            cursor = following


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise PlatformUnreadable("JSON") from None


def item_of(rule: PullRule, raw: Any) -> PulledItem:
    """One record of a platform as the rule reads it; PlatformUnreadable where it has no id or version."""
    code, version = found_in(raw, rule.id), found_in(raw, rule.version)
    if not code or not version:
        raise PlatformUnreadable(rule.id)
    content = json.dumps(raw, ensure_ascii=False, sort_keys=True).encode()
    try:
        return PulledItem(str(code), str(version), rule.fields.read(raw), content)
    except FieldUnreadable as error:
        return PulledItem(str(code), str(version), {}, content, error.name)


def _filled(path: str, reference: str, record: Mapping[str, Plain]) -> str:
    values = {name: quote(str(value), safe="") for name, value in record.items() if value is not None}
    return path.format(**values | {"reference": quote(reference, safe="")})


@dataclass(frozen=True)
class PlatformChannel:
    """Letters to platforms: the address of the channel is the platform's name, the event decides what is pushed."""

    platforms: Mapping[str, Platform]

    def send(self, letter: Letter, *, at: datetime) -> TryResult:
        platform = self.platforms.get(letter.address)
        rule = platform.connector.pushes.get(letter.event) if platform else None
        if platform is None or rule is None:
            return TryResult("refused", "no_connector", final=True)
        return platform.push(rule, letter.reference, letter.facts, unsure=letter.unsure)


MESSAGE = "message"  # the push of a connector that sends text messages


@dataclass(frozen=True)
class TextMessageChannel:
    """Letters as text messages, by a connector whose push is called `message`; it maps `phone` and `text`."""

    platform: Platform

    def send(self, letter: Letter, *, at: datetime) -> TryResult:
        title, body = letter.told
        record = {"phone": letter.address, "text": f"{title.zh}。{body.zh}", "reference": letter.reference}
        return self.platform.push(
            self.platform.connector.pushes[MESSAGE], letter.reference, record, unsure=letter.unsure
        )
