"""Until somebody official has said who a firm is, it asks no bank and no bureau for anything, and no bank counts it."""

from datetime import date

import pytest
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.errors import Refused
from matchmaking.bridging import service as bridging
from matchmaking.deferrals import service as deferrals
from matchmaking.offers.service import FEW, reach
from matchmaking.renewals import service as renewals
from tests.factories import NOW
from tests.matchmaking import people
from tests.matchmaking.enrolment.applicants import enrolled, owner_of
from tests.matchmaking.pool.town import BOOK
from tests.matchmaking.whitelist.offices import CALENDAR

DUE, WAN = date(2022, 12, 5), 1_000_000


def renew(db: Session, owner: Caller, bank: int) -> object:
    loan = {"old_loan": "HT-001", "old_balance": 800 * WAN, "old_starts_on": date(2021, 12, 6), "old_due_on": DUE}
    said = {"purpose": "working_capital", "lawful": True, "sound": True, "good_credit": True}
    asked = renewals.RenewalTermsAsked(bank_id=bank, borrower_kind="small", **loan, **said)
    return renewals.apply(db, owner, asked, book=BOOK, calendar=CALENDAR, at=NOW)


def defer(db: Session, owner: Caller, bank: int) -> object:
    asked = deferrals.DeferralAsked(
        bank_id=bank,
        loan="HT-001",
        balance=800 * WAN,
        due_on=DUE,
        borrower_kind="small",
        is_hit=True,
        with_interest=False,
        until=date(2022, 12, 30),
        why="停工两个月",
    )
    return deferrals.apply(db, owner, asked, book=BOOK, at=NOW)


def bridge(db: Session, owner: Caller, bank: int) -> object:
    asked = bridging.BridgingTermsAsked(bank, "small", "HT-001", 800 * WAN, DUE, 300 * WAN, 5)
    return bridging.apply(db, owner, asked, book=BOOK, at=NOW)


def test_it_asks_no_bank_and_no_fund_for_anything(db: Session) -> None:
    owner, bank = owner_of(db, enrolled(db)), people.bank(db)
    assert owner is not None
    for ask in (renew, defer, bridge):
        with pytest.raises(Refused) as refused:
            database.write(db, lambda db, ask=ask: ask(db, owner, bank.organisation_id))
        assert refused.value.code == "identity_unconfirmed"


def test_a_bank_counts_what_it_could_meet_without_it(db: Session) -> None:
    row, bank = enrolled(db), people.bank(db)
    owner = owner_of(db, row)
    assert owner is not None
    for firm in [owner, *(people.firm(db, f"{number} 号机械有限公司") for number in range(FEW))]:
        people.ask(db, firm)
    seen = reach(db, bank, terms=people.PRODUCT, day=business_day(NOW))
    assert (seen.live, seen.meets) == (FEW, FEW)
