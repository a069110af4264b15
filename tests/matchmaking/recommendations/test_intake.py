"""What a platform holds of a firm or a bank becomes a draft here, which only its owner sees and makes public."""

from typing import Any

import pytest
from sqlmodel import Session, col, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.errors import NotFound
from kernel.outbox.models import OutboxEvent, PulledRecord
from kernel.outbox.pulling import PullOffice, pull_all
from kernel.web.paging import Asked
from matchmaking.products import service as products
from matchmaking.products.reading import own_products
from matchmaking.recommendations.intake import INTAKES
from matchmaking.requests import service as requests
from matchmaking.requests.reading import FiledRequest, request_for, requests_for
from tests.kernel.outbox.platform import FakeProvince, need, province
from tests.matchmaking.people import CONSENT_UNTIL, NOW, Town, ask, party_code, town


def product(code: str, version: int, bank: str, **changes: Any) -> dict[str, Any]:
    return {
        "productCode": code,
        "versionNo": version,
        "productName": "平台小微贷",
        "bankCreditCode": bank,
        "amount": {"min": "10", "max": "500"},
        "term": {"minMonths": 3, "maxMonths": 36},
        "rate": {"min": "3.85", "max": "4.65"},
        "guaranteeTypes": ["04"],
    } | changes


def pull(db: Session, made: FakeProvince, *needs: dict[str, Any], offered: tuple[dict[str, Any], ...] = ()) -> None:
    made.pages["/api/financing-needs"] = {"": {"data": {"list": list(needs), "nextCursor": None}}}
    made.pages["/api/loan-products"] = {"": {"data": {"list": list(offered), "nextCursor": None}}}
    made.pages["/api/need-status"] = {}
    counts = pull_all(db, PullOffice({"provincial": made.platform}, INTAKES), at=NOW)
    assert min(counts.values()) >= 0
    db.expire_all()


def refused(db: Session) -> dict[str, str]:
    query = select(PulledRecord).where(PulledRecord.state != "taken").order_by(col(PulledRecord.id))
    return {one.remote_id: one.reason for one in db.exec(query)}


def own(db: Session, owner: Caller) -> list[FiledRequest]:
    return list(requests_for(db, owner, Asked()).items)


def test_a_need_becomes_a_draft_that_its_owner_alone_sees_and_publishes(db: Session) -> None:
    people = town(db)
    owner, code = people.firms[0], party_code(db, people.firms[0])
    with province() as made:
        pull(db, made, need("N1", 1, entCreditCode=code), need("N1", 1, entCreditCode=code))
        (filed,) = own(db, owner)
        assert (filed.request.state, filed.request.source, filed.consent) == ("draft", "platform", None)
        terms = (filed.terms.amount, filed.terms.term, str(filed.terms.rate_ceiling), filed.terms.purpose)
        assert terms == (300_000_000, 12, "4.80", "equipment")
        assert filed.terms.guarantee_kinds == ("surety", "credit")
        with pytest.raises(NotFound):
            request_for(db, people.organiser, filed.id)
        pull(db, made, need("N1", 2, "250", entCreditCode=code))
        assert [(one.version.number, one.terms.amount) for one in own(db, owner)] == [(2, 250_000_000)]
        database.write(
            db, lambda db: requests.publish(db, owner, filed.id, audience="session_banks", until=CONSENT_UNTIL, at=NOW)
        )
        pull(db, made, need("N1", 3, "999", entCreditCode=code))
    assert [(one.request.state, one.terms.amount) for one in own(db, owner)] == [("published", 250_000_000)]
    assert refused(db) == {"N1": "owner_has_it"}
    told = select(OutboxEvent.party_id).where(OutboxEvent.event == "intake.drafted")
    assert list(db.exec(told)) == [owner.organisation_id]


def test_what_a_draft_cannot_hold_is_refused_with_its_reason_and_hinders_no_other(db: Session) -> None:
    people = town(db)
    code = party_code(db, people.firms[0])
    ours = ask(db, people.firms[1]).request.code
    with province() as made:
        pull(
            db,
            made,
            need("N1", 1),
            need("N2", 1, entCreditCode=code, purpose="赌博"),
            need("N3", 1, entCreditCode=code, rateCeiling="99"),
            need("N4", 1, entCreditCode=code, guaranteeTypes=[]),
            need("N5", 1, entCreditCode=code, termMonths=0),
            need("N6", 1, entCreditCode=code, rateCeiling=None),
            need(ours, 1, entCreditCode=code),
            need("N9", 1, entCreditCode=code),
            offered=(
                product("P1", 1, code),
                product("P2", 1, party_code(db, people.near), rate={"min": "5", "max": "4"}),
            ),
        )
    assert len(own(db, people.firms[0])) == 1
    assert refused(db) == {
        "P1": "institution_unknown",
        "P2": "wrong_rate_min",
        "N1": "enterprise_unknown",
        "N2": "wrong_purpose",
        "N3": "wrong_rate_ceiling",
        "N4": "wrong_guarantee_kinds",
        "N5": "wrong_term",
        "N6": "rateCeiling",
        ours: "our_own_record",
    }


def products_of(db: Session, people: Town) -> list[tuple[str, int, str]]:
    page = own_products(db, people.near, Asked())
    return [(one.product.state, one.version.number, one.version.name) for one in page.items]


def test_a_product_becomes_its_banks_draft_until_the_bank_puts_it_on_offer(db: Session) -> None:
    people = town(db)
    code = party_code(db, people.near)
    with province() as made:
        pull(db, made, offered=(product("P1", 1, code),))
        assert products_of(db, people) == [("draft", 1, "平台小微贷")]
        pull(db, made, offered=(product("P1", 2, code, productName="平台小微贷二代"),))
        assert products_of(db, people) == [("draft", 2, "平台小微贷二代")]
        (listing,) = own_products(db, people.near, Asked()).items
        database.write(db, lambda db: products.move(db, people.near, listing.id, "publish", at=NOW))
        pull(db, made, offered=(product("P1", 3, code, productName="改名"),))
    assert products_of(db, people) == [("published", 2, "平台小微贷二代")]
    assert refused(db) == {"P1": "owner_has_it"}
