"""Check a receipt with nothing but the standard library and the verifier beside it: from the statement up to the published checkpoint."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from settlement.seal.verifier import BROKEN, LINK, SEAL, Break, Row, canonical, differ, sha

RECEIPT = "yinqi receipt 1"


def verify_receipt(path: Path, published: str | None = None) -> list[Any]:
    """Everything that does not hold in a receipt, and against published checkpoints; an empty list where all holds."""
    name, content = path.name, path.read_bytes()
    try:
        said = json.loads(content)
        if canonical(said).encode() != content:
            return [Break(name, "", "", "不是下载时的写法", "is not written as it was handed out")]
        return list(_breaks(name, said, published))
    except BROKEN as error:
        return [Break(name, "", "", f"读不出：{error!r}"[:90], f"cannot be read: {error!r}"[:90])]


def _breaks(name: str, said: Row, published: str | None) -> Iterator[Any]:
    yield from differ(name, "", said, {"format": RECEIPT})
    yield from differ(
        name, "", {"keys": sorted(said)}, {"keys": ["checkpoint", "entry", "format", "path", "statement"]}
    )
    yield from _statement(name, json.loads(said["statement"]))
    yield from _entry(name, said)
    yield from _checkpoint(name, said["checkpoint"], said["entry"], published)


def _statement(name: str, one: Row) -> Iterator[Any]:
    """Digest, lines and shares of the statement."""
    place, amount = f"{one['number']} r{one['revision']}", one["amount"]
    yield from differ(name, place, one, {"digest": sha(one["explanation"])})
    for part in ("lines", "shares") if amount is not None else ():
        total = sum(each["amount"] for each in one[part])
        yield from differ(name, place, {f"{part}.amount": total}, {f"{part}.amount": amount})


def _entry(name: str, said: Row) -> Iterator[Any]:
    """The statement is one of those that the entry stands for, and the entry's digest is its own."""
    entry, root = said["entry"], _root(said["statement"], said["path"])
    yield from differ(name, "entry", entry, {"act": SEAL})
    yield from differ(name, "entry", json.loads(entry["detail"]), {"statements": root}, "detail")
    text = canonical({field: entry[field] for field in LINK})
    yield from differ(name, "entry", entry, {"digest": sha(f"{entry['previous_digest']}\n{text}")})


def _checkpoint(name: str, checkpoint: Row, entry: Row, published: str | None) -> Iterator[Any]:
    """The checkpoint is of the entry; every published one of that number is the same line, and there is one."""
    yield from differ(name, "checkpoint", checkpoint, {"number": entry["number"], "digest": entry["digest"]})
    if published is None:
        return
    known = [one for one in map(json.loads, published.splitlines()) if one["number"] == checkpoint["number"]]
    yield from differ(name, "checkpoint", {"published": bool(known)}, {"published": True})
    for one in known:
        yield from differ(name, "checkpoint", checkpoint, one)


def _root(statement: str, steps: list[list[str]]) -> str:
    """From the statement's text over its neighbours' digests to the root (RFC 6962)."""
    found = hashlib.sha256(b"\x00" + statement.encode()).digest()
    for side, other in steps:
        pair = bytes.fromhex(other) + found if side == "left" else found + bytes.fromhex(other)
        found = hashlib.sha256(b"\x01" + pair).digest()
    return found.hex()
