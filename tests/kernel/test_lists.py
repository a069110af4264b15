"""A list is sorted, saved and bounded by its own address: what the file holds is what its reader may see on the page, in the same order."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from html import unescape

import pytest
from flask import Flask
from sqlmodel import Session, col

from kernel import database
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.feedback.models import Feedback
from kernel.feedback.service import answer, feedback_query, write
from kernel.web import lists
from kernel.web.lists import ListColumn, ListLayout
from kernel.web.paging import Asked, page_of
from tests.factories import Visitor, make_bureau, make_enterprise, make_person, username_of

PRESENT = datetime(2022, 10, 20, 2, tzinfo=UTC)
SAID = {"/b": "=1+1", "/a": "看不懂", "/c": "太小"}
NUMBERED = ListLayout(
    "opinions",
    Text("意见", "Feedback"),
    (
        ListColumn("id", Text("编号", "Number"), "Feedback.id"),
        ListColumn("answered_at", Text("答复", "Answered"), "Feedback.answered_at", col(Feedback.answered_at)),
        ListColumn("page", Text("页面", "Page"), "Feedback.page", col(Feedback.page)),
    ),
)


@pytest.fixture
def organiser(db: Session) -> Caller:
    """Who reads all: three opinions of one firm, one of another."""
    firm, other = (make_person(db, make_enterprise(db, name), "owner") for name in ("恒润铸造", "宏川机械"))
    for page, content in SAID.items():
        database.write(db, lambda db, p=page, c=content: write(db, firm, content=c, page=p, request_id="r", at=PRESENT))
    database.write(db, lambda db: write(db, other, content="别家写的", page="/d", request_id="r", at=PRESENT))
    return make_person(db, make_bureau(db), "organiser")


def pages_in(visitor: Visitor, query: str) -> list[str]:
    """The column of pages in the CSV of the list."""
    text = visitor.get(f"/feedback?{query}format=csv").data.decode("utf-8-sig")
    return [row["page"] for row in csv.DictReader(io.StringIO(text))]


ASKED = {
    "": ["/d", "/c", "/a", "/b"],
    "sort=page&": ["/a", "/b", "/c", "/d"],
    "sort=-page&": ["/d", "/c", "/b", "/a"],
    "sort=secret&": ["/d", "/c", "/a", "/b"],
    "sort=page&page=2&per_page=1&": ["/a", "/b", "/c", "/d"],
    "state=answered&": [],
}


def test_the_file_has_all_pages_in_the_asked_order(app: Flask, db: Session, organiser: Caller) -> None:
    visitor = Visitor(app, username_of(db, organiser))
    assert {query: pages_in(visitor, query) for query in ASKED} == ASKED


def test_the_page_shows_the_same_order_and_keeps_it_from_page_to_page(
    app: Flask, db: Session, organiser: Caller
) -> None:
    visitor = Visitor(app, username_of(db, organiser))
    second = unescape(visitor.get("/feedback?sort=-page&per_page=3&page=2").text)
    assert "看不懂" in second
    assert "太小" not in second
    assert 'aria-sort="descending"' in second
    assert "/feedback?sort=-page&per_page=3&format=csv" in second


def test_a_file_holds_only_what_its_reader_may_see(app: Flask, db: Session, organiser: Caller) -> None:
    assert len(pages_in(Visitor(app, username_of(db, organiser)), "")) == 4
    stranger = make_person(db, make_enterprise(db, "第三家"), "owner")
    assert pages_in(Visitor(app, username_of(db, stranger)), "") == []


def test_what_is_empty_stands_last_both_ways_and_equals_stand_by_their_key(db: Session, organiser: Caller) -> None:
    database.write(db, lambda db: answer(db, organiser, 2, answer="改了", at=PRESENT))
    for sort in ("answered_at", "-answered_at"):
        page = page_of(db, feedback_query(organiser), Asked(order=NUMBERED.order(sort)))
        assert [row.Feedback.id for row in page.items] == [2, 1, 3, 4]


def test_nothing_in_a_file_runs_and_the_workbook_speaks_the_readers_language(
    app: Flask, db: Session, organiser: Caller
) -> None:
    visitor = Visitor(app, username_of(db, organiser))
    assert ",'=1+1,waiting," in visitor.get("/feedback?format=csv").data.decode("utf-8-sig")
    for lang, words in (("zh", ["请求编号", "待答复"]), ("en", ["Request number", "To be answered"])):
        with zipfile.ZipFile(io.BytesIO(visitor.get(f"/feedback?format=xlsx&lang={lang}").data)) as book:
            strings, sheet = (book.read(f"xl/{name}.xml").decode() for name in ("sharedStrings", "worksheets/sheet1"))
        assert [word in strings for word in words] == [True, True]
        assert ">=1+1<" in strings
        assert "<f>" not in sheet


def test_a_list_that_is_too_long_is_refused_and_not_cut(
    app: Flask, db: Session, organiser: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_ROWS", 3)
    visitor = Visitor(app, username_of(db, organiser))
    refused = visitor.get("/feedback?format=csv")
    assert refused.status_code == 422
    assert "所列超过 3 行" in refused.text
    assert visitor.get("/feedback").status_code == 200


CELLS = {  # what a row holds: the cell of the CSV, the cell of the workbook
    "nothing": (None, "", None),
    "fen": (123_456, "1234.56", "1234.56"),
    "count": (12, "12", "12"),
    "day": (date(2022, 10, 20), "2022-10-20", "2022-10-20"),
    "moment": (PRESENT, "2022-10-20T10:00:00+08:00", "2022-10-20 10:00:00"),
    "yes": (True, "Y", "是"),
    "code": ("settled", "settled", "已结清"),
    "text": (Text("城区", "City"), "城区", "城区"),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_is_a_code_for_machines_and_a_word_for_people(case: str) -> None:
    held, in_csv, in_workbook = CELLS[case]
    column = ListColumn(
        case, Text("列", "Column"), "x", titles={"settled": Text("已结清", "Settled")}, money=case == "fen"
    )
    with Flask("cells").test_request_context("/"):
        assert lists._plain(held, column) == in_csv
        worded = lists._worded(held, column)
    assert (None if worded is None else str(worded)) == in_workbook
