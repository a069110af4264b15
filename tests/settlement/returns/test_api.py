"""Returns as JSON: filing with a token, errors row by row in both languages, repairs, certification by a person only."""

import io

import pytest
from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from tests.factories import Robot, Visitor, make_token, username_of
from tests.settlement.filing_floor import Bank, csv_of, loan, make_bank


@pytest.fixture
def bank(db: Session) -> Bank:
    return make_bank(db)


class Api(Robot):
    """A bank's system."""

    def file(self, content: bytes, name: str = "loans.csv", quarter: str = "2022Q3") -> TestResponse:
        return self.send("POST", f"/returns/{quarter}", data={"file": (io.BytesIO(content), name)})


@pytest.fixture
def maker(app: Flask, db: Session, bank: Bank) -> Api:
    return Api(app, make_token(db, bank.maker, "settlement:file", "settlement:read"))


def test_a_return_is_filed_listed_and_shown_with_a_token(maker: Api) -> None:
    filed = maker.file(csv_of([loan(1)]))
    assert filed.status_code == 201
    told = filed.get_json()
    assert (told["state"], told["version"], told["rows"], told["total_balance"]) == ("filed", 1, 1, "1000000.00")
    assert maker.get("/returns?quarter=2022Q3").get_json()["total"] == 1
    assert maker.get(f"/returns/{told['id']}").get_json() == told


def test_errors_come_as_json_and_as_the_file_of_file_mode(maker: Api) -> None:
    told = maker.file(csv_of([loan(1, balance="125万")])).get_json()
    assert (told["state"], told["errors"], told["row_digest"]) == ("refused", 1, None)
    [finding] = maker.get(f"/returns/{told['id']}/errors").get_json()["findings"]
    assert (finding["row"], finding["column"], finding["value"], finding["rule"]) == (
        2,
        "balance",
        "125万",
        "not_money",
    )
    assert "余额" in finding["message_zh"]
    assert "balance" in finding["message_en"]
    content = maker.get(f"/returns/{told['id']}/errors.csv").data.decode("utf-8-sig")
    assert content.splitlines()[1].startswith("loans.csv,2,balance,125万,not_money,error,")


def test_mended_rows_make_the_next_version(maker: Api) -> None:
    rows = [loan(1, balance="125万"), loan(2, start_date="2022-10-08", maturity_date="2023-10-08")]
    number = maker.file(csv_of(rows)).get_json()["id"]
    wrong = maker.send("PUT", f"/returns/{number}/repairs", json={"row": 2, "column": "balance", "value": "1.005"})
    assert wrong.status_code == 422
    for value in ("1.00", "1250000.00"):
        maker.send("PUT", f"/returns/{number}/repairs", json={"row": 2, "column": "balance", "value": value})
    maker.send("POST", f"/returns/{number}/left-out", json={"row": 3})
    assert [one["value"] for one in maker.get(f"/returns/{number}/repairs").get_json()] == ["1250000.00", ""]
    told = maker.send("POST", f"/returns/{number}/repaired").get_json()
    assert (told["version"], told["state"], told["rows"], told["total_balance"]) == (2, "filed", 1, "1250000.00")
    assert told["repaired_from"] == number
    assert maker.get(f"/returns/{number}").get_json()["state"] == "refused"


def test_a_repair_is_taken_back_and_a_row_without_error_is_not_mended(maker: Api) -> None:
    number = maker.file(csv_of([loan(1, balance="x"), loan(2)])).get_json()["id"]
    maker.send("PUT", f"/returns/{number}/repairs", json={"row": 2, "column": "balance", "value": "1"})
    assert maker.send("DELETE", f"/returns/{number}/repairs?row=2&column=balance").status_code == 204
    assert maker.get(f"/returns/{number}/repairs").get_json() == []
    other = maker.send("PUT", f"/returns/{number}/repairs", json={"row": 3, "column": "balance", "value": "1"})
    assert other.status_code == 422


def test_a_token_cannot_certify_and_a_person_can(app: Flask, db: Session, bank: Bank, maker: Api) -> None:
    told = maker.file(csv_of([loan(1)])).get_json()
    body = {"row_digest": told["row_digest"]}
    checker = Api(app, make_token(db, bank.checker, "settlement:file", "settlement:read"))
    assert checker.send("POST", f"/returns/{told['id']}/certification", json=body).status_code == 403
    visitor = Visitor(app, username_of(db, bank.checker))
    visitor.get(f"/returns/{told['id']}")
    assert maker.send("POST", f"/returns/{told['id']}/sent").get_json()["sent_at"] is not None
    assert checker.send("POST", f"/returns/{told['id']}/sent-back", json={"reason": "不对"}).status_code == 403
    back = visitor.send("POST", f"/returns/{told['id']}/sent-back", json={"reason": "余额不对"}).get_json()
    assert (back["state"], back["sent_back_reason"], back["sent_at"]) == ("sent_back", "余额不对", None)
    maker.send("POST", f"/returns/{told['id']}/sent")
    answer = visitor.send("POST", f"/returns/{told['id']}/certification", json=body)
    assert answer.get_json()["state"] == "certified"


def test_another_banks_return_is_the_same_404_as_none(app: Flask, db: Session, maker: Api) -> None:
    number = maker.file(csv_of([loan(1)])).get_json()["id"]
    other = make_bank(db, "香山农村商业银行")
    stranger = Api(app, make_token(db, other.maker, "settlement:file", "settlement:read"))
    for path in ("", "/errors", "/errors.csv", "/repairs"):
        answer, absent = stranger.get(f"/returns/{number}{path}"), stranger.get(f"/returns/4711{path}")
        assert answer.status_code == absent.status_code == 404
        assert answer.get_json()["code"] == absent.get_json()["code"]
    assert stranger.get("/returns").get_json()["items"] == []


def test_templates_can_be_filled_and_filed(maker: Api) -> None:
    heading = maker.get("/returns/template.csv").data.decode("utf-8-sig").splitlines()[0]
    assert heading.startswith("借据号,")
    assert maker.get("/returns/template.xlsx").data[:2] == b"PK"


def test_a_wrong_quarter_and_a_missing_file_are_named(maker: Api) -> None:
    assert maker.file(csv_of([loan(1)]), quarter="2022Q9").status_code == 404
    assert maker.file(csv_of([loan(1)]), quarter="2021Q1").get_json()["code"] == "quarter_not_reported"
    answer = maker.send("POST", "/returns/2022Q3", data={})
    assert answer.status_code == 422


def test_a_file_that_is_no_table_answers_what_is_wrong_and_is_no_version(maker: Api) -> None:
    answer = maker.file("借据号,余额\n1,2\n".encode())
    assert answer.status_code == 422
    errors = answer.get_json()["errors"]
    assert errors
    assert all(one["field"] == "file" and one["message_zh"] and one["message_en"] for one in errors)
    assert maker.get("/returns").get_json()["items"] == []
