"""Receivers that misbehave on request: a real HTTP server and a real SMTP server, each in a thread of the test."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Call:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def reference(self) -> str:
        return self.headers.get("webhook-id", "")


@dataclass
class Receiver:
    """An HTTP receiver that keeps an inbox by message id, as receivers of webhooks must.

    `manners` are taken one a request, the last for ever: a status, `slow` (acts, then never answers), `drop` (acts, then hangs up),
    `500 after effect`, `drip` (a header a second), `redirect`.
    """

    manners: list[Any] = field(default_factory=lambda: [200])
    calls: list[Call] = field(default_factory=list)
    effects: dict[str, bytes] = field(default_factory=dict)
    port: int = 0
    retry_after: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def next_manner(self) -> Any:
        return self.manners.pop(0) if len(self.manners) > 1 else self.manners[0]

    def act(self, call: Call) -> None:
        """The effect, once per id."""
        self.effects.setdefault(call.reference, call.body)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            call = Call(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            receiver.calls.append(call)
            self._behave(receiver.next_manner(), call)

        def _behave(self, manner: Any, call: Call) -> None:
            if manner in (200, "500 after effect", "slow", "drop", "drip"):
                receiver.act(call)
            if manner == "slow":
                time.sleep(1.5)
            if manner in ("slow", "drop"):
                self.close_connection = True
                return
            if manner == "drip":
                self._drip()
                return
            self.send_response({"500 after effect": 500, "redirect": 302}.get(manner, manner))
            if manner == "redirect":
                self.send_header("Location", receiver.url + "/elsewhere")
            if receiver.retry_after:
                self.send_header("Retry-After", receiver.retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _drip(self) -> None:
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                for number in range(60):
                    self.wfile.write(f"X-Slow-{number}: 1\r\n".encode())
                    self.wfile.flush()
                    time.sleep(0.2)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: Any) -> None: ...

    return Handler


@contextmanager
def http_receiver(*manners: Any) -> Iterator[Receiver]:
    """A receiver that behaves well unless told otherwise."""
    receiver = Receiver(list(manners) or [200])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Postbox:
    """What an SMTP server took in. `manners`: `ok`, a code for RCPT (`550`, `451`), or `drop after data` (takes it, hangs up)."""

    manners: list[str] = field(default_factory=lambda: ["ok"])
    mails: list[bytes] = field(default_factory=list)
    port: int = 0

    def next_manner(self) -> str:
        return self.manners.pop(0) if len(self.manners) > 1 else self.manners[0]


def _smtp_handler(postbox: Postbox) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

        def handle(self) -> None:
            manner = postbox.next_manner()
            self.say("220 test")
            while line := self.rfile.readline():
                verb = line[:4].upper().strip()
                if verb == b"DATA":
                    self.say("354 go on")
                    postbox.mails.append(self._text())
                    if manner == "drop after data":
                        return
                    self.say("250 taken")
                elif verb == b"RCPT" and manner.isdigit():
                    self.say(f"{manner} not this one")
                elif verb == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def _text(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line[1:] if line.startswith(b"..") else line)
            return b"".join(lines)

    return Handler


@contextmanager
def smtp_receiver(*manners: str) -> Iterator[Postbox]:
    """A mail server that takes everything unless told otherwise."""
    postbox = Postbox(list(manners) or ["ok"])
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _smtp_handler(postbox))
    server.daemon_threads = True
    postbox.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield postbox
    finally:
        server.shutdown()
        server.server_close()
