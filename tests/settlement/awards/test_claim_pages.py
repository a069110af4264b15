"""Claims through pages and API: the form follows the declared facts, the rule answers before anything is kept, strangers get 404."""

import io
from typing import Any

import pytest
from flask import Flask

from kernel.accounts.service import Caller
from tests.factories import Robot, Visitor, make_enterprise, make_person, make_token, username_of
from tests.settlement.awards.desk import PDF, Desk

FORM = {"day": "2022-08-01", "document": "平统〔2022〕9号", "was_in_register": "no", "revenue": "50,000,000.00"}
ENTRY = {
    "scheme": "first-entry-award",
    "day": "2022-08-01",
    "facts": {"was_in_register": False, "revenue": "50000000.00"},
}


def visitor(app: Flask, desk: Desk, who: Caller) -> Visitor:
    return Visitor(app, username_of(desk.db, who))


def test_a_firm_checks_keeps_attaches_and_files_and_the_officer_accepts(app: Flask, desk: Desk) -> None:
    firm = visitor(app, desk, desk.owner)
    assert "首次入库奖励" in firm.get("/awards/new").text
    assert 'name="was_in_register"' in firm.get("/awards/new/first-entry-award").text
    checked = firm.post("/awards/new/first-entry-award", act="check", **FORM)
    assert checked.status_code == 200
    assert "80,000" in checked.text
    assert "还没有申报" in firm.get("/awards").text
    kept = firm.post("/awards/new/first-entry-award", act="save", **FORM)
    page = kept.headers["Location"]
    for paper in ("register_notice", "income_statement"):
        sent = firm.post(f"{page}/papers", paper=paper, file=(io.BytesIO(PDF + paper.encode()), f"{paper}.pdf"))
        assert sent.status_code == 302
    firm.get(f"{page}/file")
    assert firm.post(f"{page}/file").status_code == 302
    officer = visitor(app, desk, desk.officer)
    assert "受理" in officer.get("/").text
    shown = officer.get(f"{page}/accept").text
    digest = shown.split('name="digest" value="')[1].split('"')[0]
    assert officer.post(f"{page}/accept", digest=digest).status_code == 302
    assert "50,000" in firm.get(page).text


def test_a_wrong_field_is_told_and_what_was_typed_is_shown_again(app: Flask, desk: Desk) -> None:
    firm = visitor(app, desk, desk.owner)
    firm.get("/awards/new/first-entry-award")
    answer = firm.post(
        "/awards/new/first-entry-award", act="save", **{**FORM, "revenue": "1.234", "was_in_register": ""}
    )
    assert answer.status_code == 422
    assert 'value="1.234"' in answer.text
    assert "最多两位小数" in answer.text


def test_a_draft_is_changed_on_its_form(app: Flask, desk: Desk) -> None:
    claim = desk.draft()
    firm = visitor(app, desk, desk.owner)
    form = firm.get(f"/awards/{claim.id}/edit").text
    assert 'value="50000000.00"' in form
    assert 'name="seen" value="1"' in form
    changed = firm.post(f"/awards/{claim.id}/edit", act="save", seen="1", **{**FORM, "revenue": "1.00"})
    assert changed.status_code == 302
    assert firm.post(f"/awards/{claim.id}/edit", act="save", seen="1", **FORM).status_code == 409


def test_a_bureau_enters_a_claim_for_a_firm(app: Flask, desk: Desk) -> None:
    officer = visitor(app, desk, desk.officer)
    assert 'name="beneficiary_code"' in officer.get("/awards/new/first-entry-award").text
    made = officer.post("/awards/new/first-entry-award", act="save", beneficiary_code=desk.firm.code, **FORM)
    assert made.status_code == 302
    unknown = officer.post("/awards/new/first-entry-award", act="save", beneficiary_code="91410402MA0000015P", **FORM)
    assert unknown.status_code == 422
    assert "没有找到" in unknown.text


def test_a_refusal_needs_its_reason_on_its_page(app: Flask, desk: Desk) -> None:
    claim = desk.filed()
    officer = visitor(app, desk, desk.officer)
    officer.get(f"/awards/{claim.id}/refuse")
    answer = officer.post(f"/awards/{claim.id}/refuse", note="", code="")
    assert answer.status_code == 422
    assert officer.post(f"/awards/{claim.id}/refuse", note="看不清", code="not_proven").status_code == 302
    assert "看不清" in visitor(app, desk, desk.owner).get(f"/awards/{claim.id}").text


def test_another_firms_claim_and_no_claim_are_the_same_answer(app: Flask, desk: Desk) -> None:
    claim = desk.filed()
    stranger = visitor(app, desk, make_person(desk.db, make_enterprise(desk.db, "别家有限公司"), "owner"))
    for path in ("", "/edit", "/file", "/papers/1/file"):
        theirs, none = stranger.get(f"/awards/{claim.id}{path}"), stranger.get(f"/awards/999{path}")
        assert (theirs.status_code, none.status_code) == (404, 404)
    for suffix in ("", "/papers/1/file"):
        theirs = stranger.send("GET", f"/awards/{claim.id}{suffix}")
        assert theirs.status_code == stranger.send("GET", f"/awards/999{suffix}").status_code == 404


def test_a_paper_comes_back_as_it_was_attached(app: Flask, desk: Desk) -> None:
    claim = desk.draft()
    firm = visitor(app, desk, desk.owner)
    firm.get(f"/awards/{claim.id}")
    content = PDF + b"inside"
    firm.post(f"/awards/{claim.id}/papers", paper="register_notice", file=(io.BytesIO(content), "批复.pdf"))
    found = firm.send("GET", f"/awards/{claim.id}").get_json()["papers"][0]
    answer = firm.send("GET", f"/awards/{claim.id}/papers/{found['id']}/file")
    assert (answer.data, answer.mimetype) == (content, "application/pdf")
    assert "attachment" in answer.headers["Content-Disposition"]


def api(app: Flask, desk: Desk, who: Caller, *scopes: str) -> Robot:
    return Robot(app, make_token(desk.db, who, *scopes))


def test_the_api_names_every_kind_with_its_facts_and_papers(app: Flask, desk: Desk) -> None:
    kinds: list[dict[str, Any]] = api(app, desk, desk.owner, "settlement:read").get("/awards/kinds").get_json()
    entry = next(one for one in kinds if one["scheme"] == "first-entry-award")
    assert entry["clauses"] == [27, 28]
    assert [fact["name"] for fact in entry["facts"]] == ["was_in_register", "revenue"]
    assert {paper["code"] for paper in entry["papers"]} == {"register_notice", "income_statement"}
    assert "rent-subsidy-support" not in {one["scheme"] for one in kinds}


def test_the_api_checks_and_drafts_with_a_token_and_does_not_decide_with_one(app: Flask, desk: Desk) -> None:
    robot = api(app, desk, desk.owner, "settlement:read", "settlement:file")
    checked = robot.send("POST", "/awards/check", json=ENTRY).get_json()
    assert (checked["is_eligible"], checked["amount"]) == (True, "80000.00")
    assert [line["clause"] for line in checked["lines"]] == [27, 28]
    assert {share["payer"] for share in checked["lines"][0]["shares"]} == {"city", "410411"}
    made = robot.send("POST", "/awards", json=ENTRY)
    assert made.status_code == 201
    assert made.get_json()["state"] == "draft"
    moved = robot.send("POST", f"/awards/{made.get_json()['id']}/moves", json={"move": "file"})
    assert moved.status_code == 403


@pytest.mark.parametrize(
    "facts",
    [
        {"was_in_register": False},
        {"was_in_register": "maybe", "revenue": "1.00"},
        {"was_in_register": False, "revenue": 1},
        {"was_in_register": False, "revenue": "1.00", "extra": 1},
    ],
)
def test_facts_that_are_missing_wrong_or_unknown_are_refused_by_name(
    app: Flask, desk: Desk, facts: dict[str, Any]
) -> None:
    robot = api(app, desk, desk.owner, "settlement:read", "settlement:file")
    answer = robot.send("POST", "/awards/check", json={**ENTRY, "facts": facts})
    assert answer.status_code == 422
    assert "facts" in answer.text


def test_the_api_lists_shows_and_moves(app: Flask, desk: Desk) -> None:
    claim = desk.filed()
    officer = visitor(app, desk, desk.officer)
    listed = officer.send("GET", "/awards?state=filed").get_json()
    assert [(one["id"], one["amount"]) for one in listed["items"]] == [(claim.id, "80000.00")]
    shown = officer.send("GET", f"/awards/{claim.id}").get_json()
    assert shown["moves"] == ["accept", "refuse", "return"]
    wrong = officer.send("POST", f"/awards/{claim.id}/moves", json={"move": "accept", "digest": "0" * 64})
    assert wrong.status_code == 409
    right = {"move": "accept", "digest": shown["decision"]["digest"]}
    done = officer.send("POST", f"/awards/{claim.id}/moves", json=right)
    assert done.status_code == 200
    assert [grant["amount"] for grant in done.get_json()["grants"]] == [5_000_000, 3_000_000]


def test_today_says_who_is_waited_for(app: Flask, desk: Desk) -> None:
    desk.filed()
    returned = desk.filed("specialised-firm-award", {"is_first": True})
    desk.move(returned, "return", desk.officer, note="缺名单")
    assert "受理锦程机械有限公司的申报" in visitor(app, desk, desk.officer).get("/").text
    assert "受理" not in visitor(app, desk, desk.operator).get("/").text
    firm = visitor(app, desk, desk.owner).get("/").text
    assert "专精特新首次认定奖励还没报上去" in firm
    assert "缺名单" in firm
