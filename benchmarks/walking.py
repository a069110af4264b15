"""Find the pages of a served city by their links, as one person: one address for each endpoint, as tests and measurements need them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

PEOPLE = (
    "finance.operator",
    "finance.reviewer",
    "finance.cashier",
    "renhang.central_bank_officer",
    "shahe.maker",
    "shahe.product_manager",
    "hengrun.owner",
    "jinrong.organiser",
    "gongxin.industry_officer",
    "zhanhe.county_officer",
)
NO_PAGES = ("/api/", "/static/", "/vendor/")


@dataclass(frozen=True)
class Answer:
    """What a server answered: the status, the content type, the text."""

    status: int
    kind: str
    text: str


@dataclass(frozen=True)
class Reached:
    """A page that was reached: its endpoint, the address, and what it answered."""

    endpoint: str
    address: str
    answer: Answer


Get = Callable[[str], Answer]


class _Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and "download" not in given and given.get("href"):
            self.found.append(given["href"] or "")


def links_of(html: str, address: str) -> Iterator[str]:
    """The addresses on this server that a page leads to."""
    for href in _Links(html).found:
        target = urldefrag(urljoin(address, href)).url
        if not urlsplit(target).netloc and target.startswith("/"):
            yield target


def endpoint_of(urls: Map, address: str) -> str | None:
    """The page endpoint behind an address; None for the API, files and unknown paths."""
    path = urlsplit(address).path
    try:
        endpoint, _arguments = urls.bind("x").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return None if path.startswith(NO_PAGES) else str(endpoint)


def walk(urls: Map, get: Get, start: str = "/") -> Iterator[Reached]:
    """Every page that can be reached by links from `start`, one address for each endpoint; redirects are followed by `get`."""
    waiting, seen = [start], set()
    while waiting:
        address = waiting.pop(0)
        endpoint = endpoint_of(urls, address)
        if endpoint is None or endpoint in seen:
            continue
        seen.add(endpoint)
        answer = get(address)
        if answer.kind.startswith("text/html"):
            yield Reached(endpoint, address, answer)
            waiting += links_of(answer.text, address)
