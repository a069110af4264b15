"""The live board updates by itself in a real Chromium, names no firm on the screen in the room, and works without scripts."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import sync_playwright
from sqlmodel import Session
from werkzeug.serving import make_server

from kernel.clock import Clock
from matchmaking.board.screens import screen_token
from tests.browser.conftest import FLAGS, _chromium
from tests.factories import PASSWORD, username_of
from tests.matchmaking.day import Day, the_day

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_board_is_seen_to_update(app: Flask, db: Session, address: str) -> None:
    path = _chromium()
    day: Day = the_day(db)
    meeting = day.meetings[0]
    starts = day.start(meeting)
    app.extensions["clock"] = Clock.starting_at(starts)
    username = username_of(db, day.people.organiser)
    token = screen_token(app.extensions["settings"].channel_sealing_key.encode(), day.session.id or 0)
    db.rollback()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        page = browser.new_page(locale="zh-CN")
        page.goto(f"{address}/sign-in")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.goto(f"{address}/sessions/{day.session.id}/board")
        live = page.locator("[data-live]")
        assert "正在谈" in live.inner_text()
        app.extensions["clock"] = Clock.starting_at(starts.replace(minute=starts.minute + 4))
        live.locator("text=企业没到").first.wait_for(timeout=15_000)
        screen = browser.new_page(locale="zh-CN")
        screen.goto(f"{address}/screens/{token}")
        assert day.people.near.organisation_name in screen.inner_text("main")
        assert not any(firm.organisation_name in screen.content() for firm in day.people.firms)
        without = browser.new_context(java_script_enabled=False).new_page()
        without.goto(f"{address}/screens/{token}")
        assert without.locator('meta[http-equiv="refresh"]').count() == 1
        browser.close()
