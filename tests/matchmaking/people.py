"""A small market for tests: two banks, some firms, an organiser, and what they do through the services."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.parties.service import StatusSpan, party_by_id
from kernel.periods import IsoWeek
from kernel.policies import PolicyBook
from matchmaking.products import service as products
from matchmaking.products.reading import Listing
from matchmaking.products.terms import ProductTerms
from matchmaking.requests import service as requests
from matchmaking.requests.reading import FiledRequest
from matchmaking.requests.terms import RequestTerms
from matchmaking.sessions import changing, running, sign_ups
from matchmaking.sessions import service as sessions
from matchmaking.sessions.frame import template
from matchmaking.sessions.models import SessionBank, SessionRequest, WeeklySession
from matchmaking.sessions.sealing import seed_under
from tests.factories import make_bureau, make_enterprise, make_institution, make_person

NOW = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)
WEEK = IsoWeek(2022, 43)
KEY = b"a key for tests that nobody else uses, 40+"  # the app's, see tests/conftest.py
NONCE = bytes(range(32))
SEED = seed_under(KEY, NONCE)
EARLY = "测试里都提前办"
CONSENT_UNTIL = date(2023, 1, 31)

PRODUCT = ProductTerms(
    name="小微保证贷",
    amount_min=10_000_000,
    amount_max=500_000_000,
    term_min=3,
    term_max=36,
    rate_min=Decimal("3.85"),
    rate_max=Decimal("4.65"),
    guarantee_kinds=("surety", "mortgage"),
    promised_days=5,
)
REQUEST = RequestTerms(
    purpose="working_capital",
    amount=300_000_000,
    term=12,
    rate_ceiling=Decimal("4.80"),
    guarantee_kinds=("surety",),
)


def bank(db: Session, name: str = "沙河农村商业银行") -> Caller:
    """A product manager of a new bank."""
    return make_person(db, make_institution(db, name), "product_manager", name="孙悦")


def firm(db: Session, name: str = "恒润精密铸造有限公司", *statuses: str, **options: Any) -> Caller:
    """The owner of a new enterprise that has held some statuses since January."""
    spans = tuple(StatusSpan(status, date(2022, 1, 1)) for status in statuses)
    return make_person(db, make_enterprise(db, name, statuses=spans, **options), "owner", name="周恒")


def organiser(db: Session) -> Caller:
    """Who runs the sessions."""
    return make_person(db, make_bureau(db, "市金融工作局"), "organiser", name="林静")


def party_code(db: Session, caller: Caller) -> str:
    return party_by_id(db, caller.organisation_id).code


def offer(db: Session, by: Caller, **changes: Any) -> Listing:
    """A published product."""

    def work(db: Session) -> Listing:
        listing = products.create(db, by, terms=replace(PRODUCT, **changes), at=NOW)
        return products.move(db, by, listing.id, "publish", at=NOW)

    return database.write(db, work)


def ask(db: Session, by: Caller, *, audience: str = "session_banks", **changes: Any) -> FiledRequest:
    """A published request."""

    def work(db: Session) -> FiledRequest:
        filed = requests.create(db, by, terms=replace(REQUEST, **changes), at=NOW)
        return requests.publish(db, by, filed.id, audience=audience, until=CONSENT_UNTIL, at=NOW)

    return database.write(db, work)


def draft(db: Session, by: Caller, **changes: Any) -> FiledRequest:
    """A request that nobody else sees."""
    return database.write(db, lambda db: requests.create(db, by, terms=replace(REQUEST, **changes), at=NOW))


def session(db: Session, by: Caller, *, open_now: bool = True, week: IsoWeek = WEEK, **changes: Any) -> WeeklySession:
    """A session, open for sign-up unless asked otherwise."""

    def work(db: Session) -> WeeklySession:
        made = sessions.announce(db, by, frame=replace(template(week), **changes), key=KEY, nonce=NONCE, at=NOW)
        if open_now:
            changing.move(db, by, made.id or 0, "open", at=NOW, reason=EARLY)
        return made

    return database.write(db, work)


@dataclass(frozen=True)
class Town:
    """Two banks, three firms and an organiser."""

    near: Caller
    far: Caller
    firms: tuple[Caller, ...]
    organiser: Caller


def town(db: Session) -> Town:
    firms = (
        firm(db, "恒润精密铸造有限公司", "pool"),
        firm(db, "清源环保设备有限公司", "specialised", region="410482"),
        firm(db, "李记粮油商行", size_class="individual_business", industry="F52"),
    )
    return Town(bank(db), bank(db, "应河城市商业银行"), firms, organiser(db))


def join_bank(db: Session, by: Caller, made: WeeklySession, **options: Any) -> SessionBank:
    """A bank signs up."""
    return database.write(db, lambda db: sign_ups.join_bank(db, by, made.id or 0, at=NOW, **options))


def join_request(db: Session, by: Caller, made: WeeklySession, request_id: int) -> SessionRequest:
    """A request signs up."""
    return database.write(db, lambda db: sign_ups.join_request(db, by, made.id or 0, request_id, at=NOW))


def step(db: Session, by: Caller, made: WeeklySession, verb: str) -> WeeklySession:
    """Open, close or publish."""
    return database.write(db, lambda db: changing.move(db, by, made.id or 0, verb, at=NOW, reason=EARLY))


def matched(db: Session, people: Town, book: PolicyBook, made: WeeklySession | None = None) -> WeeklySession:
    """A session (of everybody in town unless given) closed and matched, not yet published."""
    if made is None:
        made = session(db, people.organiser)
        for place in (people.near, people.far):
            join_bank(db, place, made, desks=2)
        for one in people.firms:
            join_request(db, one, made, ask(db, one).id)
    step(db, people.organiser, made, "close")
    running.match(db, made.id or 0, book=book, key=KEY, by=people.organiser.actor, at=NOW)
    return made


def held_session(db: Session, people: Town, book: PolicyBook) -> WeeklySession:
    """The same, published."""
    return step(db, people.organiser, matched(db, people, book), "publish")
