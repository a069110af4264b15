"""What holds on every page of the served city, looked at without a browser: weight, queries, languages, forms, print."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, inspect, text

from benchmarks.walking import PEOPLE, Answer, Reached, walk
from config.demonstration.loading.parties import PASSWORD
from kernel import database
from kernel.web import formats
from tests.browser.conftest import Served

pytestmark = pytest.mark.browser

OWN_BYTES = 100 * 1024
ASKED_AGAIN = 3  # how often one page may ask the books the same question
BY_SCHEME_AND_QUARTER = {  # these ask once for each scheme and quarter that is open, or each reading of each word: never for each row
    "accounts.home": 8,
    "quarters.index": 8,
    "quarters.show": 8,
    "statements.index": 8,
    "restatements.index": 8,
    "readings.index": 80,
    "readings.show_word": 80,
}
CHINESE = re.compile("[\u4e00-\u9fff]+")
KEPT_IN_ENGLISH = {"银企", "中文"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Words(HTMLParser):
    """The words of a page that a reader sees or hears, but for what is marked as Chinese by `lang`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    @property
    def _is_marked(self) -> bool:
        return any(marked for _, marked in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        marked = (given.get("lang") or "").startswith("zh") or tag in {"script", "style"}
        marked = marked or "seal" in (given.get("class") or "").split()  # the first sign of somebody's name
        if not marked and not self._is_marked:
            spoken = ("aria-label", "title", "alt", "placeholder", "data-label")
            self.found += [given[name] or "" for name in spoken if name in given]
        if tag not in VOID:
            self._open.append((tag, marked))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_marked:
            self.found.append(data)


class Elements(HTMLParser):
    """The elements of a page as (name, attributes)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))


@contextmanager
def asked_of(served: Served) -> Iterator[list[str]]:
    """The statements that the books are asked while the block runs."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    with served.app.app_context():
        engine = database.books.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


ADDRESSES = itertools.count(1)


def visitor(served: Served, username: str) -> FlaskClient:
    client = served.app.test_client()
    client.environ_base["REMOTE_ADDR"] = (
        f"127.0.9.{next(ADDRESSES)}"  # each counted apart: sign-ins are limited by address
    )
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"username": username, "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/sign-in", data=form).status_code == 302
    return client


@dataclass
class Seen:
    """A page as one person saw it, in Chinese, with what it asked of the books."""

    who: str
    reached: Reached
    asked: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.who} {self.reached.address}"


@pytest.fixture(scope="module")
def everything(served: Served) -> list[Seen]:
    """Every page that these people reach by links; an endpoint once, for the first who reaches it."""
    known: set[str] = set()
    found: list[Seen] = []
    with asked_of(served) as said:
        for who in PEOPLE:
            client = visitor(served, who)

            def get(address: str, client: FlaskClient = client) -> Answer:
                said.clear()
                answer = client.get(address, follow_redirects=True)
                kind = answer.content_type or ""
                return Answer(answer.status_code, kind, answer.text if kind.startswith("text/html") else "")

            for one in walk(served.app.url_map, get):
                if one.endpoint not in known or one.address == "/":
                    known.add(one.endpoint)
                    found.append(Seen(who, one, list(said)))
    return found


def test_every_page_answers_and_most_of_the_house_is_seen(everything: list[Seen]) -> None:
    assert [str(one) for one in everything if one.reached.answer.status != 200] == []
    assert len({one.reached.endpoint for one in everything}) >= 60


def test_no_page_asks_the_books_the_same_for_each_of_its_rows(everything: list[Seen]) -> None:
    """The same statement of a page, of its shell and of its tasks; more would grow with the rows."""
    again = {}
    for one in everything:
        statement, times = Counter(one.asked).most_common(1)[0] if one.asked else ("", 0)
        if times > BY_SCHEME_AND_QUARTER.get(one.reached.endpoint, ASKED_AGAIN):
            again[str(one)] = f"{times} × {' '.join(statement.split())[:160]}"
    assert again == {}


def questions(said: list[str]) -> Counter[str]:
    """How often each question was asked, however many values its lists hold."""
    return Counter(re.sub(r"\((?:\?(?:, )?)+\)", "(…)", one) for one in said)


def test_one_row_and_fifty_cost_a_list_the_same_queries(served: Served, everything: list[Seen]) -> None:
    """No question is asked more often for fifty rows than for one; what the first row gives no cause to ask is asked once."""
    listed = [one for one in everything if 'class="table-foot"' in one.reached.answer.text]
    lists = [one for one in listed if one.reached.endpoint not in BY_SCHEME_AND_QUARTER]
    assert len(lists) >= 10
    more, longest = {}, 0
    for one in lists:
        client, costs = visitor(served, one.who), []
        for rows in (1, 50):
            with asked_of(served) as said:
                joint = "&" if "?" in one.reached.address else "?"
                page = client.get(f"{one.reached.address}{joint}per_page={rows}")
            costs.append(questions(said))
            longest = max(longest, page.text.count("<tr"))
        again = [question for question, times in costs[1].items() if times > max(1, costs[0][question])]
        if again:
            more[str(one)] = again
    assert longest > 50
    assert more == {}


def own_files(page: str) -> set[str]:
    """The style sheets and scripts of our own that a page loads, without Bootstrap's."""
    given = [attrs for tag, attrs in Elements(page).all if tag in {"link", "script"}]
    addresses = [one.get("href") or one.get("src") or "" for one in given]
    paths = {urlsplit(address).path for address in addresses}
    return {path for path in paths if path.endswith((".css", ".js")) and not path.endswith("/bootstrap.css")}


def test_a_page_weighs_at_most_100_kb_of_own_styles_and_script(everything: list[Seen]) -> None:
    weights = {}
    for one in everything:
        files = own_files(one.reached.answer.text)
        assert files, str(one)
        assert all(path.startswith("/static/") for path in files), (str(one), files)
        weights[str(one)] = sum((formats.STATIC / path.removeprefix("/static/")).stat().st_size for path in files)
    assert {page: size for page, size in weights.items() if size > OWN_BYTES} == {}


def words_kept(served: Served) -> set[str]:
    """The runs of Chinese that are data: whatever stands in the books, and the sentences and names of the policy files."""
    with served.app.app_context():
        db, kept = database.current(), []
        for table in inspect(database.books.engine).get_table_names():
            for row in db.execute(text(f'SELECT * FROM "{table}"')):
                kept += [str(cell) for cell in row if isinstance(cell, str | bytes)]
    tapes = served.app.extensions["settings"].archive_dir.rglob("*.parquet")
    with duckdb.connect() as rows:
        names = (
            "SELECT DISTINCT borrower_name FROM read_parquet($1, union_by_name = true) WHERE borrower_name IS NOT NULL"
        )
        kept += [name for (name,) in rows.execute(names, [[str(tape) for tape in tapes]]).fetchall()]
    root = Path(formats.__file__).parents[2]
    kept += [path.read_text(encoding="utf-8") for path in sorted((root / "config").rglob("*.toml"))]
    return {run for cell in kept for run in CHINESE.findall(_unescaped(cell))} | KEPT_IN_ENGLISH


def _unescaped(cell: str) -> str:
    return re.sub(r"\\\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), cell)


def test_an_english_page_holds_chinese_only_where_it_is_somebodys_name_or_words(
    served: Served, everything: list[Seen]
) -> None:
    kept, left = words_kept(served), {}
    clients = {who: visitor(served, who) for who in PEOPLE}
    for one in everything:
        joint = "&" if "?" in one.reached.address else "?"
        answer = clients[one.who].get(f"{one.reached.address}{joint}lang=en", follow_redirects=True)
        words = " ".join(Words(answer.text).found)
        found = sorted({run for run in CHINESE.findall(words) if run not in kept})
        if found:
            left[str(one)] = found
    assert left == {}


def test_no_page_carries_inline_styles_or_handlers_and_every_script_has_the_nonce(everything: list[Seen]) -> None:
    wrong = []
    for one in everything:
        for tag, given in Elements(one.reached.answer.text).all:
            inline = tag == "style" or "style" in given or any(name.startswith("on") for name in given)
            bare = tag == "script" and (not given.get("nonce") or not given.get("src"))
            if inline or bare:
                wrong.append(f"{one}: <{tag} {given}>")
    assert wrong == []


def test_every_form_that_changes_something_carries_the_token_and_a_button(everything: list[Seen]) -> None:
    wrong, seen = [], 0
    for one in everything:
        for form in re.findall(r"<form\b.*?</form>", one.reached.answer.text, re.S):
            if 'method="post"' not in form:
                continue
            seen += 1
            tied = re.search(r'<form[^>]* id="([^"]+)"', form)
            has_button = "<button" in form or (tied and f'form="{tied[1]}"' in one.reached.answer.text)
            if 'name="csrf_token"' not in form or not has_button:
                wrong.append(f"{one}: {form[:160]}")
    assert seen > 20
    assert wrong == []


def test_every_page_is_ready_for_paper(everything: list[Seen]) -> None:
    """The sheet for paper is linked, the foot names who printed it, and every table of a list has a head that is repeated on each sheet."""
    wrong = []
    for one in everything:
        page = one.reached.answer.text
        headless = 'class="table-foot"' in page and "<table" in page and "<thead" not in page
        if "css/print.css" not in page or 'class="print-foot"' not in page or headless:
            wrong.append(str(one))
    assert wrong == []
