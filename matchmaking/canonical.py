"""The canonical form of a market's rows: sorted by id, amounts in fen, sets sorted, one JSON text, whatever the file said."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from matchmaking.matching.market import Bank, Market, Product, Request

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"


def canonical_json(content: Json) -> bytes:
    """Sorted keys, no spaces, characters as they are, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(value: object) -> Json:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    assert value is None or isinstance(value, bool | int | str)
    return value


def _row(row: Bank | Product | Request) -> Json:
    return {field.name: _plain(getattr(row, field.name)) for field in fields(row)}


def canonical_rows(market: Market) -> dict[str, bytes]:
    """Each list of the market as canonical bytes; blocks and refusals only if there are any."""
    ordered = market.in_order()
    lists: dict[str, list[Json]] = {
        "banks": [_row(bank) for bank in ordered.banks],
        "products": [_row(product) for product in ordered.products],
        "requests": [_row(request) for request in ordered.requests],
    }
    for name, pairs in (("blocks", market.blocks), ("refusals", market.refusals)):
        if pairs:
            lists[name] = [list(pair) for pair in sorted(pairs)]
    return {name: canonical_json(rows) for name, rows in lists.items()}


def digests(rows: Mapping[str, bytes]) -> dict[str, str]:
    """Hex SHA-256 of each list."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in rows.items()}


def derived_salt(seed: bytes, rows: Mapping[str, bytes]) -> bytes:
    """A secret that only a holder of all inputs can make: the published digests and seed do not give it away."""
    content = b"\n".join(name.encode() + b":" + rows[name] for name in sorted(rows))
    return hmac.new(b"yinqi session salt|" + seed, content, hashlib.sha256).digest()
