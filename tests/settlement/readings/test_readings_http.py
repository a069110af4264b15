"""Open words, decisions and what-ifs through pages and API: two people, one paper, and nobody else's scenarios."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session

from tests.factories import Robot, Visitor, make_institution, make_person, make_token, username_of
from tests.settlement.readings.desks import PDF, Desk, make_desk

PAPER = {
    "document_number": "平财〔2022〕31号",
    "document_title": "关于房租补贴奖补比例的决定",
    "document_issuer": "市财政局",
    "document_date": "2022-05-30",
}
RENT = {"scheme": "rent-subsidy-support", "parameter": "rate", "value": "30%", "since": "2022-06-01", **PAPER}
CHANGE = "growth-reward.rate:2022-04-01..2023-06-30=2%"


@pytest.fixture
def desk(app: Flask, db: Session, tmp_path: Path) -> Desk:
    found = make_desk(app, db, tmp_path)
    db.rollback()
    return found


def visitor(desk: Desk, who: str) -> Visitor:
    found = Visitor(desk.app, username_of(desk.db, getattr(desk, who)))
    desk.db.rollback()
    return found


def scan() -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), "决定.pdf"


def test_a_document_goes_from_the_form_over_the_second_person_to_the_policy_pages(desk: Desk) -> None:
    operator, reviewer = visitor(desk, "operator"), visitor(desk, "reviewer")
    assert "缺文件" in operator.get("/policies?day=2022-09-30&kind=P").text
    operator.get("/decisions/new?scheme=rent-subsidy-support&parameter=rate")
    sent = operator.post("/decisions", evidence=scan(), **RENT)
    assert sent.status_code == 302, sent.text
    shown = operator.get(sent.location)
    assert "对着文件核对" not in shown.text
    assert "D-0001" in reviewer.get("/").text
    page = reviewer.get(sent.location)
    assert "对着文件核对" in page.text
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page.text)
    assert digest is not None
    assert reviewer.post(f"{sent.location}/check", digest="0" * 64).status_code == 409
    assert reviewer.post(f"{sent.location}/check", digest=digest[1]).status_code == 302
    scheme = operator.get("/policies/rent-subsidy-support?day=2022-09-30").text
    for words in ("30%", "决定 D-0001", "平财〔2022〕31号《关于房租补贴奖补比例的决定》2022-05-30", "能付"):
        assert words in scheme
    paper = operator.get(f"{sent.location}/evidence")
    assert (paper.data, paper.mimetype) == (PDF, "application/pdf")
    assert "attachment" in paper.headers["Content-Disposition"]


def test_what_is_wrong_with_a_document_is_told_at_its_field(desk: Desk) -> None:
    operator = visitor(desk, "operator")
    operator.get("/decisions/new?scheme=rent-subsidy-support&parameter=rate")
    for changed, told in (
        ({"value": "lots"}, "比例写成带引号的小数"),
        ({"document_date": "2999-01-01"}, "年份填 2000 到 2100"),
        ({"document_number": ""}, "必填"),
        ({"until": "2022-05-01"}, "截止日早于起始日"),
    ):
        answer = operator.post("/decisions", evidence=scan(), **(RENT | changed))
        assert (answer.status_code, told in answer.text) == (422, True), changed
    bare = operator.post("/decisions", **RENT)
    assert (bare.status_code, "附上文件的扫描件" in bare.text) == (422, True)


def test_the_api_decides_by_the_same_two_hands_and_never_by_a_token(desk: Desk) -> None:
    operator, approver = visitor(desk, "operator"), visitor(desk, "approver")
    word = {"word": "payer", "alternative": "fiscal_shares", **PAPER}
    made = operator.send("POST", "/decisions/words", data={**word, "evidence": scan()})
    assert made.status_code == 201, made.text
    number, digest = made.json["id"], made.json["digest"]
    assert operator.send("POST", f"/decisions/{number}/check", json={"digest": digest}).status_code == 403
    assert approver.send("POST", f"/decisions/{number}/check", json={"digest": digest}).json["state"] == "in_force"
    listed = {one["id"]: one["in_force"] for one in operator.send("GET", "/open-words?day=2022-09-30").json}
    assert (listed["payer"], listed["central_bank_deduction"]) == ("fiscal_shares", None)
    revoked = operator.send("POST", f"/decisions/{number}/revocation", data={**PAPER, "evidence": scan()}).json
    approver.send("POST", f"/decisions/{revoked['id']}/check", json={"digest": revoked["digest"]})
    states = {one["id"]: one["state"] for one in operator.send("GET", "/decisions").json}
    assert states == {number: "revoked", revoked["id"]: "in_force"}
    robot = Robot(desk.app, make_token(desk.db, desk.operator, "settlement:read"))
    assert robot.get("/decisions").status_code == 200
    assert robot.send("POST", "/decisions/words", data={**word, "evidence": scan()}).status_code == 403


def test_a_bank_sees_neither_decisions_nor_what_ifs(desk: Desk) -> None:
    maker = make_person(desk.db, make_institution(desk.db), "maker")
    bank = Visitor(desk.app, username_of(desk.db, maker))
    for path in ("/decisions", "/open-words", "/open-words/basis", f"/what-if?change={CHANGE}"):
        assert bank.get(path).status_code == 403
    assert bank.send("GET", f"/what-if?change={CHANGE}").status_code == 403


def test_scenarios_are_kept_deleted_and_restored_by_their_owner_alone(desk: Desk) -> None:
    operator, reviewer = visitor(desk, "operator"), visitor(desk, "reviewer")
    operator.get("/what-if", query_string={"change": CHANGE})
    assert operator.post("/what-if/scenarios", change=CHANGE, name="二季度起 2%").status_code == 302
    again = operator.post("/what-if/scenarios", change=CHANGE, name="二季度起 2%")
    assert (again.status_code, "你已有同名的方案" in again.text) == (422, True)
    (kept,) = operator.send("GET", "/scenarios").json
    assert (kept["name"], kept["changes"]) == ("二季度起 2%", [CHANGE])
    assert reviewer.send("GET", "/scenarios").json == []
    assert reviewer.send("DELETE", f"/scenarios/{kept['id']}").status_code == 404
    assert operator.post(f"/what-if/scenarios/{kept['id']}/deletion").status_code == 302
    assert operator.send("GET", "/scenarios").json == []
    assert reviewer.send("POST", f"/scenarios/{kept['id']}/restored").status_code == 404
    assert operator.post(f"/what-if/scenarios/{kept['id']}/restored").status_code == 302
    assert [one["id"] for one in operator.send("GET", "/scenarios").json] == [kept["id"]]


def test_a_change_is_made_in_the_form_and_stands_in_the_address(desk: Desk) -> None:
    operator = visitor(desk, "operator")
    fields = {"parameter": "growth-reward.rate", "since": "2022-04-01", "until": "2023-06-30"}
    answer = operator.get("/what-if/change", query_string={**fields, "value": "2%"})
    assert answer.status_code == 302
    assert "growth-reward.rate:2022-04-01..2023-06-30%3D2%25" in answer.location
    wrong = operator.get("/what-if/change", query_string={**fields, "value": "much"})
    assert (wrong.status_code, "比例写成带引号的小数" in wrong.text) == (422, True)
    missing = operator.get("/what-if/change", query_string={"parameter": "growth-reward.rate", "value": "2%"})
    assert (missing.status_code, "必填" in missing.text) == (422, True)
    for bad in ("growth-reward.rate=2%", "growth-reward.rate:2022-04-01=x"):
        assert operator.get("/what-if", query_string={"change": bad}).status_code == 422
    assert operator.get("/what-if", query_string={"change": "no.such:2022-04-01=1"}).status_code == 404
