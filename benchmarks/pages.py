"""How fast pages come: `python -m benchmarks.pages [quick|full]`.

The demonstration city and the same with ten times the loans and enterprises (300,000 loans a quarter, 4,000 enterprises) are
served by one process. Every page that an office reaches by links is asked for in turn in both, and after each a bare page for
the same person in the larger city: the person's own account, which is the shell and little else. What counts is the first byte,
as the median of the rounds' ratios. A page that keeps what it has worked out is measured after one look, as its second reader
finds it. Cities are kept below the temporary folder for the next run; without them, a run loads them first. `quick` asks three
times instead of five.
"""

import http.client
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks.figure import Figure, main
from benchmarks.walking import PEOPLE, Answer, walk
from config import log, migrating
from config.app import create_app
from config.demonstration import write_city
from config.demonstration.loading.city import PRESENT, steps
from config.demonstration.loading.parties import PASSWORD
from config.settings import Settings

SCALES = (1, 10)
BARE = "/account"
RUNS = {"quick": 3, "full": 5}
KEPT = Path(tempfile.gettempdir()) / "yinqi-pages"


class Quiet(WSGIRequestHandler):
    """A server that does not tell of every request."""

    def log(self, *_: object) -> None:
        return None


def city(scale: int) -> Settings:
    """The settings of a loaded city of some scale; made on the first run, which takes minutes."""
    folder = KEPT / f"x{scale}"
    settings = Settings(
        data_dir=folder, secret_key="k" * 40, demonstration=True, clock_offset=PRESENT - datetime.now(UTC)
    )
    if not (folder / "loaded").exists():
        shutil.rmtree(folder, ignore_errors=True)
        write_city(folder / "city", scale=scale)
        migrating.upgrade(settings.books_url)
        for step in steps(create_app(settings), folder / "city"):
            step.run()
        (folder / "loaded").touch()
    migrating.upgrade(settings.books_url)
    return settings


@dataclass
class Visitor:
    """One person's browser: a connection that stays open, and a cookie."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)

    def ask(self, address: str, form: dict[str, str] | None = None) -> tuple[Answer, float, str]:
        """The answer, the seconds to its first byte, and where it leads: a page that is still at work leads to itself."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self._wire.request("GET" if form is None else "POST", address, urlencode(form) if form else None, headers)
        answer = self._wire.getresponse()
        first = time.perf_counter() - began
        for given in answer.msg.get_all("Set-Cookie") or ():
            name, _, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        kind, body = answer.getheader("Content-Type") or "", answer.read()
        text = body.decode() if kind.startswith("text/html") else ""
        leads_to = address if answer.getheader("Refresh") else answer.getheader("Location") or ""
        return Answer(answer.status, kind, text), first, leads_to

    def sign_in(self, username: str) -> "Visitor":
        page, _, _ = self.ask("/sign-in")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None
        answer, _, _ = self.ask("/sign-in", {"username": username, "password": PASSWORD, "csrf_token": token[1]})
        assert answer.status == 302, (username, answer.status)
        return self

    def get(self, address: str) -> Answer:
        """A page; where it leads to another one, that is a page of its own."""
        answer, _, leads_to = self.ask(address)
        while leads_to:
            answer, _, leads_to = self.ask(leads_to)
        return answer


@contextmanager
def served(scale: int) -> Iterator[tuple[Flask, int]]:
    """A city behind a port of this machine."""
    app = create_app(city(scale))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app, server.port
    server.shutdown()
    thread.join()


@dataclass(frozen=True)
class Timed:
    """A page of one office: each round's seconds to the first byte in the smaller and the larger city, and the bare page's there."""

    endpoint: str
    office: str
    rounds: tuple[tuple[float, float, float], ...]

    @property
    def name(self) -> str:
        return f"{self.endpoint} as {self.office}"

    @property
    def large(self) -> float:
        return statistics.median(large for _small, large, _bare in self.rounds)

    @property
    def bare(self) -> float:
        return statistics.median(bare for _small, _large, bare in self.rounds)

    @property
    def small(self) -> float:
        return statistics.median(small for small, _large, _bare in self.rounds)

    @property
    def over_bare(self) -> float:
        """In the larger city, which is where it must hold; the median of the rounds, whose parts a busy machine slows alike."""
        return statistics.median(large / bare for _small, large, bare in self.rounds)

    @property
    def growth(self) -> float:
        return statistics.median(large / small for small, large, _bare in self.rounds)


Known = set[tuple[str, str]]


def _reached(app: Flask, visitor: Visitor) -> dict[str, str]:
    found = walk(app.url_map, visitor.get)
    return {one.endpoint: one.address for one in found if one.answer.status == 200 and one.address != BARE}


def _measured(places: list[tuple[Flask, int]], who: str, known: Known, runs: int) -> Iterator[Timed]:
    """The pages that nobody of the same office has reached before, in both cities."""
    office = who.partition(".")[0]
    visitors = [Visitor(port).sign_in(who) for _, port in places]
    small, large = (_reached(app, visitor) for (app, _), visitor in zip(places, visitors, strict=True))
    for endpoint in sorted(small.keys() & large.keys()):
        if (endpoint, office) not in known:
            works = [(visitors[0], small[endpoint]), (visitors[1], large[endpoint]), (visitors[1], BARE)]
            rounds = ([visitor.ask(address)[1] for visitor, address in works] for _ in range(runs))
            yield _told(Timed(endpoint, office, tuple((one, two, three) for one, two, three in rounds)))


def _told(one: Timed) -> Timed:
    """Each page is told as it comes, so that a run that is broken off has not been for nothing."""
    print(
        f"{one.name:44} {one.small * 1000:8.1f} {one.large * 1000:8.1f} ms  ÷ bare {one.over_bare:6.1f}  ×10 {one.growth:5.2f}",
        file=sys.stderr,
        flush=True,
    )
    return one


def _all_pages(runs: int) -> list[Timed]:
    found: list[Timed] = []
    with served(SCALES[0]) as first, served(SCALES[1]) as second:
        for who in PEOPLE:
            found += _measured([first, second], who, {(one.endpoint, one.office) for one in found}, runs)
    return found


def figures(scale: str) -> Iterator[Figure]:
    log.set_up(stream_is_terminal=False, level=50)
    pages = sorted(_all_pages(RUNS[scale]), key=lambda one: one.over_bare)
    slowest, middle = pages[-1], pages[len(pages) // 2]
    late = [f"{one.name} {one.over_bare:.2g}" for one in reversed(pages) if one.over_bare > 8]
    note = f"seconds to the first byte in the city × 10, {len(pages)} pages; over the bar: {', '.join(late) or 'none'}"
    yield _at_most(
        f"slowest page ({slowest.name}) ÷ a bare one", slowest.large, slowest.bare, slowest.over_bare, 8, note
    )
    yield _at_most(
        f"median page ({middle.name}) ÷ a bare one", middle.large, middle.bare, middle.over_bare, 4, "seconds"
    )
    most = max(pages, key=lambda one: one.growth)
    grown = sorted((one for one in pages if one.growth > 1.5), key=lambda one: -one.growth)
    note = f"over the bar: {', '.join(f'{one.name} {one.growth:.2g}' for one in grown) or 'none'}"
    yield _at_most(f"× 10 data: the page that grows most ({most.name})", most.large, most.small, most.growth, 1.5, note)


def _at_most(name: str, ours: float, peer: float, ratio: float, bar: float, note: str) -> Figure:
    """As `at_most`, with the median of the rounds' ratios for the ratio."""
    return Figure(name, ours, peer, ratio, f"≤ {bar:g}", ratio <= bar, note)


if __name__ == "__main__":
    main("benchmarks.pages", figures)
