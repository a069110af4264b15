"""Figures that take longer than a page may are worked out piece by piece: a page begins no further piece once its time is up, keeps what
is done, tells how far it came and asks again by itself. A piece is one bank or one check: seconds of a worker, all that a kill loses.
"""

import time
from collections.abc import Callable
from http import HTTPStatus

from flask import Response, render_template, request

PAGE_SECONDS = 4.0  # after which no further piece is begun
ASKED_AGAIN = "3"  # seconds until the page asks for the rest

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
    """How far it has come; the browser asks again by itself. In place of a file it is no success: who saves it must not take it for one."""
    page = render_template("readings/waiting.html", done=error.done, whole=error.whole, title=title, path=path)
    is_file = request.path.endswith(".csv") or "format" in request.args
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_file else HTTPStatus.OK
    return Response(page, status, {"Refresh": ASKED_AGAIN, "Retry-After": ASKED_AGAIN})
