"""The API of products, requests and sessions: roles, scopes, fields, pages of lists, strangers."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.web.edge import clock
from tests.factories import apart, make_bureau, make_person, make_token
from tests.matchmaking.people import SEED, ask, bank, firm, offer, organiser, session

READ, WRITE = "matchmaking:read", "matchmaking:write"
PRODUCT = {
    "name": "小微保证贷",
    "amount_min": "100000.00",
    "amount_max": "5000000.00",
    "term_min": 3,
    "term_max": 24,
    "rate_min": "3.85",
    "rate_max": "4.65",
    "guarantee_kinds": ["surety"],
    "promised_days": 5,
}
REQUEST = {
    "purpose": "working_capital",
    "amount": "3000000.00",
    "term": 12,
    "rate_ceiling": "4.80",
    "guarantee_kinds": ["surety"],
}


class Api:
    """The API with one person's token."""

    def __init__(self, app: Flask, db: Session, caller: Caller, *scopes: str) -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {make_token(db, caller, *(scopes or (READ, WRITE)))}"}

    def send(self, method: str, path: str, **body: Any) -> tuple[int, Any]:
        options = {"json": body} if body else {}
        answer = apart(self.client.open, f"/api/v1{path}", method=method, headers=self.headers, **options)
        return answer.status_code, answer.json


@pytest.fixture
def today(app: Flask) -> date:
    with app.app_context():
        return clock().today()


def wrong_fields(answer: tuple[int, Any]) -> set[str]:
    status, body = answer
    assert status == 422, body
    return {error["field"] for error in body["errors"]}


def test_a_product_travels_as_it_was_filed(app: Flask, db: Session) -> None:
    api = Api(app, db, bank(db))
    status, made = api.send("POST", "/products", **PRODUCT)
    assert status == 201
    assert PRODUCT.items() <= made.items()
    assert (made["state"], made["version"], made["quota"]) == ("draft", 1, None)
    status, changed = api.send("PUT", f"/products/{made['id']}", **PRODUCT | {"rate_min": "3.60", "seen": 1})
    assert (status, changed["version"], changed["rate_min"]) == (200, 2, "3.60")
    assert api.send("PUT", f"/products/{made['id']}", **PRODUCT | {"seen": 1})[0] == 409
    status, versions = api.send("GET", f"/products/{made['id']}/versions")
    assert [one["version"] for one in versions] == [2, 1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_max": "99999.99"}, "amount_max"),
        ({"amount_min": "100000.001"}, "amount_min"),
        ({"rate_min": "3.85001"}, "rate_min"),
        ({"rate_max": "3.84"}, "rate_max"),
        ({"guarantee_kinds": []}, "guarantee_kinds"),
        ({"guarantee_kinds": ["gold"]}, "guarantee_kinds.0"),
        ({"valid_from": "2022-12-31", "valid_to": "2022-01-01"}, "valid_to"),
        ({"term_max": 361}, "term_max"),
        ({"favour": "yes"}, "favour"),
    ],
)
def test_a_wrong_field_of_a_product_is_named(app: Flask, db: Session, changes: dict[str, Any], field: str) -> None:
    api = Api(app, db, bank(db))
    assert wrong_fields(api.send("POST", "/products", **PRODUCT | changes)) == {field}


def test_the_hall_comes_in_pages_with_the_totals_in_the_body(app: Flask, db: Session) -> None:
    lender = bank(db)
    for number in range(3):
        offer(db, lender, name=f"第{number}款")
    status, page = Api(app, db, firm(db)).send("GET", "/products?per_page=2&page=2")
    assert (status, len(page["items"]), page["total"], page["pages"]) == (200, 1, 3, 2)


def test_a_request_gets_live_offers_as_a_draft_and_goes_through_its_life(app: Flask, db: Session, today: date) -> None:
    offer(db, bank(db))
    api = Api(app, db, firm(db))
    status, made = api.send("POST", "/requests", **REQUEST)
    assert (status, made["state"], made["source"]) == (201, "draft", "api")
    status, answer = api.send("GET", f"/requests/{made['id']}/offers")
    assert (status, answer["open_after"], answer["offers"][0]["name"]) == (200, 1, "小微保证贷")
    assert len(answer["offers"][0]["reasons"]) >= 3
    until = (today + timedelta(days=30)).isoformat()
    status, published = api.send("POST", f"/requests/{made['id']}/publication", audience="session_banks", until=until)
    assert (status, published["state"], published["consent"]["until"]) == (200, "published", until)
    status, revoked = api.send("DELETE", f"/requests/{made['id']}/consent")
    assert (status, revoked["state"], revoked["consent"]) == (200, "draft", None)
    assert api.send("POST", f"/requests/{made['id']}/withdrawal")[1]["state"] == "withdrawn"
    assert api.send("POST", f"/requests/{made['id']}/withdrawal")[0] == 409


def test_a_wish_and_a_veto_of_one_bank_contradict_each_other(app: Flask, db: Session) -> None:
    both = {"preferred_institutions": ["B1"], "vetoed_institutions": ["B1"]}
    assert wrong_fields(Api(app, db, firm(db)).send("POST", "/requests", **REQUEST | both)) == {"vetoed_institutions"}


def test_roles_and_scopes_are_held(app: Flask, db: Session) -> None:
    lender, owner = bank(db), firm(db)
    reader = Api(app, db, lender, READ)
    assert reader.send("POST", "/products", **PRODUCT)[0] == 403
    assert Api(app, db, owner).send("POST", "/products", **PRODUCT)[0] == 403
    assert Api(app, db, lender).send("POST", "/requests", **REQUEST)[0] == 403
    assert Api(app, db, lender).send("GET", "/requests")[0] == 403
    reviewer = make_person(db, make_bureau(db), "reviewer")
    made = session(db, organiser(db))
    assert Api(app, db, reviewer).send("POST", f"/sessions/{made.id}/moves", move="close")[0] == 403
    assert Api(app, db, reviewer).send("GET", f"/sessions/{made.id}/meetings")[0] == 403
    assert Api(app, db, reviewer).send("GET", f"/sessions/{made.id}")[0] == 200


def test_anothers_request_is_the_same_answer_as_none(app: Flask, db: Session) -> None:
    filed = ask(db, firm(db))
    api = Api(app, db, firm(db, "清源环保设备有限公司"))
    for number in (filed.id, 999):
        for method, path, body in (
            ("GET", f"/requests/{number}", {}),
            ("GET", f"/requests/{number}/offers", {}),
            ("PUT", f"/requests/{number}", REQUEST | {"seen": 1}),
            ("POST", f"/requests/{number}/withdrawal", {}),
            ("DELETE", f"/requests/{number}/consent", {}),
        ):
            status, problem = api.send(method, path, **body)
            assert (status, problem["code"]) == (404, "request_not_found"), (method, path)


def test_a_session_never_shows_its_seed_before_the_match(app: Flask, db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    status, body = Api(app, db, by).send("GET", f"/sessions/{made.id}")
    assert status == 200
    assert SEED.hex() not in str(body)
    assert made.seed_nonce not in str(body)
    assert body["commitment"] == made.commitment
    assert Api(app, db, by).send("GET", f"/sessions/{made.id}/files/certificate.json")[0] == 404


def test_a_second_session_in_a_week_is_a_conflict_and_an_unknown_move_an_error(app: Flask, db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    api = Api(app, db, by)
    assert api.send("POST", f"/sessions/{made.id}/moves", move="match")[0] == 409
    assert wrong_fields(api.send("POST", f"/sessions/{made.id}/moves", move="cancel")) == {"move"}
    assert api.send("POST", "/sessions/999/moves", move="close")[0] == 404
