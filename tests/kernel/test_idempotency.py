"""Idempotency keys: one effect and the same answer again, for the same account only, and never for a secret."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, request, url_for
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlmodel import func, select

from kernel import database
from kernel.accounts import service, tokens
from kernel.accounts.access import caller, requires
from kernel.accounts.models import AccessToken
from kernel.audit.service import THE_SERVICE
from kernel.parties.service import party_by_id
from kernel.web.edge import clock
from kernel.web.models import IdempotencyKey

pytestmark = pytest.mark.both_databases

PASSWORD = "Correct-Horse-7"
BODY = {"name": "接口", "scopes": ["settlement:read"], "days": 30}
ENTRIES = "/api/v1/entries"


@requires("reviewer")
def enter(**_place: str) -> ResponseReturnValue:
    """A route with one effect that is easy to count and nothing secret in its answer."""
    token = tokens.issue_token(database.current(), caller(), **request.get_json(), at=clock().now()).token
    return {"id": token.id}, 201, {"Location": url_for("accounts.account", entry=token.id)}


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.fixture
def client(app: Flask, client: FlaskClient) -> FlaskClient:
    """The reviewer's browser, on an app that has the route above."""
    for rule in (ENTRIES, f"{ENTRIES}/<place>", "/entries"):
        app.url_map.add(app.url_rule_class(rule, endpoint="enter", methods=["POST"]))
    app.view_functions["enter"] = enter
    return client


def count(app: Flask, table: Any) -> int:
    with app.app_context():
        return database.current().exec(select(func.count()).select_from(table)).one()


def test_the_same_key_gives_the_same_answer_and_one_effect(app: Flask, client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "first-token-1"}
    first = client.post(ENTRIES, json=BODY, headers=headers)
    again = client.post(ENTRIES, json=BODY, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.data, first.headers["Location"]) == (again.data, again.headers["Location"])
    assert again.headers["Idempotent-Replay"] == "true"
    assert count(app, AccessToken) == 1


def test_the_same_key_with_another_body_is_refused(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "first-token-2"}
    client.post(ENTRIES, json=BODY, headers=headers)
    other = client.post(ENTRIES, json=BODY | {"days": 31}, headers=headers)
    assert (other.status_code, other.json and other.json["errors"][0]["code"]) == (422, "key_reused")


def test_a_refusal_gives_the_key_back(app: Flask, client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "first-token-3"}
    refused = client.post(ENTRIES, json=BODY | {"scopes": []}, headers=headers)
    assert (refused.status_code, count(app, AccessToken)) == (422, 0)
    assert client.post(ENTRIES, json=BODY, headers=headers).status_code == 201


def test_one_key_sent_by_ten_at_once_has_one_effect(app: Flask, client: FlaskClient) -> None:
    cookie = client.get_cookie("yinqi")
    assert cookie is not None

    def send(_number: int) -> tuple[int, bytes]:
        one = app.test_client()
        one.set_cookie("yinqi", cookie.value)
        answer = one.post(ENTRIES, json=BODY, headers={"Idempotency-Key": "at-once-1"})
        return answer.status_code, answer.data

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(send, range(10)))
    assert len(answers) == 1
    assert count(app, AccessToken) == 1


def colleague_of(app: Flask, account_id: int) -> FlaskClient:
    """The browser of somebody else in the same organisation and role."""

    def enter_colleague(db: Any) -> None:
        mine = service.caller_for(db, account_id)
        assert mine is not None
        service.create_account(
            db,
            username="zhouqi",
            name="周琦",
            password=PASSWORD,
            organisation=party_by_id(db, mine.organisation_id),
            role=mine.role,
            at=datetime.now(UTC),
            by=THE_SERVICE,
        )

    with app.app_context():
        database.write(database.current(), enter_colleague)
    other = app.test_client()
    assert other.post("/sign-in", data={"username": "zhouqi", "password": PASSWORD}).status_code == 302
    return other


def test_a_colleague_with_the_same_key_has_an_effect_of_their_own(
    app: Flask, client: FlaskClient, account_id: int
) -> None:
    headers = {"Idempotency-Key": "shared-key-1"}
    first = client.post(ENTRIES, json=BODY, headers=headers)
    theirs = colleague_of(app, account_id).post(ENTRIES, json=BODY, headers=headers)
    assert "Idempotent-Replay" not in theirs.headers
    assert first.data != theirs.data
    assert count(app, AccessToken) == 2


def test_a_secret_is_neither_kept_nor_given_again(app: Flask, client: FlaskClient) -> None:
    answer = client.post("/api/v1/account/tokens", json=BODY, headers={"Idempotency-Key": "secret-key-1"})
    assert (answer.status_code, answer.json and answer.json["code"]) == (400, "idempotency_not_supported")
    assert (count(app, AccessToken), count(app, IdempotencyKey)) == (0, 0)


def test_a_route_with_transactions_of_its_own_refuses_a_key_instead_of_ignoring_it(
    app: Flask, client: FlaskClient
) -> None:
    app.view_functions["enter"] = requires("reviewer", transaction="own")(lambda: "done")
    answer = client.post(ENTRIES, headers={"Idempotency-Key": "own-key-01"})
    assert (answer.status_code, answer.json and answer.json["code"]) == (400, "idempotency_not_supported")
    assert client.post(ENTRIES).text == "done"


def test_a_page_ignores_the_key(app: Flask, client: FlaskClient) -> None:
    for _ in range(2):
        assert client.post("/entries", json=BODY, headers={"Idempotency-Key": "?"}).status_code == 201
    assert (count(app, AccessToken), count(app, IdempotencyKey)) == (2, 0)


def test_a_key_counts_on_a_long_path_too(client: FlaskClient) -> None:
    answer = client.post(f"{ENTRIES}/{'7' * 150}", json=BODY, headers={"Idempotency-Key": "long-path-1"})
    assert answer.status_code == 201
