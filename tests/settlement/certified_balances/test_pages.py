"""The officer's page: a figure is shown beside what is known before it is recorded."""

import pytest
from flask import Flask
from sqlmodel import Session

from tests.factories import Visitor, username_of
from tests.settlement.filing_floor import Q2, Q3, Floor, loan


@pytest.fixture
def officer(app: Flask, db: Session, floor: Floor) -> Visitor:
    found = Visitor(app, username_of(db, floor.officer))
    found.get("/certified-balances")
    return found


def fields(floor: Floor, balance: str, document: str = "71号", quarter: str = "2022Q3") -> dict[str, str]:
    code = floor.bank.party.code
    return {"institution_code": code, "quarter": quarter, "balance": balance, "document": document}


def recorded(officer: Visitor) -> list[tuple[str, str]]:
    items = officer.send("GET", "/certified-balances").get_json()["items"]
    return [(one["quarter"], one["balance"]) for one in items]


def test_a_figure_over_the_limit_is_shown_with_its_difference_and_what_it_will_do(
    officer: Visitor, floor: Floor
) -> None:
    floor.certify_balance(900_000_00, Q2)
    floor.certify(floor.file([loan(1)], Q3))
    shown = officer.post("/certified-balances/confirm", **fields(floor, "1,006,000")).text
    for words in ("壹佰万陆仟元整", "0.5964%", "相差超过 0.5%", "暂缓", "这次多 106,000.00 元", "报表少 6,000.00 元"):
        assert words in shown, words
    assert recorded(officer) == [("2022Q2", "900000.00")]
    assert officer.post("/certified-balances", **fields(floor, "1006000.00")).status_code == 302
    assert recorded(officer) == [("2022Q3", "1006000.00"), ("2022Q2", "900000.00")]


def test_a_figure_within_the_limit_holds_nothing(officer: Visitor, floor: Floor) -> None:
    floor.certify(floor.file([loan(1)], Q3))
    shown = officer.post("/certified-balances/confirm", **fields(floor, "1004000.00")).text
    assert "相差不超过 0.5%" in shown
    assert "上季末没有登记" in shown


def test_without_a_return_the_figure_is_kept_until_there_is_one(officer: Visitor, floor: Floor) -> None:
    assert "还没有能对的报表" in officer.post("/certified-balances/confirm", **fields(floor, "5.00")).text


def test_another_figure_shows_which_version_it_replaces(officer: Visitor, floor: Floor) -> None:
    floor.certify_balance(5_00, Q3, document="10-14")
    assert "第 1 版，5.00 元，10-14" in officer.post("/certified-balances/confirm", **fields(floor, "6.00")).text
    same = officer.post("/certified-balances/confirm", **fields(floor, "5.00", "10-14")).text
    assert "已经登记过" in same


def test_a_wrong_figure_stays_in_the_form_with_what_is_asked(officer: Visitor, floor: Floor) -> None:
    wrong = officer.post("/certified-balances/confirm", **fields(floor, "很多"))
    assert wrong.status_code == 422
    assert 'value="很多"' in wrong.text
    outside = officer.post("/certified-balances/confirm", **fields(floor, "1.00", quarter="2023Q3"))
    assert outside.status_code == 422
    assert "不是已经结束的结算季度" in outside.text


def test_going_back_keeps_what_was_typed(officer: Visitor, floor: Floor) -> None:
    query = "&".join(f"{name}={value}" for name, value in fields(floor, "12.50").items())
    assert 'value="12.50"' in officer.get(f"/certified-balances?{query}").text


def test_only_the_officer_may_look(app: Flask, db: Session, floor: Floor) -> None:
    for caller in (floor.operator, floor.bank.maker):
        visitor = Visitor(app, username_of(db, caller))
        assert visitor.post("/certified-balances/confirm", **fields(floor, "1.00")).status_code == 403
