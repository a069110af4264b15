"""Figures that take longer than a page may are worked out piece by piece within a budget of time: what is done is kept, the page tells
how far it came and asks again by itself. So nobody waits in a worker of the web server, and a killed one loses nothing.
"""

import time
from collections.abc import Callable

from flask import Response, render_template

PAGE_SECONDS = 4.0  # a page answers within this, with what is known or with how far it has come

IsTimeUp = Callable[[], bool]


class NotFinished(Exception):
    """The time is used up; `done` of `whole` pieces are known."""

    def __init__(self, done: int, whole: int) -> None:
        super().__init__(f"{done}/{whole}")
        self.done, self.whole = done, whole


def time_limit(seconds: float = PAGE_SECONDS) -> IsTimeUp:
    """Tells when so many seconds have passed."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


def never_up() -> bool:
    """For whoever waits to the end."""
    return False


def waiting(error: NotFinished, title: str, path: list[tuple[str, str | None]]) -> Response:
    """How far it has come; the browser asks again by itself."""
    page = render_template("readings/waiting.html", done=error.done, whole=error.whole, title=title, path=path)
    response = Response(page)
    response.headers["Refresh"] = "1"
    return response
