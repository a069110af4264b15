"""The living page in a real browser: nothing for axe to find, no sideways scrolling, and money fields that speak as the server does."""

import shutil
import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, g, render_template, render_template_string
from jinja2 import FileSystemLoader
from playwright.sync_api import Browser, sync_playwright
from pypdfium2 import PdfDocument
from werkzeug.serving import make_server

from kernel import money
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.web import formats, language, samples, samples_states

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
POLICY = "default-src 'none'; script-src 'self' 'nonce-n'; style-src 'self'; img-src 'self' data:; font-src 'self'"

ACROSS = """{% extends "base.html" %}
{% block paper %}<link rel="stylesheet" href="{{ asset('css/print-across.css') }}" media="print">{% endblock %}
{% block page %}<table><tr><td>14:00</td></tr></table>{% endblock %}"""

pytestmark = pytest.mark.browser


def _shell() -> Flask:
    templates = formats.STATIC.parent / "templates"
    app = Flask("shell", static_folder=str(formats.STATIC))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(templates.parents[1] / "translations")
    app.jinja_env.loader = FileSystemLoader(templates)
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    language.init_app(app)
    formats.init_app(app)

    @app.before_request
    def _caller() -> None:
        g.caller, g.nonce, g.request_id = Caller(1, "林静", "reviewer", 1, "bureau", "财政局", "city"), "n", "3f6c2a90"

    @app.get("/")
    def _page() -> tuple[str, dict[str, str]]:
        spine = [("/", Text("今日", "Today"), True), ("/", Text("季度", "Quarter"), False)]
        html = render_template("design.html", samples=samples, states=samples_states, navigation=spine)
        return html, {"Content-Security-Policy": POLICY}

    @app.get("/across")
    def _across() -> str:
        return render_template_string(ACROSS)

    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, _shell(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.mark.parametrize("language_tag", ["zh", "en"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_and_the_policy_is_kept(
    browser: Browser, address: str, width: int, language_tag: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/?lang={language_tag}")
    results = Axe().run(page)
    page.close()
    assert [violation["id"] for violation in results.response["violations"]] == []
    assert complaints == []


@pytest.mark.parametrize("width", [320, 390, 720, 1024, 1366])
def test_no_width_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert over <= 0


def test_capitals_under_a_money_field_are_those_of_the_server(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/?lang=zh")
    field = page.locator("#amount")
    amounts = [0, 1, 10, 1234, 100_000, 1_000_05, 37261537, 10_000_000_00, 100_050_000_00, 123_456_789_01, 10**15]
    for fen in amounts:
        field.fill(money.yuan(fen))
        field.dispatch_event("change")
        assert page.locator("[data-money]:has(#amount) [data-capitals]").text_content() == money.capitals(fen)
        assert field.input_value() == money.grouped(fen)
    page.locator("[name=amount_unit]").select_option("wan")
    field.fill("300.5")
    field.dispatch_event("change")
    assert page.locator("[data-money]:has(#amount) [data-capitals]").text_content() == money.capitals(300_500_000)
    page.close()


def test_the_question_mark_lists_the_shortcuts_outside_fields_only(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/?lang=zh")
    page.locator("#firm").press("?")
    assert page.locator("dialog").count() == 0
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.locator("dialog h2").text_content() == "快捷键"
    page.keyboard.press("Escape")
    assert page.locator("dialog").count() == 0
    page.close()


def test_all_type_follows_the_text_size_that_the_reader_has_set(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}/?lang=zh")
    measure = "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    places = ("h1", "p", "td", ".chart text")
    before = [page.eval_on_selector_all(place, measure) for place in places]
    page.evaluate("document.documentElement.style.fontSize = '24px'")
    after = [page.eval_on_selector_all(place, measure) for place in places]
    assert all(sizes for sizes in before)
    for small, large in zip(before, after, strict=True):
        assert [round(size * 1.5, 2) for size in small] == [round(size, 2) for size in large]
    page.close()


@pytest.mark.parametrize(("path", "size"), [("", (595, 842)), ("across", (842, 595))])
def test_paper_is_a4_and_lies_across_for_a_timetable(
    browser: Browser, address: str, path: str, size: tuple[int, int]
) -> None:
    page = browser.new_page()
    page.goto(f"{address}/{path}?lang=zh")
    paper = PdfDocument(page.pdf(prefer_css_page_size=True))
    page.close()
    assert {tuple(round(side) for side in sheet.get_size()) for sheet in paper} == {size}
