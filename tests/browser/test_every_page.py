"""Every page, as each role reaches it by links: nothing for axe to find, no sideways scrolling, no request that leaves the machine.

`make test` looks at each page of each role in one language and width, drawn from a printed seed; `make test-full` in all four.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request
from werkzeug.exceptions import HTTPException

from config.demonstration.loading.parties import PASSWORD
from tests.browser.conftest import Served
from tests.seeds import is_full, seeded

pytestmark = pytest.mark.browser

PEOPLE = (
    "",
    "finance.operator",
    "renhang.central_bank_officer",
    "shahe.maker",
    "shahe.checker",
    "shahe.product_manager",
    "hengrun.owner",
    "jinrong.organiser",
)
SCREENS = (("zh", 1440), ("en", 1440), ("zh", 390), ("en", 390))
LINK = re.compile(r"<a\b(?![^>]*\bdownload\b)[^>]*\bhref=\"([^\"]+)\"")
MOST_PAGES = 60


@dataclass
class Walk:
    """What one person's walk through the service came upon."""

    base: str
    seen: dict[str, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def note_request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.troubles.append(f"left the machine: {request.url}")


def endpoint_of(served: Served, path: str) -> str | None:
    """The page endpoint behind a path; None for the API, files and unknown paths."""
    try:
        endpoint, _args = served.app.url_map.bind("x").match(path, method="GET")
    except HTTPException:
        return None
    return None if path.startswith(("/api/", "/static/", "/vendor/")) else str(endpoint)


def links_of(html: str) -> Iterator[str]:
    for href in map(unescape, LINK.findall(html)):
        parts = urlsplit(href)
        if not parts.netloc and href.startswith(("/", "?")):
            yield href


def walk(served: Served, page: Page, troubles: Walk) -> dict[str, str]:
    """One address for each endpoint that can be reached by links from the home page."""
    waiting, found = ["/"], {}
    while waiting and len(found) < MOST_PAGES:
        href = waiting.pop(0)
        endpoint = endpoint_of(served, urlsplit(href).path)
        if endpoint is None or endpoint in found:
            continue
        answer = page.request.get(served.address + href)
        if answer.status != 200:
            troubles.troubles.append(f"{answer.status} {href}")
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        found[endpoint] = href
        waiting += links_of(answer.text())
    return found


def sign_in(page: Page, served: Served, username: str) -> None:
    page.goto(f"{served.address}/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(served.address + "/")


def focus_faults(page: Page) -> list[str]:
    """Focus goes in reading order, the skip link first, unless the page says where its reader starts."""
    faults = ["a tabindex above 0"] if page.locator("[tabindex]:not([tabindex='0'],[tabindex='-1'])").count() else []
    if page.locator("[autofocus], [data-errors], [data-focus]").count() == 0:
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") != "skip":
            faults.append("the first stop is not the skip link")
    return faults


def look(page: Page, served: Served, href: str, language: str, width: int, troubles: Walk) -> None:
    joint = "&" if "?" in href else "?"
    page.goto(f"{served.address}{href}{joint}lang={language}")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        troubles.troubles.append(f"{href} {language} {width}: scrolls sideways to {wide}")
    troubles.troubles += [f"{href}: {fault}" for fault in focus_faults(page)]
    for violation in Axe().run(page).response["violations"]:
        nodes = [node["html"][:120] for node in violation["nodes"][:2]]
        troubles.troubles.append(f"{href} {language} {width}: {violation['id']} {nodes}")


@pytest.mark.parametrize("username", PEOPLE)
def test_every_page_that_a_person_reaches_is_sound(browser: Browser, served: Served, username: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page, troubles = context.new_page(), Walk(served.address)
    page.on("request", troubles.note_request)
    page.on("console", lambda said: troubles.troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.troubles.append(str(error)))
    if username:
        sign_in(page, served, username)
    pages, draw = walk(served, page, troubles), seeded()
    looks = [(screen, href) for href in pages.values() for screen in (SCREENS if is_full() else [draw.choice(SCREENS)])]
    for (language, width), href in sorted(looks, key=lambda one: SCREENS.index(one[0])):
        page.set_viewport_size({"width": width, "height": 844 if width < 768 else 900})
        look(page, served, href, language, width, troubles)
    context.close()
    assert len(pages) >= 2
    assert troubles.troubles == []
