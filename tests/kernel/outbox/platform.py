"""A platform that misbehaves on request: it keeps what is pushed, answers enquiries and hands out pages of records."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from config.settings import HERE
from kernel.outbox.connectors import Entrance, load_connectors
from kernel.outbox.rest import Platform


@dataclass
class FakeProvince:
    """`manners` of pushes, one a request: `ok`, `500 after effect`, `500 before`, `slow` (acts, never answers).

    What is pushed counts once per Idempotency-Key only if `knows_keys`; else every push is one more effect.
    """

    manners: list[str] = field(default_factory=lambda: ["ok"])
    knows_keys: bool = False
    effects: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    port: int = 0

    @property
    def platform(self) -> Platform:
        return self.as_platform("provincial")

    def as_platform(self, name: str) -> Platform:
        connector = load_connectors(HERE / "connectors")[name]
        return Platform(connector, Entrance(f"http://127.0.0.1:{self.port}", "t0ken"), local=True)

    def next_manner(self) -> str:
        return self.manners.pop(0) if len(self.manners) > 1 else self.manners[0]

    def act(self, key: str, record: dict[str, Any]) -> None:
        if not (self.knows_keys and any(one == key for one, _ in self.effects)):
            self.effects.append((key, record))

    def last(self, code: str) -> dict[str, Any] | None:
        found = [record for _, record in self.effects if code in [str(value) for value in record.values()]]
        return found[-1] if found else None


def _handler(province: FakeProvince) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            record = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            province.tokens.append(self.headers["Authorization"])
            manner = province.next_manner()
            if manner != "500 before":
                province.act(self.headers["Idempotency-Key"], record)
            if manner == "slow":
                time.sleep(1)
                self.close_connection = True
                return
            self.answer(500 if manner.startswith("500") else 200, {})

        do_POST = do_PUT  # noqa: N815 - the name is http.server's

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            province.asked.append(self.path)
            cursor = parse_qs(parts.query).get("cursor", [""])[0]
            if parts.path in province.pages:
                pages = province.pages[parts.path]
                self.answer(200, pages.get(cursor, {"data": {"list": [], "nextCursor": None}}))
                return
            record = province.last(parts.path.rsplit("/", 1)[1])
            self.answer(200 if record else 404, {"data": record, "result": record, **(record or {})})

        def answer(self, status: int, content: Any) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    return Handler


@contextmanager
def province(*manners: str, knows_keys: bool = False) -> Iterator[FakeProvince]:
    made = FakeProvince(list(manners) or ["ok"], knows_keys)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    server.daemon_threads = True
    made.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


CONNECTORS = Path(HERE) / "connectors"


def need(code: str, version: int, amount: str = "300", **changes: Any) -> dict[str, Any]:
    return {"needCode": code, "versionNo": version, "entCreditCode": "91410402MA0000002Y", "amount": amount,
            "termMonths": 12, "rateCeiling": "4.80", "purpose": "equipment", "guaranteeTypes": ["04", "01"]} | changes  # fmt: skip
