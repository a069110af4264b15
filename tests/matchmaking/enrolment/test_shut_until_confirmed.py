"""Which doors are shut to a firm until an official has confirmed who it is: every one that changes anything, but for a few."""

import re

from flask import Flask, g
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from kernel import database
from kernel.accounts.access import SAFE_METHODS, may_open
from kernel.outbox.models import Subscription
from matchmaking.enrolment import service
from matchmaking.renewals.models import LoanMaturity
from matchmaking.requests.models import FinancingRequest
from tests.config.who_may import YES, agreed, routes
from tests.factories import NOW, Robot, Visitor, apart, make_token
from tests.matchmaking import people
from tests.matchmaking.enrolment.applicants import city, enrolled, owner_of

OPEN_TO_THE_UNCONFIRMED = """
    POST   /find/new
    POST   /find/<int:request_id>/edit
    POST   /find/<int:request_id>/loosen
    POST   /find/<int:request_id>/publish
    POST   /requests/<int:request_id>/withdraw
    POST   /requests/<int:request_id>/revoke
    POST   /api/v1/requests
    PUT    /api/v1/requests/<int:request_id>
    POST   /api/v1/requests/<int:request_id>/publication
    POST   /api/v1/requests/<int:request_id>/withdrawal
    DELETE /api/v1/requests/<int:request_id>/consent
    POST   /account/password
    POST   /feedback
    POST   /api/v1/feedback
    POST   /saved-filters
    POST   /saved-filters/<int:filter_id>/removal
    POST   /api/v1/saved-filters
    DELETE /api/v1/saved-filters/<int:filter_id>
    POST   /tour/end
"""
OPEN_TO_EVERYBODY = {
    ("POST", "/sign-in"),
    ("POST", "/sign-out"),
    ("POST", "/sign-up"),
    ("POST", "/sign-up/firm"),
    ("POST", "/sign-up/person"),
    ("POST", "/api/v1/platforms/<name>/<kind>"),
}
LOAN = {"loan": "HT-001", "balance": "8000000.00", "starts_on": "2021-12-06", "due_on": "2022-12-05"}
REQUEST = {"purpose": "working_capital", "amount": "300.00", "term": 12}


def opened() -> set[tuple[str, str]]:
    return {(line.split()[0], line.split()[1]) for line in OPEN_TO_THE_UNCONFIRMED.strip().splitlines()}


def shut_doors(app: Flask) -> list[tuple[str, str]]:
    """The doors to which an owner's role has the key, that change something and are on neither list."""
    table, now = agreed(), [(method, str(rule)) for method, rule in routes(app) if method not in SAFE_METHODS]
    assert opened() | OPEN_TO_EVERYBODY <= set(now)
    return [door for door in now if table[door]["owner"] == YES and door not in opened() | OPEN_TO_EVERYBODY]


def said(answer: TestResponse) -> bool:
    """Refused for the identity's sake and no other."""
    if answer.is_json:
        return answer.status_code == 403 and answer.get_json()["code"] == "identity_unconfirmed"
    return answer.status_code == 403 and "企业身份还在核实" in answer.text


def test_every_door_that_changes_anything_is_shut_but_for_the_few_that_are_listed(app: Flask, db: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    enrolled(db)
    db.rollback()
    owner = Visitor(app, "miaoqing")

    def knock(door: tuple[str, str]) -> TestResponse:
        path = re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "4711", door[1]))
        return apart(owner.client.open, path, method=door[0])

    shut = shut_doors(app)
    assert len(shut) > 60
    assert [door for door in shut if not said(knock(door))] == []
    assert [door for door in sorted(opened()) if knock(door).status_code in (401, 403)] == []


def test_it_sets_up_no_channel_and_puts_no_loan_on_a_banks_radar_until_it_is_confirmed(app: Flask, db: Session) -> None:
    row, officer, bank = enrolled(db), city(db), people.bank(db).organisation_id
    number = row.id or 0
    db.rollback()
    owner = Visitor(app, "miaoqing")

    def statuses() -> list[int]:
        owner.get("/messages")
        by_page = owner.post("/messages/channels", channel="mail", address="miao@example.com")
        by_json = owner.send("POST", "/channels", json={"channel": "sms", "address": "13800000001"})
        radar = owner.post("/renewals/loans/new", bank_id=bank, **LOAN)
        return [answer.status_code for answer in (by_page, by_json, radar)]

    assert statuses() == [403, 403, 403]
    assert db.exec(select(Subscription)).all() == db.exec(select(LoanMaturity)).all() == []
    db.rollback()
    database.write(db, lambda db: service.confirm(db, officer, number, at=NOW))
    assert statuses() == [200, 201, 302]
    assert (len(db.exec(select(Subscription)).all()), len(db.exec(select(LoanMaturity)).all())) == (2, 1)


def test_no_program_acts_for_it_though_a_person_may(app: Flask, db: Session) -> None:
    row = enrolled(db)
    owner = owner_of(db, row)
    assert owner is not None
    robot = Robot(app, make_token(db, owner, "matchmaking:write", "matchmaking:read"))
    db.rollback()
    refused = robot.send("POST", "/requests", json=REQUEST)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "identity_unconfirmed")
    assert robot.get("/requests").status_code == 200
    assert db.exec(select(FinancingRequest)).all() == []
    db.rollback()
    person = Visitor(app, "miaoqing")
    assert person.send("POST", "/requests", json=REQUEST).status_code != 403


def test_what_it_may_not_do_is_not_offered(app: Flask, db: Session) -> None:
    row, officer = enrolled(db), city(db)

    def offered() -> list[bool]:
        with app.test_request_context():
            g.caller = owner_of(db, row)
            return [may_open(door) for door in ("outbox.add", "finding.publish", "renewals.index")]

    assert offered() == [False, True, True]
    database.write(db, lambda db: service.confirm(db, officer, row.id or 0, at=NOW))
    assert offered() == [True, True, True]
