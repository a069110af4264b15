"""A bank's own list of prior clients: what it changes in counts, and that nobody else can tell."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import entries_about
from kernel.clock import Clock
from kernel.errors import Invalid, NotFound
from matchmaking.clients import service
from matchmaking.clients.reading import known_to, since_when
from matchmaking.measures.additionality import MetPair, class_of
from matchmaking.measures.reading import Span
from matchmaking.measures.service import met_pairs
from matchmaking.referrals import jobs
from matchmaking.referrals.filed_loans import LoanSeen
from matchmaking.referrals.reading import referrals_for
from tests.factories import Visitor, username_of
from tests.matchmaking.people import (
    NOW,
    Town,
    ask,
    bank,
    firm,
    join_bank,
    join_request,
    matched,
    offer,
    organiser,
    party_code,
    session,
    step,
)
from tests.matchmaking.referrals.city import BOOK, DELIVERED, WORK, days_on

SINCE = date(2019, 3, 18)
TODAY = date(2022, 10, 20)


def put(db: Session, by: Caller, code: str, since: date = SINCE) -> str:
    return database.write(db, lambda db: service.put(db, by, code=code, since=since, at=NOW))


def first_loan_town(db: Session) -> tuple[Caller, Caller, Caller, Caller]:
    """Two banks, both of which meet a firm that says it never had a loan; one of them has it on its list."""
    near, far, owner, by = bank(db), bank(db, "应河城市商业银行"), firm(db), organiser(db)
    put(db, near, party_code(db, owner))
    made = session(db, by)
    for lender in (near, far):
        offer(db, lender)
        join_bank(db, lender, made, desks=2)
    join_request(db, owner, made, ask(db, owner, tags=("first_loan",)).id)
    step(db, by, matched(db, Town(near, far, (owner,), by), BOOK, made), "publish")
    jobs.deliver_due(db, book=BOOK, work=WORK, at=DELIVERED)
    return near, far, owner, by


def test_the_bank_alone_reads_that_a_firm_is_its_client(app: Flask, db: Session) -> None:
    near, far, owner, by = first_loan_town(db)
    app.extensions["clock"] = Clock.starting_at(days_on(1))
    ids = {one.referral.institution_id: one.id for one in referrals_for(db, by, today=TODAY)}
    mine = Visitor(app, username_of(db, near))
    assert "老客户" in mine.get("/referrals").text.partition("<main")[2]
    assert "老客户" in mine.get(f"/referrals/{ids[near.organisation_id]}").text.partition("<main")[2]
    for reader in (far, owner, by):
        visitor = Visitor(app, username_of(db, reader))
        for one in ids.values():
            page = visitor.get(f"/referrals/{one}")
            seen = page.text.partition("<h1")[2]
            assert page.status_code == 404 or "老客户" not in seen.replace(">老客户</a>", "")
        assert SINCE.isoformat() not in visitor.get("/referrals").text
    code = party_code(db, owner)
    assert known_to(db, near, [code]) == {code: SINCE}
    assert [known_to(db, reader, [code]) for reader in (far, owner, by)] == [{}, {}, {}]


def test_a_listed_firm_takes_no_first_loan_there_and_is_an_old_customer_of_what_followed(db: Session) -> None:
    near, far, owner, by = first_loan_town(db)
    rows = referrals_for(db, by, today=TODAY)
    counted = {one.referral.institution_id: one.referral.is_first_loan for one in rows}
    assert counted == {near.organisation_id: False, far.organisation_id: True}
    pairs = {pair.institution: pair for pair in met_pairs(db, Span())}
    assert pairs[party_code(db, near)].client_since == SINCE
    assert pairs[party_code(db, far)].client_since is None
    code = party_code(db, owner)
    for lender, kind in ((near, "old_customer"), (far, "new_customer")):
        loan = LoanSeen(party_code(db, lender), code, "JJ-1", TODAY + timedelta(days=20), 100, "2022Q4")
        assert class_of(loan, pairs.values(), loan.started, 180) == kind


def test_a_client_since_the_day_of_delivery_is_a_new_one() -> None:
    loan = LoanSeen("B", "F", "1", TODAY + timedelta(days=3), 100, "2022Q4")
    for since, kind in ((TODAY, "new_customer"), (TODAY - timedelta(days=1), "old_customer")):
        assert class_of(loan, [MetPair("F", "B", TODAY, client_since=since)], None, 180) == kind


def test_a_changed_day_keeps_the_former_one_on_record_and_a_removed_firm_is_off(db: Session) -> None:
    mine, rival, owner = bank(db), bank(db, "应河城市商业银行"), firm(db)
    code = party_code(db, owner)
    assert [put(db, mine, code), put(db, mine, code), put(db, mine, code, date(2018, 1, 1))] == [
        "new",
        "unchanged",
        "changed",
    ]
    assert since_when(db, mine.organisation_id, [code]) == {code: date(2018, 1, 1)}
    live = service.listed(db, mine, code)
    assert live is not None
    with pytest.raises(NotFound):
        database.write(db, lambda db: service.remove(db, rival, live.id or 0, at=NOW))
    database.write(db, lambda db: service.remove(db, mine, live.id or 0, at=NOW))
    assert service.listed(db, mine, code) is None
    acts = [entry.act for entry in entries_about(db, ("prior_client", live.id))]
    assert acts == ["prior_client.put", "prior_client.remove"]
    with pytest.raises(Invalid):
        put(db, mine, code, TODAY + timedelta(days=1))


def test_the_list_is_kept_on_screen(app: Flask, db: Session) -> None:
    mine, owner = bank(db), firm(db)
    app.extensions["clock"] = Clock.starting_at(NOW)
    visitor = Visitor(app, username_of(db, mine))
    visitor.get("/clients")
    assert visitor.post("/clients", code="123", since="2019-03-18").status_code == 422
    assert visitor.post("/clients", code=party_code(db, owner), since="2019-03-18").status_code == 302
    page = visitor.get("/clients?name=恒润").text
    assert "恒润精密铸造有限公司" in page
    db.rollback()  # look again
    live = service.listed(db, mine, party_code(db, owner))
    assert live is not None
    assert visitor.post(f"/clients/{live.id}/remove").status_code == 302
    assert "名单还是空的" in visitor.get("/clients").text
