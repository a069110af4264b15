"""A statement is found by its number and by whom it is for, by those who may read it."""

from datetime import datetime

from flask import Flask

from kernel.clock import SHANGHAI, Clock
from tests.factories import Visitor, username_of
from tests.settlement.filing_floor import Q2, Q3, Floor, loan


def test_a_statement_is_found_by_its_number_and_by_whom_it_is_for(app: Flask, floor: Floor) -> None:
    app.extensions["clock"] = Clock.starting_at(datetime(2022, 10, 20, 10, tzinfo=SHANGHAI))
    for quarter, yuan in ((Q2, 900_000), (Q3, 1_000_000)):
        floor.certify(floor.file([loan(1, balance=f"{yuan}.00")], quarter))
        floor.certify_balance(yuan * 100, quarter)
    bureau = Visitor(app, username_of(floor.db, floor.operator))
    bureau.get("/quarters/2022Q3")
    bureau.post("/quarters/2022Q3/drafts")
    foreign = Visitor(app, username_of(floor.db, floor.another_bank().maker))
    own = Visitor(app, username_of(floor.db, floor.bank.maker))
    for typed in ("gr-2022q3", "沙河", "shnc"):
        page = bureau.get(f"/search?q={typed}").text
        assert 'href="/statements/GR-2022Q3-01"' in page
        assert "1,000.00 元" in page
        assert 'href="/statements/GR-2022Q3-01"' in own.get(f"/search?q={typed}").text
        assert 'href="/statements/GR-2022Q3-01"' not in foreign.get(f"/search?q={typed}").text
