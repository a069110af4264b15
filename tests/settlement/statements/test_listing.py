"""The list of statements is filtered and sorted by plain addresses, and its file holds the rows that it shows."""

import csv
import io
import re
from datetime import datetime

import pytest
from flask import Flask

from kernel.clock import SHANGHAI, Clock
from tests.factories import Visitor, username_of
from tests.settlement.filing_floor import Q2, Q3, Floor, loan


@pytest.fixture
def operator(app: Flask, floor: Floor) -> Visitor:
    """The operator of a city whose one bank has a statement of the third quarter with its money and one of the second that is held."""
    app.extensions["clock"] = Clock.starting_at(datetime(2022, 10, 20, 10, tzinfo=SHANGHAI))
    for quarter, yuan in ((Q2, 900_000), (Q3, 1_000_000)):
        floor.certify(floor.file([loan(1, balance=f"{yuan}.00")], quarter))
        floor.certify_balance(yuan * 100, quarter)
    found = Visitor(app, username_of(floor.db, floor.operator))
    for quarter in (Q2, Q3):
        found.get(f"/quarters/{quarter}")
        found.post(f"/quarters/{quarter}/drafts")
    return found


def shown(visitor: Visitor, query: str) -> list[str]:
    return re.findall(r'class="name keep" href="/statements/([^"]+)"', visitor.get(f"/statements?{query}").text)


def saved(visitor: Visitor, query: str) -> list[str]:
    text = visitor.get(f"/statements?{query}&format=csv").get_data(as_text=True).lstrip("\ufeff")
    return [row["number"] for row in csv.DictReader(io.StringIO(text))]


ASKED = {
    "": ["GR-2022Q3-01", "GR-2022Q2-01"],
    "sort=quarter": ["GR-2022Q2-01", "GR-2022Q3-01"],
    "sort=-number": ["GR-2022Q3-01", "GR-2022Q2-01"],
    "quarter=2022Q3": ["GR-2022Q3-01"],
    "held=held": ["GR-2022Q2-01"],
    "held=free": ["GR-2022Q3-01"],
    "q=gr-2022q2": ["GR-2022Q2-01"],
    "q=%E6%B2%99%E6%B2%B3&sort=number": ["GR-2022Q2-01", "GR-2022Q3-01"],
    "q=%25": [],
    "scheme=fee-subsidy": [],
    "sort=secret": ["GR-2022Q3-01", "GR-2022Q2-01"],
}


def test_what_an_address_asks_for_is_shown_and_saved_alike(operator: Visitor) -> None:
    assert {query: shown(operator, query) for query in ASKED} == ASKED
    assert {query: saved(operator, query) for query in ASKED} == ASKED
