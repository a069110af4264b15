"""The edge: who is asking, one transaction, the same answer again, headers, and errors that speak plainly."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import func, select

from config.app import UndeclaredRoutes, check_declarations
from kernel import database
from kernel.accounts import tokens
from kernel.accounts.models import AccessToken

PASSWORD = "Correct-Horse-7"
TOKEN_BODY = {"name": "接口", "scopes": ["settlement:read"], "days": 30}


def token_count(app: Flask) -> int:
    with app.app_context():
        return database.current().exec(select(func.count()).select_from(AccessToken)).one()


def test_the_home_page_greets_in_chinese_and_in_english(app: Flask) -> None:
    page = app.test_client().get("/")
    assert page.status_code == 200
    assert "登录" in page.text
    assert 'lang="zh-CN"' in page.text
    assert 'lang="en"' in app.test_client().get("/?lang=en").text


def test_a_page_for_somebody_leads_to_the_sign_in_and_the_api_answers_401(app: Flask) -> None:
    page = app.test_client().get("/account")
    assert (page.status_code, page.headers["Location"]) == (302, "/sign-in?next=/account")
    answer = app.test_client().get("/api/v1/account")
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.json is not None
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_next_never_leads_away_from_the_service(app: Flask, account_id: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    for bad in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = app.test_client().post("/sign-in", data={"username": "linjing", "password": PASSWORD, "next": bad})
        assert answer.headers["Location"] == "/"


def test_an_unsafe_page_without_the_csrf_token_is_refused(app: Flask, account_id: int) -> None:
    answer = app.test_client().post("/sign-in", data={"username": "linjing", "password": PASSWORD})
    assert answer.status_code == 400
    assert "请刷新后再提交" in answer.text


def test_a_bearer_token_reaches_the_api_without_a_cookie_until_it_is_revoked(app: Flask, client: FlaskClient) -> None:
    issued = client.post("/api/v1/account/tokens", json=TOKEN_BODY).json
    assert issued is not None
    stranger, headers = app.test_client(), {"Authorization": f"Bearer {issued['secret']}"}
    assert stranger.get("/api/v1/account", headers=headers).json == {
        "name": "林静",
        "role": "reviewer",
        "organisation_name": "市财政局",
        "organisation_kind": "bureau",
        "fiscal_region": "410402",
    }
    assert stranger.get("/api/v1/account/tokens", headers=headers).status_code == 403
    assert stranger.get("/account", headers=headers).status_code == 302
    assert client.delete(f"/api/v1/account/tokens/{issued['token']['id']}").status_code == 204
    assert stranger.get("/api/v1/account", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        "[" * 21 + "]" * 21,
        "{",
        '{"name": "\\ud800", "scopes": ["settlement:read"], "days": 1}',
    ],
)
def test_json_that_is_not_quite_json_is_refused(client: FlaskClient, body: str) -> None:
    answer = client.post("/api/v1/account/tokens", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"


def test_an_unknown_field_and_a_wrong_type_are_named_in_both_languages(client: FlaskClient) -> None:
    answer = client.post("/api/v1/account/tokens", json=TOKEN_BODY | {"admin": True, "days": "thirty"})
    assert answer.status_code == 422
    assert answer.json is not None
    assert {(e["field"], e["message_zh"], e["message_en"]) for e in answer.json["errors"]} == {
        ("admin", "没有这一项", "Unknown field"),
        ("days", "填整数", "Write a whole number"),
    }


def test_every_answer_carries_the_security_headers(app: Flask) -> None:
    client = app.test_client()
    for path in ("/", "/sign-in", "/nowhere", "/api/v1/nowhere", "/api/v1/openapi.json", "/static/css/tokens.css"):
        with client.get(path) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "default-src 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Request-Id"]


def test_an_unknown_page_says_so_and_carries_the_request_id(app: Flask) -> None:
    answer = app.test_client().get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["X-Request-Id"] in answer.text


def test_sign_in_is_slowed_down_after_thirty_tries_a_minute(app: Flask, account_id: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answers = [client.post("/sign-in", data={"username": "nobody", "password": "x"}).status_code for _ in range(31)]
    assert answers == [422] * 30 + [429]


def test_an_app_with_an_undeclared_route_does_not_start(app: Flask) -> None:
    app.view_functions["rogue"] = lambda: "hello"
    app.url_map.add(app.url_rule_class("/rogue", endpoint="rogue"))
    with pytest.raises(UndeclaredRoutes, match="rogue"):
        check_declarations(app)


def test_changing_the_password_ends_other_sign_ins(app: Flask, client: FlaskClient) -> None:
    other = app.test_client()
    other.post("/sign-in", data={"username": "linjing", "password": PASSWORD})
    changed = client.post("/account/password", data={"old_password": PASSWORD, "password": "Another-Horse-8"})
    assert changed.status_code == 302
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_tokens_are_kept_as_digests_only(app: Flask, client: FlaskClient) -> None:
    issued = client.post("/api/v1/account/tokens", json=TOKEN_BODY).json
    assert issued is not None
    with app.app_context():
        kept = database.current().exec(select(AccessToken)).one()
    assert issued["secret"] not in str(kept.model_dump())
    assert kept.digest == tokens._digest(issued["secret"])


def test_guessing_the_present_password_locks_the_account_as_guessing_at_the_sign_in_does(
    app: Flask, client: FlaskClient
) -> None:
    for _ in range(5):
        guess = client.post("/account/password", data={"old_password": "wrong", "password": "Another-Horse-8"})
        assert (guess.status_code, "现在的密码不对" in guess.text) == (422, True)
    right = client.post("/account/password", data={"old_password": PASSWORD, "password": "Another-Horse-8"})
    assert right.status_code == 422
    assert app.test_client().post("/sign-in", data={"username": "linjing", "password": PASSWORD}).status_code == 422


def test_a_locked_account_and_an_unknown_name_read_the_same(app: Flask, account_id: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    texts = []
    for name in ("linjing", "nobody0"):
        for _ in range(6):
            answer = client.post("/sign-in", data={"username": name, "password": "wrong"})
        texts.append("锁定 15 分钟" in answer.text)
    assert texts == [True, True]


def test_signing_out_ends_every_copy_of_the_cookie_and_no_other_sign_in(app: Flask, client: FlaskClient) -> None:
    cookie = client.get_cookie("yinqi")
    assert cookie is not None
    copy, elsewhere = app.test_client(), app.test_client()
    copy.set_cookie("yinqi", cookie.value)
    elsewhere.post("/sign-in", data={"username": "linjing", "password": PASSWORD})
    assert copy.get("/account").status_code == 200
    assert client.post("/sign-out").status_code == 302
    assert copy.get("/account").status_code == 302
    assert elsewhere.get("/account").status_code == 200
