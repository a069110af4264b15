"""A person at a desk: what they press and fill in is counted, with the pointer or with the keyboard alone, and what they read is timed."""

import functools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from config.demonstration.loading.parties import PASSWORD

SIGNS_A_SECOND = 5  # a slow reader of Chinese, who reads all that a page says; a quick one does 8
SECONDS_A_STEP = 3  # to find a thing and to press it
SECONDS_A_KEY = 0.5  # to press Tab or an arrow once more
SECONDS_A_SIGN = 0.6  # to type it on a phone
MOST_KEYS = 150  # to get to one thing; more is a page that a keyboard cannot use
PRECEDES = (
    "(target) => Boolean(document.activeElement.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING)"
)
BORN = "performance.timeOrigin"
HAS_COME = "(before) => performance.timeOrigin !== before && document.readyState === 'complete'"
HAS_FOCUS = "(target) => target === document.activeElement"
LEADING: tuple[Literal["link", "button"], ...] = ("link", "button")
CARRIED = """([bytes, name]) => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(bytes)], name));
    return carried;
}"""


@dataclass
class Hand:
    """One person's hand on one page. `steps`: controls pressed and fields filled in; `keys`: Tab and arrows to get to them."""

    page: Page
    address: str
    keyboard: bool = False
    steps: int = 0
    keys: int = 0
    typed: int = 0
    read: set[str] = field(default_factory=set)
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """What the service and the browser took."""
        return time.perf_counter() - self.began

    @property
    def slow_reader(self) -> int:
        """Seconds that a slow reader needs who reads every line on the way once."""
        reading = sum(map(len, self.read)) / SIGNS_A_SECOND
        acting = self.steps * (SECONDS_A_KEY if self.keyboard else SECONDS_A_STEP) + self.keys * SECONDS_A_KEY
        return round(reading + acting + self.typed * SECONDS_A_SIGN)

    def told(self, journey: str) -> str:
        """The line that `docs/journeys.md` keeps."""
        way = f"keyboard, {self.keys} keys" if self.keyboard else "pointer"
        return (
            f"{journey} ({way}): {self.steps} steps, {self.seconds:.1f} s of machine, {self.slow_reader} s slow reader"
        )

    def sign_in(self, username: str) -> None:
        """From the sign-in page to one's own home."""
        self.page.context.clear_cookies()
        self.page.goto(f"{self.address}/sign-in")
        self.fill("账号", username)
        self.fill("密码", PASSWORD)
        self.press("button", "登录")
        self.sees("等你办的事")

    def ends(self, *words: str) -> None:
        """Wait until the page says that it is done; nothing more need be read."""
        main = self.page.locator("main")
        for said in words:
            expect(main).to_contain_text(said, timeout=20_000)

    def sees(self, *words: str) -> None:
        """Wait until the page says these; what it says is read, and no line twice."""
        self.ends(*words)
        main = self.page.locator("main")
        self.read |= {re.sub(r"\s", "", line) for line in main.inner_text().splitlines()}

    def press(self, role: str, name: str | re.Pattern[str], *, within: str = "body") -> None:
        """A link, a button, or the line of a fold."""
        found = self.page.locator(within).get_by_role(role, name=name, exact=isinstance(name, str))  # type: ignore[arg-type]
        self._act(found.locator("visible=true").first)

    def follow(self, name: str | re.Pattern[str]) -> None:
        """A link or button that leads to another page; it has come when this ends."""
        before, exact = self.page.evaluate(BORN), isinstance(name, str)
        named = (self.page.get_by_role(role, name=name, exact=exact) for role in LEADING)
        self._act(functools.reduce(Locator.or_, named).locator("visible=true").first)
        self.page.wait_for_function(HAS_COME, arg=before)

    def from_menu(self, place: str) -> None:
        """A place of the phone's menu."""
        self._act(self.page.locator(".menu > summary"))
        self.press("link", place, within=".menu-sheet")

    def tick(self, label: str) -> None:
        """A box by its words."""
        self._act(self.page.locator("main").get_by_role("checkbox", name=label), "Space")

    def choose(self, label: str | re.Pattern[str]) -> None:
        """One of several, by its words."""
        one = self.page.locator("main").get_by_role("radio", name=label)
        if not self.keyboard:
            return self._act(one)
        self._reach(self.page.locator(f"input[name='{one.get_attribute('name')}']"))
        return self._arrows(one, Locator.is_checked)

    def select(self, label: str, option: str) -> None:
        """One of a list that drops down."""
        place = self.page.locator("main").get_by_role("combobox", name=label)
        wanted = place.locator("option", has_text=option)
        if not self.keyboard:
            self.steps += 1
            place.select_option(value=wanted.get_attribute("value"))
            return None
        self._reach(place)
        value = wanted.get_attribute("value") or ""
        return self._arrows(place, lambda box: box.input_value() == value)

    def fill(self, label: str | re.Pattern[str], value: str) -> None:
        """A field by its words; a date is set, as a phone's wheel or a calendar does."""
        place = self.page.locator("main").get_by_label(label, exact=isinstance(label, str)).first
        self.steps += 1
        self.typed += len(value)
        if not self.keyboard or place.get_attribute("type") == "date":
            return place.fill(value)
        self._reach(place)
        self.page.keyboard.press("Control+A")
        return self.page.keyboard.type(value)

    def hand_in(self, label: str, path: Path) -> None:
        """A file, chosen in the dialog that the field opens."""
        place = self.page.locator("main").get_by_label(label).first
        with self.page.expect_file_chooser() as dialog:
            if self.keyboard:
                self._act(place, "Enter")
            else:
                self._act(self.page.locator(f"label[for='{place.get_attribute('id')}']").first)
        dialog.value.set_files(path)

    def drop(self, label: str, path: Path) -> None:
        """A file, dragged onto its place and let go."""
        place = self.page.locator("[data-drop]", has=self.page.get_by_label(label))
        carried = self.page.evaluate_handle(CARRIED, [list(path.read_bytes()), path.name])
        for event in ("dragover", "drop"):
            place.dispatch_event(event, {"dataTransfer": carried})
        expect(place.locator("[data-file-name]")).to_have_text(path.name)
        self.steps += 1

    def _act(self, target: Locator, key: str = "Enter") -> None:
        if self.keyboard:
            self._reach(target)
            self.page.keyboard.press(key)
        else:
            target.click()
        self.steps += 1

    def _reach(self, targets: Locator) -> None:
        """Tab to the first of these that takes the focus, the way that is shorter; over the skip link on a new page."""
        targets.first.wait_for(state="visible")
        if self.page.evaluate("document.activeElement === document.body && Boolean(document.querySelector('.skip'))"):
            self._key("Tab")
            if targets.first.evaluate("(target) => document.getElementById('main').contains(target)"):
                self._key("Enter")
        back = targets.first.evaluate(PRECEDES)
        for _ in range(MOST_KEYS):
            if any(one.evaluate(HAS_FOCUS) for one in targets.all()):
                return
            self._key("Shift+Tab" if back else "Tab")
        raise AssertionError(f"the keyboard does not reach {targets}")

    def _arrows(self, place: Locator, done: Callable[[Locator], bool]) -> None:
        for _ in range(MOST_KEYS):
            if done(place):
                self.steps += 1
                return
            self._key("ArrowDown")
        raise AssertionError(f"the arrows do not reach {place}")

    def _key(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1
