"""A list's filter is kept under a name by its account, stands above that list, and is given up again."""

import re

import pytest
from flask import Flask
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.saved_filters.service import MOST
from tests.factories import Visitor, make_bureau, make_person, username_of

LIST, QUERY = "/statements", "quarter=2022Q3"


@pytest.fixture
def auditor(db: Session) -> Caller:
    return make_person(db, make_bureau(db), "auditor")


@pytest.fixture
def visitor(app: Flask, db: Session, auditor: Caller) -> Visitor:
    return Visitor(app, username_of(db, auditor))


def kept(page: str) -> list[tuple[str, str]]:
    """Address and name of each filter that a page offers."""
    strip = re.search(r'<div class="kept-filters[^>]*>(.*?)</div>', page, re.S)
    return re.findall(r'<li><a href="([^"]+)"[^>]*>([^<]+)</a>', strip[1]) if strip else []


def test_a_filter_is_saved_from_its_list_and_stands_above_it(visitor: Visitor) -> None:
    plain = visitor.get(LIST).text
    assert "kept-filters" not in plain
    asked = visitor.get(f"{LIST}?{QUERY}&page=1&lang=zh").text
    fields = dict(re.findall(r'<input type="hidden" name="(list|query)" value="([^"]*)"', asked))
    assert fields == {"list": LIST, "query": QUERY}
    saved = visitor.post("/saved-filters", name="三季度", **fields)
    assert saved.headers["Location"] == f"{LIST}?{QUERY}"
    assert kept(visitor.get(LIST).text) == [(f"{LIST}?{QUERY}", "三季度")]
    assert 'aria-current="true">三季度' in visitor.get(f"{LIST}?{QUERY}").text
    assert kept(visitor.get("/batches").text) == []


def test_a_filter_is_its_accounts_alone_and_is_given_up_by_it_alone(app: Flask, db: Session, visitor: Visitor) -> None:
    made = visitor.send("POST", "/saved-filters", json={"list": LIST, "query": QUERY, "name": "三季度"}).get_json()
    other = Visitor(app, username_of(db, make_person(db, make_bureau(db, "另一局"), "auditor")))
    assert kept(other.get(LIST).text) == []
    assert other.post(f"/saved-filters/{made['id']}/removal").status_code == 404
    assert visitor.post(f"/saved-filters/{made['id']}/removal").headers["Location"] == LIST
    assert visitor.send("GET", "/saved-filters").get_json() == []
    assert visitor.send("DELETE", f"/saved-filters/{made['id']}").status_code == 404


def test_a_name_is_taken_once_on_each_list_and_a_list_keeps_so_many(visitor: Visitor) -> None:
    def save(name: str, path: str = LIST) -> int:
        made = visitor.send("POST", "/saved-filters", json={"list": path, "query": QUERY, "name": name})
        return made.status_code

    assert [save("三季度"), save("三季度"), save("三季度", "/batches")] == [201, 409, 201]
    assert [save(f"第{number}个") for number in range(1, MOST)] == [201] * (MOST - 1)
    assert save("多一个") == 422


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "statements"])
def test_a_filter_leads_nowhere_but_into_this_service(visitor: Visitor, path: str) -> None:
    answer = visitor.post("/saved-filters", list=path, query=QUERY, name="外面")
    assert answer.headers["Location"] == "/"
    assert visitor.send("GET", "/saved-filters").get_json() == []


def test_without_a_name_nothing_is_kept_and_the_list_says_what_is_missing(visitor: Visitor) -> None:
    answer = visitor.post("/saved-filters", follow=True, list=LIST, query=QUERY, name=" ")
    assert (answer.request.path, "给筛选起个名字" in answer.text) == (LIST, True)
