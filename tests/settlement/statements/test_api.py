"""Statements as JSON and CSV: drafting by the operator, traces row by row, a bank's own view."""

import pytest
from flask import Flask

from tests.factories import Robot, Visitor, make_token, username_of
from tests.settlement.filing_floor import Q2, Q3, Floor, loan


@pytest.fixture
def drafted(app: Flask, floor: Floor) -> Visitor:
    """An operator who has drafted the third quarter of one bank."""
    rows = [loan(1), loan(2, credit_line="10000000.01", balance="9000000.00"), loan(3, product_kind="bill_discount")]
    floor.certify(floor.file([loan(1, balance="900000.00")], Q2))
    floor.certify(floor.file(rows, Q3))
    floor.certify_balance(900_000_00, Q2)
    floor.certify_balance(1_000_000_00, Q3)
    operator = Visitor(app, username_of(floor.db, floor.operator))
    operator.get("/quarters/2022Q3")
    answer = operator.send("POST", "/quarters/2022Q3/drafts")
    assert answer.get_json() == {
        "written": ["GR-2022Q3-01"],
        "unchanged": 0,
        "failed": [],
        "withdrawn": [],
        "waiting": [],
    }
    return operator


def test_a_statement_tells_everything_it_was_computed_from(drafted: Visitor) -> None:
    told = drafted.send("GET", "/statements/GR-2022Q3-01").get_json()
    assert (told["amount"], told["increment"], told["rate"]) == ("1000.00", "100000.00", "0.01")
    assert [(share["payer"], share["part"], share["amount"]) for share in told["shares"]] == [
        ("city", "1/2", "500.00"),
        ("410411", "1/2", "500.00"),
    ]
    reading = next(one for one in told["explanation"]["readings"] if one["is_paid"])
    assert reading["written_out"][0] == "(1,000,000.00 − 900,000.00) × 1% = 1,000.00"
    assert told["explanation"]["clauses"][0]["reference"] == "平政办〔2022〕15号 三"
    rate = next(one for one in told["explanation"]["parameters"] if one["name"] == "rate")
    assert (rate["shown"], rate["since"], rate["until"]) == (["1%", "1%"], "2022-01-01", "2023-06-30")


def test_each_reason_opens_its_rows_and_they_add_up(drafted: Visitor) -> None:
    lines = drafted.send("GET", "/statements/GR-2022Q3-01/reconciliation").get_json()
    counted = {line["reason"]: (line["loans"], line["balance"]) for line in lines if line["loans"]}
    assert counted == {
        "eligible": (1, "1000000.00"),
        "product_kind": (1, "1000000.00"),
        "credit_line": (1, "9000000.00"),
    }
    page = drafted.send("GET", "/statements/GR-2022Q3-01/loans?reason=credit_line").get_json()
    assert (page["total"], page["balance"]) == (1, "9000000.00")
    assert (page["items"][0]["row"], page["items"][0]["loan_id"]) == (3, "SH0002")
    assert drafted.send("GET", "/statements/GR-2022Q3-01/loans?reason=nonsense").status_code == 404


def test_the_quarters_files_can_be_downloaded(drafted: Visitor) -> None:
    text = drafted.send("GET", "/quarters/2022Q3/statements.csv").data.decode("utf-8-sig")
    header, row = text.splitlines()
    assert header.startswith("institution_code,name,region,scheme,quarter,basis,")
    assert ",0.01,1000.00,high_water_mark,,N,N,," in row
    assert drafted.send("GET", "/quarters/2022Q3/other.csv").status_code == 404


def test_drafting_twice_changes_nothing_and_needs_the_operator(app: Flask, floor: Floor, drafted: Visitor) -> None:
    again = drafted.send("POST", "/quarters/2022Q3/drafts").get_json()
    assert again == {"written": [], "unchanged": 1, "failed": [], "withdrawn": [], "waiting": []}
    maker = Visitor(app, username_of(floor.db, floor.bank.maker))
    maker.get("/statements")
    assert maker.send("POST", "/quarters/2022Q3/drafts").status_code == 403
    outside = drafted.send("POST", "/quarters/2024Q1/drafts")
    assert outside.status_code == 422


def test_a_bank_sees_its_own_statement_and_no_other(app: Flask, floor: Floor, drafted: Visitor) -> None:
    own = Robot(app, make_token(floor.db, floor.bank.checker, "settlement:read"))
    assert own.get("/statements/GR-2022Q3-01").get_json()["amount"] == "1000.00"
    other = floor.another_bank()
    stranger = Robot(app, make_token(floor.db, other.checker, "settlement:read"))
    for path in ("", "/reconciliation", "/loans"):
        answer = stranger.get(f"/statements/GR-2022Q3-01{path}")
        assert (answer.status_code, answer.get_json()["code"]) == (404, "statement_not_found")
    assert stranger.get("/statements").get_json()["items"] == []
    assert own.get("/quarters/2022Q3/statements.csv").status_code == 403


def test_certified_balances_are_recorded_and_listed_as_json(app: Flask, floor: Floor) -> None:
    officer = Visitor(app, username_of(floor.db, floor.officer))
    officer.get("/certified-balances")
    body = {"institution_code": floor.bank.party.code, "quarter": "2022Q3", "balance": "12.34", "document": "71号"}
    answer = officer.send("POST", "/certified-balances", json=body)
    assert (answer.status_code, answer.get_json()["version"]) == (201, 1)
    listed = officer.send("GET", "/certified-balances?quarter=2022Q3").get_json()
    assert [(one["balance"], one["document"]) for one in listed["items"]] == [("12.34", "71号")]
    wrong = officer.send("POST", "/certified-balances", json={**body, "balance": "12.345"})
    assert (wrong.status_code, wrong.get_json()["errors"][0]["field"]) == (422, "balance")
