"""One text for one meaning: what digests of policies are taken over."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal

from kernel.bilingual import Text


def digest(content: object) -> str:
    """Hex SHA-256 of the canonical text."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def canonical(content: object) -> str:
    """JSON with sorted keys and exact numbers as plain text; 0.010 and 0.01 are one rate.

    What is not said (an absent note, an empty list of choices) is left out, so that a new optional key of the format
    leaves the digests of old policies alone.
    """
    return json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(content: object) -> object:
    if content is None or isinstance(content, str | int):
        return content
    if isinstance(content, Decimal):
        return f"{content.normalize():f}"
    if isinstance(content, date):
        return content.isoformat()
    if isinstance(content, Text):
        return [content.zh, content.en]
    return _compound(content)


def _compound(content: object) -> object:
    if is_dataclass(content):
        said = {field.name: getattr(content, field.name) for field in fields(content) if field.compare}
        return {name: _plain(one) for name, one in said.items() if one is not None and one not in ((), {})}
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, Iterable):
        return [_plain(value) for value in content]
    raise TypeError(f"no canonical form for {type(content).__name__}")
