"""Whoever is signed in says something about a page; the bureau reads it with the page and the request, and answers it once."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.audit.service import entries_about
from tests.factories import Robot, Visitor, make_bureau, make_enterprise, make_person, make_token, username_of


@pytest.fixture
def owner(db: Session) -> Caller:
    return make_person(db, make_enterprise(db), "owner", name="赵敏")


@pytest.fixture
def organiser(db: Session) -> Caller:
    return make_person(db, make_bureau(db, "市金融工作局"), "organiser", name="陈晨")


def foot(page: str) -> str:
    found = re.search(r'class="page-foot[^"]*"><a href="([^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_every_pages_foot_leads_to_the_form_with_that_page_and_request(
    app: Flask, db: Session, owner: Caller, organiser: Caller
) -> None:
    visitor = Visitor(app, username_of(db, owner))
    for address, page in (("/account?lang=zh", "/account"), ("/no-such-page", "/no-such-page")):
        shown = visitor.get(address)
        link = foot(shown.text)
        assert parse_qs(urlsplit(link).query) == {"about": [page], "request_id": [shown.headers["X-Request-Id"]]}
        form = visitor.get(link).text
        fields = dict(re.findall(r'<input type="hidden" name="(page|request_id)" value="([^"]*)"', form))
        assert visitor.post("/feedback", content=f"看不懂 {page}", **fields).status_code == 302
        listed = Visitor(app, username_of(db, organiser)).get("/feedback").text
        assert f"看不懂 {page}" in listed
        number = re.findall(r'href="/feedback/(\d+)"', listed)[0]
        assert shown.headers["X-Request-Id"] in Visitor(app, username_of(db, organiser)).get(f"/feedback/{number}").text


def test_the_bureau_is_asked_to_answer_until_it_has_and_the_writer_reads_the_answer(
    app: Flask, db: Session, owner: Caller, organiser: Caller
) -> None:
    visitor, bureau = Visitor(app, username_of(db, owner)), Visitor(app, username_of(db, organiser))
    visitor.post("/feedback", content="按钮太小", page="/requests")
    assert "用户意见待答复" in bureau.get("/").text
    number = re.findall(r'href="/feedback/(\d+)"', bureau.get("/feedback?state=waiting").text)[0]
    assert bureau.post(f"/feedback/{number}/answers", answer="").status_code == 422
    assert bureau.post(f"/feedback/{number}/answers", answer="下周改大").status_code == 302
    again = bureau.post(f"/feedback/{number}/answers", answer="另一个答复")
    assert (again.status_code, "这条意见已经答复" in again.text) == (409, True)
    assert "用户意见待答复" not in bureau.get("/").text
    assert "按钮太小" not in bureau.get("/feedback?state=waiting").text
    assert "下周改大" in visitor.get(f"/feedback/{number}").text
    db.commit()  # ends the read that this test began
    assert [one.act for one in entries_about(db, ("feedback", number))] == ["feedback.write", "feedback.answer"]


def test_nobody_but_its_writer_and_those_who_answer_reads_an_opinion(
    app: Flask, db: Session, owner: Caller, organiser: Caller
) -> None:
    Visitor(app, username_of(db, owner)).post("/feedback", content="只给你们看")
    number = re.findall(r'href="/feedback/(\d+)"', Visitor(app, username_of(db, organiser)).get("/feedback").text)[0]
    for role in ("auditor", "reviewer"):
        other = Visitor(app, username_of(db, make_person(db, make_bureau(db, f"局{role}"), role)))
        assert "只给你们看" not in other.get("/feedback").text
        assert other.get(f"/feedback/{number}").status_code == 404
        assert other.post(f"/feedback/{number}/answers", answer="我答").status_code == 403
        assert "只给你们看" not in other.get("/feedback?format=csv").get_data(as_text=True)


@pytest.mark.parametrize("page", ["//evil.example", "https://evil.example", "/\\evil.example", "/search?q=赵敏"])
def test_a_page_is_a_path_of_this_service_without_its_query(app: Flask, db: Session, owner: Caller, page: str) -> None:
    visitor = Visitor(app, username_of(db, owner))
    assert visitor.post("/feedback", content="看不懂", page=page).status_code == 422
    assert 'name="page" value=""' in visitor.get("/feedback", query_string={"about": page}).text


def test_the_list_goes_out_as_a_file_in_which_nothing_is_run(
    app: Flask, db: Session, owner: Caller, organiser: Caller
) -> None:
    visitor = Visitor(app, username_of(db, owner))
    visitor.post("/feedback", content="=1+1", page="/requests")
    saved = Visitor(app, username_of(db, organiser)).get("/feedback?format=csv").get_data(as_text=True)
    assert saved.splitlines()[1].split(",")[2:] == [
        owner.organisation_name,
        "owner",
        "赵敏",
        "/requests",
        "",
        "'=1+1",
        "waiting",
        "",
    ]


def test_the_api_takes_lists_and_answers_in_person_and_from_no_token(
    app: Flask, db: Session, owner: Caller, organiser: Caller
) -> None:
    visitor, bureau = Visitor(app, username_of(db, owner)), Visitor(app, username_of(db, organiser))
    said = {"content": "接口也行", "page": "/requests", "request_id": "abcd1234"}
    made = visitor.send("POST", "/feedback", json=said).get_json()
    assert {name: made[name] for name in said} == said
    answered = bureau.send("POST", f"/feedback/{made['id']}/answers", json={"answer": "好"})
    assert (answered.status_code, answered.get_json()["state"]) == (201, "answered")
    assert bureau.send("GET", "/feedback?state=waiting").get_json()["total"] == 0
    assert visitor.send("GET", "/feedback").get_json()["items"][0]["answer"] == "好"
    assert visitor.send("POST", f"/feedback/{made['id']}/answers", json={"answer": "我"}).status_code == 403
    robot = Robot(app, make_token(db, organiser, "matchmaking:read"))
    assert robot.get("/feedback").status_code == 403
