"""A small fund for tests: two pools, a firm of one county, its bank, and the hands of the finance side."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.policies import PolicyBook
from matchmaking.bridging import contributions, pools, running, service
from matchmaking.bridging.models import BridgingPool, PoolContribution
from matchmaking.bridging.reading import FiledCase
from matchmaking.bridging.service import BridgingAct, BridgingTermsAsked
from tests.factories import make_bureau, make_enterprise, make_institution, make_person

BOOK = PolicyBook.load(Path(__file__).parents[3] / "config" / "policies")
FIRST = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)
TODAY = date(2022, 10, 20)
COUNTY = "410481"
WAN = 1_000_000


def moment(days: int) -> datetime:
    """So many days after the first."""
    return FIRST + timedelta(days=days)


@dataclass(frozen=True)
class FundPeople:
    """Who takes part, and the two pools."""

    firm: Caller
    clerk: Caller
    checker: Caller
    operator: Caller
    reviewer: Caller
    approver: Caller
    cashier: Caller
    county: Caller
    city_pool: BridgingPool
    county_pool: BridgingPool


def fund_people(db: Session, *, city: int = 20_000 * WAN, county: int = 500 * WAN) -> FundPeople:
    """Everybody, with so much in the pools (fen)."""
    enterprise = make_enterprise(db, "汝瓷工艺有限公司", region=COUNTY)
    bank = make_institution(db, "汝河村镇银行", region=COUNTY, kind="village_bank")
    bureau = make_bureau(db, "市金融工作局")
    operator = make_person(db, bureau, "operator", name="林静")
    reviewer = make_person(db, bureau, "reviewer", name="许复")
    officer = make_person(db, make_bureau(db, "汝州市财政局", region=COUNTY), "county_officer", name="何川")

    def work(db: Session) -> tuple[BridgingPool, BridgingPool]:
        made = [pools.open_pool(db, who, document="平财〔2022〕8号", at=FIRST) for who in (operator, officer)]
        for who, pool, amount in zip((operator, officer), made, (city, county), strict=True):
            if amount:
                put_in(db, who, reviewer, pool, amount, "首期出资")
        return made[0], made[1]

    city_pool, county_pool = database.write(db, work)
    return FundPeople(
        firm=make_person(db, enterprise, "owner", name="周恒"),
        clerk=make_person(db, enterprise, "clerk", name="吴桐"),
        checker=make_person(db, bank, "checker", name="孙悦"),
        operator=operator,
        reviewer=reviewer,
        approver=make_person(db, bureau, "approver", name="高远"),
        cashier=make_person(db, bureau, "cashier", name="郑源"),
        county=officer,
        city_pool=city_pool,
        county_pool=county_pool,
    )


def entered(db: Session, by: Caller, pool: BridgingPool, amount: int, document: str) -> PoolContribution:
    said = {"contributor": "财政", "amount": amount, "document": document, "day": TODAY}
    return contributions.enter(db, by, pool.id or 0, **said, at=FIRST)  # type: ignore[arg-type]


def put_in(db: Session, by: Caller, reviewer: Caller, pool: BridgingPool, amount: int, document: str) -> None:
    """Entered by one, booked by another."""
    made = entered(db, by, pool, amount, document)
    contributions.check(db, reviewer, made.id or 0, accept=True, at=FIRST)


def asked(people: FundPeople, number: str = "HT-001", amount: int = 800 * WAN, days: int = 7) -> BridgingTermsAsked:
    return BridgingTermsAsked(
        bank_id=people.checker.organisation_id,
        borrower_kind="legal_person",
        old_loan=number,
        old_balance=amount,
        old_due_on=date(2022, 10, 25),
        amount=amount,
        days=days,
    )


def act(by: Caller, filed: FiledCase, days: int = 0, note: str = "") -> BridgingAct:
    """An act upon the case as it stands."""
    return BridgingAct(by, filed.case.version, moment(days), note)


def applied(db: Session, people: FundPeople, **terms: object) -> FiledCase:
    wanted = asked(people, **terms)  # type: ignore[arg-type]
    return database.write(db, lambda db: service.apply(db, people.firm, wanted, book=BOOK, at=FIRST))


def committed(db: Session, people: FundPeople, **terms: object) -> FiledCase:
    filed = applied(db, people, **terms)
    return database.write(
        db,
        lambda db: service.commit(
            db,
            filed.id,
            act(people.checker, filed),
            amount=filed.case.amount * 20 // 19 + 1,
            document=f"承诺-{filed.id}",
            account="6228 0001",
            book=BOOK,
        ),
    )


def approved(db: Session, people: FundPeople, by: Caller | None = None, **terms: object) -> FiledCase:
    filed = committed(db, people, **terms)
    who = by or people.approver
    return database.write(db, lambda db: service.approve(db, filed.id, act(who, filed), book=BOOK))


def funded(db: Session, people: FundPeople, **terms: object) -> FiledCase:
    filed = approved(db, people, **terms)
    return database.write(db, lambda db: running.fund(db, filed.id, act(people.cashier, filed)))


def lent_anew(db: Session, people: FundPeople, **terms: object) -> FiledCase:
    filed = funded(db, people, **terms)

    def work(db: Session) -> FiledCase:
        repaid = running.report(db, filed.id, "repay_old", act(people.checker, filed, 1), day=moment(1).date())
        lent = act(people.checker, repaid, 3)
        return running.report(db, filed.id, "lend_anew", lent, day=moment(3).date(), new_loan="XD-001")

    return database.write(db, work)
