"""How an entry of the trail is encoded and linked: canonical JSON, SHA-256. Pure, with golden vectors in its tests.

    digest = SHA-256( previous digest (64 hex, ASCII) + "\\n" + canonical JSON of the entry (UTF-8) )

Canonical JSON: keys sorted, no spaces, non-ASCII kept, moments as ISO 8601 in UTC with microseconds and `+00:00`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True)
class Link:
    """What one entry says, without its digests; `detail` is canonical JSON text."""

    number: int
    at: datetime
    account_id: int | None
    organisation_id: int | None
    act: str
    subject_kind: str
    subject_id: str
    detail: str


def canonical(values: Mapping[str, Any]) -> str:
    """The one JSON text of a mapping of plain values."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(link: Link, previous_digest: str) -> str:
    """The digest that chains a link to the one before it."""
    values = asdict(link) | {"at": link.at.astimezone(UTC).isoformat(timespec="microseconds")}
    return hashlib.sha256(f"{previous_digest}\n{canonical(values)}".encode()).hexdigest()


def first_break(entries: Iterable[tuple[Link, str, str]]) -> int | None:
    """The number of the first entry (link, previous digest, digest) that does not follow from the one before, if any."""
    expected_number, expected_previous = 1, GENESIS
    for link, previous_digest, digest in entries:
        sound = (
            link.number == expected_number
            and previous_digest == expected_previous
            and digest == digest_of(link, previous_digest)
        )
        if not sound:
            return link.number
        expected_number, expected_previous = link.number + 1, digest
    return None
