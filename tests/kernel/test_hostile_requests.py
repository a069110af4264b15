"""Requests nobody sends by accident: the answer is a plain refusal, never a breakdown."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kernel import database
from kernel.accounts import service
from kernel.audit.service import THE_SERVICE
from kernel.parties.service import enter_party

PASSWORD = "Correct-Horse-7"
TOKENS = "/api/v1/account/tokens"
TOKEN_BODY = '{"name": "n", "scopes": ["settlement:read"], "days": 1}'


def signed_in(app: Flask, *, kind: str, role: str) -> FlaskClient:
    """A browser of somebody of this kind of organisation in this role."""

    def enter(db: Any) -> None:
        now = datetime.now(UTC)
        party = enter_party(db, code="91410400000000002X", name="单位", kind=kind, fiscal_region="410402", at=now)
        service.create_account(
            db,
            username="somebody",
            name="某人",
            password=PASSWORD,
            organisation=party,
            role=role,
            at=now,
            by=THE_SERVICE,
        )

    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        database.write(database.current(), enter)
    client = app.test_client()
    assert client.post("/sign-in", data={"username": "somebody", "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize(("kind", "role"), [("bureau", "operator"), ("institution", "maker")])
def test_every_list_of_the_api_answers_a_bureau_and_an_institution(app: Flask, kind: str, role: str) -> None:
    client = signed_in(app, kind=kind, role=role)
    paths = sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and "GET" in (rule.methods or ()) and not rule.arguments
    )
    assert "/api/v1/policies" in paths
    answers = {path: client.get(path).status_code for path in paths}
    assert {path: status for path, status in answers.items() if status >= 500} == {}
    assert answers["/api/v1/policies"] == 200


@pytest.mark.parametrize("number", [str(2**31), str(2**63), "9" * 5000])
def test_a_number_no_database_can_hold_is_no_page(client: FlaskClient, number: str) -> None:
    assert client.delete(f"{TOKENS}/{number}").status_code == 404
    assert client.delete(f"{TOKENS}/{2**31 - 1}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        TOKEN_BODY.replace('"days": 1', '"days": 2, "days": 1'),
        TOKEN_BODY.replace("1}", "NaN}"),
        TOKEN_BODY.replace("1}", "9" * 5000 + "}"),
        "[" * 100_000,
        "[" * 21 + "]" * 21,
        "{",
        TOKEN_BODY.encode("utf-16"),
        TOKEN_BODY.replace('"n"', '"\\ud800"'),
        TOKEN_BODY.replace('"name"', '"na\\udfffme"'),
    ],
)
def test_a_body_that_is_not_strict_json_answers_400(client: FlaskClient, body: str | bytes) -> None:
    answer = client.post(TOKENS, data=body, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_a_whole_surrogate_pair_is_an_ordinary_character(client: FlaskClient) -> None:
    body = TOKEN_BODY.replace('"n"', '"\\ud83c\\udf3e"')
    assert client.post(TOKENS, data=body, content_type="application/json").status_code == 201


@pytest.mark.parametrize(
    "path", ["/api/v1/policies/a%00b", "/api/v1/policies?day=%00", "/sign-in?next=%00", "/api/v1/policies?%00=1"]
)
def test_nul_in_a_path_or_query_answers_400(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN"])
def test_a_number_that_is_infinite_is_not_json(app: Flask, number: str) -> None:
    client = signed_in(app, kind="institution", role="maker")
    body = f'{{"name": "n", "scopes": ["settlement:read"], "days": {number}}}'
    answer = client.post(TOKENS, data=body, content_type="application/json")
    assert answer.status_code == 400


def test_nul_in_a_json_text_is_refused_before_any_database_sees_it(app: Flask) -> None:
    client = signed_in(app, kind="institution", role="maker")
    body = '{"name": "a\\u0000b", "scopes": ["settlement:read"], "days": 1}'
    assert client.post(TOKENS, data=body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("field", ["username", "password", "next", "nobody\0knows"])
def test_nul_in_any_field_of_a_form_is_refused_at_the_edge(app: Flask, field: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    fields = {"username": "somebody", "password": PASSWORD, field: "a\0b"}
    assert app.test_client().post("/sign-in", data=fields).status_code == 400
