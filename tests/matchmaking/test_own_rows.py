"""Object by object: each county sees its own firms only, each bank its clients, each firm itself; another's is no different from none."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from matchmaking.bridging import service as bridging
from matchmaking.bridging.service import BridgingTermsAsked
from matchmaking.deferrals import service as deferrals
from matchmaking.deferrals.service import DeferralAsked
from matchmaking.renewals import maturities
from tests.factories import Visitor, make_bureau, make_person, username_of
from tests.matchmaking.pool.town import BOOK, HERE, THERE
from tests.matchmaking.renewals.borrowers import APPLIED, DUE, WAN, Borrower, applied, at, listed_borrower
from tests.matchmaking.whitelist.offices import offices

LISTS = {
    "pool": "/pool/entries",
    "whitelist": "/whitelist/entries",
    "radar": "/renewals/radar",
    "renewal": "/renewals",
    "deferral": "/deferrals",
    "bridging": "/bridging/cases",
}
CODE_OF = {"pool": "enterprise_code", "whitelist": "enterprise_code"}
OF_FIRMS = {"whitelist", "radar", "renewal", "deferral", "bridging"}
OF_BANKS = {"radar", "renewal", "deferral", "bridging"}
OF_COUNTIES = set(LISTS)


@dataclass(frozen=True)
class Side:
    """One county with its officer, a firm and its bank."""

    one: Borrower
    officer: Caller


def side(db: Session, people: Any, name: str, region: str, bank: str) -> Side:
    """A listed firm with a loan due, a renewal, a deferral and a bridging case."""
    one = listed_borrower(db, people, name, region, bank)
    officer = make_person(db, make_bureau(db, f"{region}财政局", region=region), "county_officer")
    bank_id = one.bank.id or 0
    loan = {"bank_id": bank_id, "loan": "HT-009", "balance": WAN, "starts_on": date(2021, 12, 6), "due_on": DUE}
    until = date(2023, 3, 1)
    later = DeferralAsked(bank_id, "HT-009", WAN, DUE, "small", True, False, until, "受疫情影响")
    case = BridgingTermsAsked(bank_id, "legal_person", "HT-007", 100 * WAN, DUE, 100 * WAN, 5)
    applied(db, one)
    for work in (
        partial(maturities.declare, caller=one.owner, **loan, at=at(APPLIED)),  # type: ignore[arg-type]
        partial(deferrals.apply, caller=one.owner, asked=later, book=BOOK, at=at(APPLIED)),
        partial(bridging.apply, caller=one.owner, asked=case, book=BOOK, at=at(APPLIED)),
    ):
        database.write(db, work)
    return Side(one, officer)


def listed(who: Visitor, kind: str) -> list[tuple[str, int]]:
    """The firms and rows that a reader finds in a list; nothing where the list is not the reader's."""
    answer = who.send("GET", LISTS[kind])
    if answer.status_code == 403:
        return []
    assert answer.status_code == 200, (kind, answer.text)
    return [(one[CODE_OF.get(kind, "firm_code")], one["id"]) for one in answer.json["items"]]


def test_each_county_bank_and_firm_sees_its_own_and_of_anothers_nothing(app: Flask, db: Session) -> None:
    people = offices(db)
    mine = side(db, people, "宏川机械有限公司", HERE, "汝河村镇银行")
    theirs = side(db, people, "汝瓷工艺有限公司", THERE, "别家银行")
    readers = [
        (own, username_of(db, caller), kinds)
        for own in (mine, theirs)
        for caller, kinds in (
            (own.one.owner, OF_FIRMS),
            (own.one.checker, OF_BANKS),
            (own.one.maker, OF_BANKS),
            (own.officer, OF_COUNTIES),
        )
    ]
    auditor = Visitor(app, username_of(db, make_person(db, make_bureau(db, "审计局"), "auditor")))
    app.extensions["clock"] = type(app.extensions["clock"]).starting_at(at(APPLIED))
    rows = {kind: listed(auditor, kind) for kind in LISTS}
    codes = {mine.one.firm.code, theirs.one.firm.code}
    assert {kind: {code for code, _ in found} for kind, found in rows.items()} == dict.fromkeys(LISTS, codes)
    for own, username, kinds in readers:
        visitor = Visitor(app, username)
        for kind, path in LISTS.items():
            seen = listed(visitor, kind)
            assert {code for code, _ in seen} == ({own.one.firm.code} if kind in kinds else set()), (username, kind)
            for code, number in rows[kind] if kind != "radar" else ():
                expected = {200} if kind in kinds and code == own.one.firm.code else {403, 404}
                status = visitor.send("GET", f"{path}/{number}").status_code
                assert status in expected, (username, kind, code)
                assert status != 403 or kind not in kinds, (
                    "the role may read such things, so another's must look like none"
                )
