"""The fit-to-meet gate as a firm meets it: on the page of its request, in the API, and when it signs up."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import Clock
from kernel.errors import DomainError
from kernel.parties.service import begin_status
from matchmaking.requests import service
from tests.factories import Visitor, username_of
from tests.matchmaking.people import CONSENT_UNTIL, NOW, ask, bank, draft, firm, join_request, offer, organiser, session


def visit(app: Flask, db: Session, person: Caller) -> Visitor:
    app.extensions["clock"] = Clock.starting_at(NOW)
    return Visitor(app, username_of(db, person))


def gaps(visitor: Visitor, request_id: int) -> list[tuple[str, str]]:
    answer: Any = visitor.send("GET", f"/requests/{request_id}/gate")
    assert answer.status_code == 200
    return [(gap["code"], gap["weight"]) for gap in answer.json]


def test_a_draft_reads_what_keeps_it_out_and_what_a_bank_will_ask_with_the_way_to_mend_it(
    app: Flask, db: Session
) -> None:
    owner, lender = firm(db), bank(db)
    offer(db, lender, documents="营业执照\n近两年报表")
    filed = draft(db, owner)
    mine = visit(app, db, owner)
    assert gaps(mine, filed.id) == [
        ("request_not_published", "must"),
        ("existing_loans_missing", "should"),
        ("documents", "should"),
    ]
    page = mine.get(f"/requests/{filed.id}").text
    for words in ("见银行前还差什么", "报不了名", "银行会问", "营业执照、近两年报表"):
        assert words in page
    for way in (f"/find/{filed.id}/publish", f"/find/{filed.id}"):
        assert f'href="{way}' in page


def test_what_is_mended_disappears(app: Flask, db: Session) -> None:
    owner = firm(db)
    filed = draft(db, owner, existing_loans=0)
    mine = visit(app, db, owner)
    assert gaps(mine, filed.id) == [("request_not_published", "must")]
    database.write(
        db, lambda db: service.publish(db, owner, filed.id, audience="session_banks", until=CONSENT_UNTIL, at=NOW)
    )
    assert gaps(mine, filed.id) == []
    assert "见银行前还差什么" not in mine.get(f"/requests/{filed.id}").text


def test_a_record_of_dishonesty_is_told_and_does_not_keep_out(app: Flask, db: Session) -> None:
    owner, by = firm(db), organiser(db)
    made, filed = session(db, by), ask(db, owner, existing_loans=0)
    day = NOW.date() - timedelta(days=30)
    database.write(db, lambda db: begin_status(db, owner.organisation_id, "dishonest", day, reference="名单"))
    assert gaps(visit(app, db, owner), filed.id) == [("dishonest", "should")]
    assert join_request(db, owner, made, filed.id).state == "signed_up"


@pytest.mark.parametrize(
    ("frame", "changes", "code"),
    [
        ({"theme_code": "trade"}, {}, "not_of_this_theme"),
        ({}, {"until": NOW.date()}, "consent_too_short"),
    ],
)
def test_signing_up_is_refused_with_the_first_thing_that_keeps_it_out(
    db: Session, frame: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    owner, by = firm(db), organiser(db)
    made, filed = session(db, by, **frame), draft(db, owner)
    values = {"audience": "session_banks", "until": CONSENT_UNTIL, "at": NOW} | changes
    database.write(db, lambda db: service.publish(db, owner, filed.id, **values))
    with pytest.raises(DomainError, match=code):
        join_request(db, owner, made, filed.id)


def test_nobody_else_reads_a_firms_gate(app: Flask, db: Session) -> None:
    filed = ask(db, firm(db))
    for stranger, status in ((firm(db, "清源环保设备有限公司"), 404), (bank(db), 403), (organiser(db), 403)):
        assert visit(app, db, stranger).send("GET", f"/requests/{filed.id}/gate").status_code == status
