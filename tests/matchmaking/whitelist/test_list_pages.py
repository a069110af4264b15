"""A long list is read a page at a time, and what is under way is found however many firms are listed."""

import csv
from datetime import datetime

import pytest
from flask import Flask
from sqlmodel import Session

from kernel.clock import SHANGHAI, Clock
from kernel.web.paging import Asked
from matchmaking.whitelist.views import list_of, list_page, under_way
from tests.factories import Visitor, username_of
from tests.matchmaking.whitelist.offices import LISTED, MONDAY, Offices, listed, offices, pool_firm, publicised

CITY_FIRMS = {"甲厂": "410421", "乙厂": "410421", "丙厂": "410422"}
CASES = {  # what the address asks for: which firms it lists
    "": ["甲厂", "乙厂", "丙厂"],
    "region=410421": ["甲厂", "乙厂"],
    "name=乙": ["乙厂"],
    "region=410421&name=丙": [],
}


@pytest.fixture
def reader(app: Flask, db: Session) -> tuple[Visitor, Offices]:
    app.extensions["clock"] = Clock.starting_at(datetime(MONDAY.year, MONDAY.month, MONDAY.day, 10, tzinfo=SHANGHAI))
    people = offices(db)
    return Visitor(app, username_of(db, people.organiser)), people


def named(reader: Visitor, path: str, query: str) -> list[str]:
    """The firms of the exported list."""
    return [
        row["name"]
        for row in csv.DictReader(reader.get(f"{path}?format=csv&{query}").text.lstrip("\ufeff").splitlines())
    ]


def test_the_firms_to_recommend_are_found_by_county_and_name_and_chosen_from_what_is_shown(
    db: Session, reader: tuple[Visitor, Offices]
) -> None:
    visitor, people = reader
    codes = {name: pool_firm(db, people, name, region=region).code for name, region in CITY_FIRMS.items()}
    assert {query: sorted(named(visitor, "/whitelist/recommend", query)) for query in CASES} == {
        query: sorted(names) for query, names in CASES.items()
    }
    assert "没有符合的" in visitor.get("/whitelist/recommend?region=410421&name=丙").text
    misread = "/whitelist/recommend?region=nowhere&name=乙"  # on the page the name is still asked, a file would tell less than it says
    assert [name in visitor.get(misread).text for name in CITY_FIRMS] == [False, True, False]
    assert visitor.get(f"{misread}&format=csv").status_code == 422
    wrong = visitor.post("/whitelist/recommend?region=410421", codes=["91410000000000000X"])
    assert (wrong.status_code, "丙厂" in wrong.text) == (422, False)
    done = visitor.post("/whitelist/recommend?region=410421", codes=[codes["甲厂"], codes["乙厂"]], document="平金1号")
    assert done.headers["Location"].endswith("/whitelist/entries?state=nominated")
    assert sorted(named(visitor, "/whitelist/entries", "region=410421")) == ["乙厂", "甲厂"]
    assert named(visitor, "/whitelist/entries", "state=nominated&name=甲") == ["甲厂"]


def test_the_public_notice_is_read_by_county_and_names_no_code(db: Session, reader: tuple[Visitor, Offices]) -> None:
    visitor, people = reader
    parties = [pool_firm(db, people, name, region=region) for name, region in CITY_FIRMS.items()]
    for party in parties:
        publicised(db, people, party)
    assert sorted(named(visitor, "/whitelist/notices", "region=410421")) == ["乙厂", "甲厂"]
    assert named(visitor, "/whitelist/notices", "region=410422&sort=-name") == ["丙厂"]
    whole = visitor.get("/whitelist/notices?format=csv").text
    assert [party.code in whole for party in parties] == [False] * 3


def test_the_list_of_a_day_is_read_by_county(db: Session, reader: tuple[Visitor, Offices]) -> None:
    visitor, people = reader
    for name, region in CITY_FIRMS.items():
        listed(db, people, pool_firm(db, people, name, region=region))
    assert sorted(named(visitor, "/whitelist", f"day={LISTED}&region=410421")) == ["乙厂", "甲厂"]
    assert named(visitor, "/whitelist", f"day={MONDAY}&region=410421") == []


def test_the_pages_of_a_list_hold_the_list_and_what_is_under_way_stands_apart(db: Session) -> None:
    people = offices(db)
    for name in ("甲厂", "乙厂", "丙厂"):
        listed(db, people, pool_firm(db, people, name))
    open_one = publicised(db, people, pool_firm(db, people, "丁厂"))
    whole = list_of(db, LISTED)
    pages = [list_page(db, LISTED, Asked(page=number, per_page=2)) for number in (1, 2)]
    assert [len(page.items) for page in pages] == [2, 1]
    assert {page.total for page in pages} == {3}
    assert [one for page in pages for one in page.items] == whole
    assert [row.entry.id for row in under_way(db, people.reviewer, 1)] == [open_one.id]
