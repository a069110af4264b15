"""A served city, small enough to load in a minute and whole enough that every page has something to show, and a Chromium.

Every test that needs it is in the group `browser`, so that one worker loads it once while the other runs the rest of the suite.
"""

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from config import migrating
from config.app import create_app
from config.demonstration import write_city
from config.demonstration.loading.city import PRESENT, steps
from config.settings import Settings
from kernel import database

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
BANKS = ("沙河农村商业银行", "汝瓷农村商业银行")
EARLY_WEEKS = (
    "2022-W35",
    "2022-W36",
    "2022-W37",
)  # more of the same sessions and referrals: the later weeks show every page


@dataclass(frozen=True)
class Served:
    """The address of the service and the app behind it."""

    address: str
    app: Flask


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        message = "there is no chromium on this machine: the browser tests did not run"
        if os.environ.get("YINQI_BROWSER_TESTS") == "required":
            pytest.fail(message)
        pytest.skip(message)
    return found


def _trimmed(city: Path) -> None:
    """Leave the returns of two banks only; the others are shown as not filed."""
    names = (line.split(",")[:2] for line in (city / "institutions.csv").read_text(encoding="utf-8").splitlines())
    codes = {code for code, name in names if name in BANKS}
    for path in (city / "returns").iterdir():
        if path.stem.split("_")[0] not in codes:
            path.unlink()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demonstration on 127.0.0.1 at the demonstration's own present, with the returns of two banks."""
    _chromium()
    folder = tmp_path_factory.mktemp("served")
    write_city(folder / "city")
    _trimmed(folder / "city")
    offset = PRESENT - datetime.now(UTC)
    settings = Settings(data_dir=folder, secret_key="k" * 40, demonstration=True, clock_offset=offset)
    migrating.upgrade(settings.books_url)
    app = create_app(settings)
    for step in steps(app, folder / "city"):
        if not step.title.startswith(EARLY_WEEKS):
            step.run()
    with serving(app) as city:
        yield city


@contextmanager
def serving(app: Flask) -> Iterator[Served]:
    """A server for an app, ended at the end with its books."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Served(f"http://127.0.0.1:{server.port}", app)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        database.books.engine.dispose()


def copy_of(served: Served, folder: Path) -> Flask:
    """The same city in books of its own, for a journey that leaves it changed: SQLite's own backup, files as they are."""
    settings: Settings = served.app.extensions["settings"]
    shutil.copytree(settings.data_dir, folder, ignore=shutil.ignore_patterns("yinqi.db*", "city"))
    source, copy = sqlite3.connect(settings.data_dir / "yinqi.db"), sqlite3.connect(folder / "yinqi.db")
    source.backup(copy)
    source.close()
    copy.close()
    return create_app(replace(settings, data_dir=folder))


@pytest.fixture(scope="module")  # Playwright leaves an event loop in its thread until it is closed, and Flask minds one
def browser(served: Served) -> Iterator[Browser]:  # the city is loaded first
    path = _chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()
