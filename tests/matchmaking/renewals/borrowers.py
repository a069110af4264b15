"""A listed firm and its bank, for tests of renewals and deferrals."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import SHANGHAI
from kernel.parties.models import Party
from matchmaking.renewals import moving, service
from matchmaking.renewals.reading import FiledRenewal, renewal_for
from matchmaking.renewals.service import RenewalTermsAsked
from tests.factories import make_enterprise, make_institution, make_person
from tests.matchmaking.pool.town import BOOK, HERE
from tests.matchmaking.whitelist.offices import CALENDAR, Offices, listed, pool_firm

APPLIED, DUE = date(2022, 10, 20), date(2022, 12, 5)
WAN = 1_000_000


def at(day: date) -> datetime:
    return datetime.combine(day, time(10, 0), SHANGHAI)


@dataclass(frozen=True)
class Borrower:
    """A firm with its owner, and the people of its bank."""

    firm: Party
    owner: Caller
    bank: Party
    maker: Caller
    checker: Caller

    @property
    def asked(self) -> RenewalTermsAsked:
        return RenewalTermsAsked(
            bank_id=self.bank.id or 0,
            old_loan="HT-001",
            old_balance=800 * WAN,
            old_starts_on=date(2021, 12, 6),
            old_due_on=DUE,
            borrower_kind="small",
            purpose="working_capital",
            lawful=True,
            sound=True,
            good_credit=True,
        )


def borrower_of(db: Session, firm: Party, region: str = HERE, bank_name: str = "汝河村镇银行") -> Borrower:
    bank = make_institution(db, bank_name, region=region, kind="village_bank")
    people = {role: make_person(db, bank, role) for role in ("maker", "checker")}
    return Borrower(firm=firm, owner=make_person(db, firm, "owner"), bank=bank, **people)


def listed_borrower(
    db: Session, people: Offices, name: str = "宏川机械有限公司", region: str = HERE, bank_name: str = "汝河村镇银行"
) -> Borrower:
    firm = pool_firm(db, people, name, region=region)
    listed(db, people, firm)
    return borrower_of(db, firm, region, bank_name)


def unlisted_borrower(db: Session, **firm: Any) -> Borrower:
    return borrower_of(db, make_enterprise(db, "街角百货店", region=HERE, **firm))


def applied(db: Session, one: Borrower, day: date = APPLIED, **changes: Any) -> FiledRenewal:
    asked = replace(one.asked, **changes)
    return database.write(db, lambda db: service.apply(db, one.owner, asked, book=BOOK, calendar=CALENDAR, at=at(day)))


NOTHING: dict[str, Any] = dict.fromkeys(
    ("classification", "meets_terms", "code", "principal", "signed_on", "starts_on", "due_on", "day")
) | {"reason": "", "new_loan": ""}


def moved(db: Session, who: Caller, filed: FiledRenewal, verb: str, on: date, **said: Any) -> FiledRenewal:
    """One move from the version as it stands."""
    seen = renewal_for(db, who, filed.id).renewal.version
    values = {**NOTHING, "seen": seen, **said}
    return database.write(db, lambda db: moving.move(db, who, filed.id, verb, values, book=BOOK, at=at(on)))


def approved(db: Session, one: Borrower, **changes: Any) -> FiledRenewal:
    filed = applied(db, one, **changes)
    return moved(db, one.checker, filed, "approve", date(2022, 10, 31), classification="normal", meets_terms=True)


def signed(db: Session, one: Borrower, number: str = "XD-001", **changes: Any) -> FiledRenewal:
    contract = {
        "new_loan": number,
        "principal": 800 * WAN,
        "signed_on": date(2022, 12, 1),
        "starts_on": DUE,
        "due_on": date(2023, 12, 4),
    }
    return moved(db, one.maker, approved(db, one, **changes), "sign", date(2022, 12, 1), **contract)


def settled(db: Session, one: Borrower, number: str = "XD-001", **changes: Any) -> FiledRenewal:
    filed = signed(db, one, number, **changes)
    return moved(db, one.maker, filed, "settle", DUE, day=DUE, classification="normal")
