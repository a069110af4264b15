"""Below today's tasks the finance side sees how far the quarter has come, a bank what it filed and is due."""

from datetime import datetime

from flask import Flask

from kernel.clock import SHANGHAI, Clock
from tests.factories import Visitor, make_bureau, make_person, username_of
from tests.settlement.filing_floor import Q2, Q3, Floor, loan


def test_the_home_tells_how_far_the_quarter_has_come_and_names_the_amount(app: Flask, floor: Floor) -> None:
    app.extensions["clock"] = Clock.starting_at(datetime(2022, 10, 20, 10, tzinfo=SHANGHAI))
    bureau = Visitor(app, username_of(floor.db, floor.operator))
    before = bureau.get("/").text
    assert "0 / 1" in before
    assert f"还差{floor.bank.maker.organisation_name}" in before
    for quarter, yuan in ((Q2, 900_000), (Q3, 1_000_000)):
        floor.certify(floor.file([loan(1, balance=f"{yuan}.00")], quarter))
        floor.certify_balance(yuan * 100, quarter)
    bureau.get("/quarters/2022Q3")
    bureau.post("/quarters/2022Q3/drafts")
    after = bureau.get("/").text
    assert "1 / 1" in after
    assert "都到齐了" in after
    assert "1,000<i>.00</i>" in after
    maker = Visitor(app, username_of(floor.db, floor.bank.maker)).get("/").text
    assert "2022 年第三季度报表" in maker
    assert "已认证" in maker
    assert "1,000<i>.00</i>" in maker


def test_whoever_may_not_open_a_batch_is_not_led_to_it(app: Flask, floor: Floor) -> None:
    app.extensions["clock"] = Clock.starting_at(datetime(2022, 10, 20, 10, tzinfo=SHANGHAI))
    organiser = make_person(floor.db, make_bureau(floor.db, "市金融工作局"), "organiser", "jinrong")
    for quarter, yuan in ((Q2, 900_000), (Q3, 1_000_000)):
        floor.certify(floor.file([loan(1, balance=f"{yuan}.00")], quarter))
        floor.certify_balance(yuan * 100, quarter)
    bureau = Visitor(app, username_of(floor.db, floor.operator))
    bureau.get("/quarters/2022Q3")
    bureau.post("/quarters/2022Q3/drafts")
    bureau.send("POST", "/batches", json={"quarter": "2022Q3"})
    assert "/batches/B-2022Q3-01" in bureau.get("/").text
    home = Visitor(app, username_of(floor.db, organiser)).get("/").text
    assert "三季度报表" in home
    assert "/batches/" not in home
