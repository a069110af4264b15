"""Signing up page by page, without script; and the desk that confirms it, as pages and as JSON."""

import pytest
from flask import Flask
from limits import parse
from sqlmodel import Session, select

from kernel.accounts.models import Account
from kernel.web.rates import LIMITS
from matchmaking.enrolment.models import Enrolment
from tests.factories import PASSWORD, Visitor, make_enterprise, username_of
from tests.matchmaking.enrolment.applicants import CODE, FIRM, SHOPS_CODE, STEP_2, STEP_3, city, county, walk_through


def test_three_steps_lead_home_and_nothing_is_asked_twice(app: Flask, db: Session) -> None:
    visitor = Visitor(app)
    assert "企业注册" in visitor.get("/sign-in").text
    assert walk_through(visitor, CODE.lower(), username="") == (302, "/")
    home = visitor.get("/").text
    assert "下一步：填你的第一份融资申请" in home
    assert "待核实" in home
    assert FIRM.name in visitor.get("/find/new").text
    row = db.exec(select(Enrolment)).one()
    assert (row.code, row.name, row.person, row.state) == (CODE, FIRM.name, "苗青", "waiting")
    assert visitor.get("/sign-up").headers["Location"] == "/"
    Visitor(app, STEP_3["phone"])


def test_what_was_entered_is_kept_and_the_password_never(app: Flask, db: Session) -> None:
    visitor = Visitor(app)
    assert visitor.get("/sign-up/person").headers["Location"] == "/sign-up"
    visitor.get("/sign-up")
    visitor.post("/sign-up", code=SHOPS_CODE)
    assert visitor.get("/sign-up/person").headers["Location"] == "/sign-up/firm"
    assert 'value="individual_business" checked' in visitor.get("/sign-up/firm").text
    visitor.post("/sign-up/firm", **STEP_2)
    weak = visitor.post("/sign-up/person", **STEP_3 | {"password": "weak"})
    assert weak.status_code == 422
    assert "weak" not in weak.text
    again = visitor.get("/sign-up/person").text
    assert 'value="苗青"' in again
    with visitor.client.session_transaction() as cookie:
        assert sorted(cookie["entered"]) == sorted({"code", *STEP_2, *STEP_3} - {"password", "mail"})
    assert f'value="{FIRM.name}"' in visitor.get("/sign-up/firm").text
    smuggled = visitor.post("/sign-up/person", **STEP_3, region="000000", code="x", size_class="huge")
    assert smuggled.status_code == 422
    with visitor.client.session_transaction() as cookie:
        assert [cookie["entered"][name] for name in ("code", "region")] == [SHOPS_CODE, FIRM.region]
    assert db.exec(select(Account)).all() == []


def test_a_known_firm_is_received_told_at_sign_in_and_let_in_once_confirmed(app: Flask, db: Session) -> None:
    known = make_enterprise(db, "汝瓷老窑有限公司", region="410482")
    code, name = known.code, known.name
    visitor, officer = Visitor(app), Visitor(app, username_of(db, county(db, "410482")))
    db.rollback()
    assert walk_through(visitor, code) == (302, "/sign-up/received")
    assert name not in visitor.get("/sign-up/received").text
    visitor.get("/sign-in")
    refused = visitor.post("/sign-in", username="miaoqing", password=PASSWORD)
    assert (refused.status_code, "还在核实企业身份" in refused.text) == (422, True)
    visitor.get("/sign-in")
    wrong = visitor.post("/sign-in", username="miaoqing", password="Wrong-Horse-7")
    assert "核实" not in wrong.text
    assert "新注册的企业等核实身份" in officer.get("/").text
    number = db.exec(select(Enrolment.id)).one()
    page = officer.get(f"/sign-ups/{number}").text
    assert name in page
    assert FIRM.name in page
    officer.post(f"/sign-ups/{number}/confirm")
    assert "已核实" in officer.get(f"/sign-ups/{number}").text
    Visitor(app, "miaoqing")


def test_who_was_refused_reads_why_at_the_next_sign_in(app: Flask, db: Session) -> None:
    visitor, officer = Visitor(app), Visitor(app, username_of(db, city(db)))
    db.rollback()
    walk_through(visitor, CODE)
    number = db.exec(select(Enrolment.id)).one()
    assert officer.post(f"/sign-ups/{number}/refuse", reason="").status_code == 422
    officer.post(f"/sign-ups/{number}/refuse", reason="执照已经注销")
    assert visitor.get("/requests").status_code == 302
    visitor.get("/sign-in")
    assert "执照已经注销" in visitor.post("/sign-in", username="miaoqing", password=PASSWORD).text


def test_the_desk_lists_filters_exports_and_answers_in_json(app: Flask, db: Session) -> None:
    officer = Visitor(app, username_of(db, city(db)))
    db.rollback()
    walk_through(Visitor(app), CODE)
    number = db.exec(select(Enrolment.id)).one()
    assert FIRM.name in officer.get("/sign-ups?state=waiting").text
    assert FIRM.name not in officer.get("/sign-ups?state=refused").text
    assert CODE in officer.get("/sign-ups?format=csv").text
    listed = officer.send("GET", "/sign-ups?state=waiting").get_json()
    assert (listed["total"], listed["items"][0]["code"]) == (1, CODE)
    assert officer.send("POST", f"/sign-ups/{number}/refusal", json={"reason": ""}).status_code == 422
    confirmed = officer.send("POST", f"/sign-ups/{number}/confirmation").get_json()
    assert (confirmed["state"], confirmed["username"]) == ("confirmed", "miaoqing")
    late = officer.send("POST", f"/sign-ups/{number}/refusal", json={"reason": "太晚了才说"})
    assert late.status_code == 409


def test_one_address_cannot_try_every_code(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "sign_up", parse("3 per hour"))
    visitor = Visitor(app)
    visitor.get("/sign-up")
    assert [visitor.post("/sign-up", code="X").status_code for _ in range(4)] == [422, 422, 422, 429]
    assert visitor.get("/sign-up").status_code == 200
    assert Visitor(app).get("/sign-up").status_code == 200


def test_one_address_cannot_ask_which_telephone_numbers_have_an_account(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "user_name", parse("3 per hour"))
    visitor = Visitor(app)
    visitor.get("/sign-up")
    assert [visitor.post("/sign-up/person", **STEP_3).status_code for _ in range(4)] == [302, 302, 302, 429]
    assert visitor.post("/sign-up", code="X").status_code == 422
