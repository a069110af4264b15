"""A city where every side has said something everywhere: banks, firms, a guarantor's kind, counties, offices; then the canaries."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from kernel import database
from kernel.accounts.models import Account
from kernel.accounts.roles import ROLES, ROLES_OF_KIND
from kernel.accounts.service import Caller, caller_for
from kernel.accounts.sign_ins import begin_sign_in
from kernel.clock import SHANGHAI, Clock
from kernel.outbox.subscriptions import add_channel
from kernel.parties.models import Party
from kernel.periods import IsoWeek
from matchmaking.board.screens import screen_token
from matchmaking.calendars.service import make_feed
from matchmaking.products import service as products
from matchmaking.renewals import service as renewals
from matchmaking.sessions import blocks
from matchmaking.whitelist import hearing
from tests.factories import make_bureau, make_person
from tests.kernel.outbox.post import BOX
from tests.leaks.owned import Stamper
from tests.matchmaking.bridging import fund_people as fund
from tests.matchmaking.enrolment.applicants import enrolled
from tests.matchmaking.people import PRODUCT, ask, draft, party_code, session
from tests.matchmaking.referrals import city as referred
from tests.matchmaking.whitelist import offices as listing
from tests.settlement.awards.desk import make_desk
from tests.settlement.batches.batch_floor import Bureau, make_batch_floor
from tests.settlement.filing_floor import LOAN, make_floor

PRESENT = datetime(2022, 10, 27, 10, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Viewer:
    """Somebody who reads: account, role, whose office and what it is; nobody signed in has no office."""

    role: str
    organisation: int | None
    kind: str
    region: str
    client: FlaskClient


@dataclass
class CanaryCity:
    """The books, everybody at a screen, and the secrets that addresses are made of."""

    app: Flask
    stamper: Stamper
    viewers: list[Viewer]
    firms: dict[str, int]
    regions: dict[int, str]
    bureaus: frozenset[int] = frozenset()
    tokens: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)


def _market(app: Flask, db: Session, city: CanaryCity) -> referred.ReferredTown:
    """A session held, one referral drawn on and disputed, one refused with words; drafts that nobody else may see; a feed, a link."""
    town = referred.delivered(db)
    first, second, *_others = town.referrals
    bank, firm = town.bank_of(first), town.firm_of(first)
    referred.contracted(db, bank, first)
    drawn = referred.drew(db, bank, first, "JJ-20221025-01", 100_000_000)
    disputed = {"verb": "dispute", "dispute": "没有收到这笔", "at": PRESENT}
    referred.write(db, referred.drawing.answer, firm, first.id, drawn.id or 0, **disputed)
    referred.contacted(db, town.bank_of(second), second)
    words = {"code": "01", "text": "两年内有逾期，先处理再谈", "at": referred.days_on(3)}
    referred.write(db, referred.service.refuse, town.bank_of(second), second.id, **words)
    draft(db, firm, note="只是我们自己的草稿")
    terms = PRODUCT.__class__(**{**PRODUCT.__dict__, "name": "还没发布的产品"})
    database.write(db, lambda db: products.create(db, bank, terms=terms, at=PRESENT))
    kept_off = party_code(db, town.people.firms[2])
    database.write(db, lambda db: blocks.block(db, bank, enterprise_code=kept_off, reason="正在诉讼", at=PRESENT))
    session(db, town.people.organiser, week=IsoWeek(2022, 45))
    for who in (bank, firm):
        city.feeds.append(database.write(db, lambda db, who=who: make_feed(db, who, at=PRESENT)))
    key = app.extensions["settings"].channel_sealing_key.encode()
    city.tokens.append(screen_token(key, town.session.id or 0))
    return town


def _renewal(db: Session, firm: Caller, bank: Caller) -> None:
    asked = renewals.RenewalTermsAsked(
        bank_id=bank.organisation_id,
        old_loan="HT-续贷-77",
        old_balance=800_000_000,
        old_starts_on=date(2021, 12, 6),
        old_due_on=date(2022, 12, 5),
        borrower_kind="small",
        purpose="working_capital",
        lawful=True,
        sound=True,
        good_credit=True,
    )
    book, calendar = listing.BOOK, listing.CALENDAR
    database.write(db, lambda db: renewals.apply(db, firm, asked, book=book, calendar=calendar, at=PRESENT))


def _listing(db: Session) -> None:
    """One firm on the whitelist that renews; another objected to while it is on public notice."""
    people = listing.offices(db)
    steady, doubted = (listing.pool_firm(db, people, name) for name in ("宏川机械有限公司", "泽远电气有限公司"))
    listing.listed(db, people, steady)
    entry = listing.publicised(db, people, doubted, date(2022, 10, 24))
    neighbour = make_person(db, steady, "owner")
    frame, number = listing.on(date(2022, 10, 25)), entry.id or 0
    database.write(db, lambda db: hearing.object_to(db, neighbour, number, "他家去年营收对不上", frame=frame))
    people_of_fund = fund.fund_people(db)
    fund.lent_anew(db, people_of_fund)
    fund.committed(db, people_of_fund, number="HT-002", amount=300 * fund.WAN)
    _renewal(db, neighbour, people_of_fund.checker)


def _stranger(db: Session) -> None:
    """A firm that signed itself up, waits to be confirmed, and has published what no bank may see yet."""
    owner = caller_for(db, enrolled(db).account_id or 0)
    assert owner is not None
    ask(db, owner, note="身份核实以前不给银行看的申请")


def _settlement(app: Flask, db: Session, folder: Path) -> Bureau:
    """Two banks' quarter on public notice; a firm's claim with its papers, decided by nobody yet."""
    bureau = make_batch_floor(app, make_floor(app, db, folder))
    batch = bureau.open()
    bureau.move(bureau.approve(batch), "publish", bureau.hands["operator"])
    make_desk(app, db, folder).filed()
    return bureau


def _post(db: Session, *people: Caller) -> None:
    """Addresses to which people are told things."""
    for who in people:
        address = f"office{who.organisation_id}@example.org"
        wanted = {"channel": "mail", "address": address, "events": ("*",), "box": BOX, "local": True, "at": PRESENT}
        database.write(db, lambda db, who=who, wanted=wanted: add_channel(db, who, **wanted))


def _somebody_in_every_role(db: Session) -> None:
    """An office for each role that nobody holds yet, one for a foreign organiser, and everybody's colleagues."""
    held = {(one.organisation_id, one.role) for one in db.exec(select(Account))}
    for role in ROLES_OF_KIND["bureau"]:
        make_person(db, make_bureau(db, f"别处的{ROLES[role].zh}单位"), role)
    for party in db.exec(select(Party).where(col(Party.kind) != "bureau").order_by(col(Party.id))).all():
        for role in ROLES_OF_KIND[party.kind]:
            if (party.id, role) not in held:
                make_person(db, party, role)


def _signed_in(app: Flask, account: Account, secret: str) -> FlaskClient:
    """A browser that keeps the cookie of a sign-in; passwords are slow by design, and half a hundred people come here."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{account.id}:{account.stamp}:{secret}"
    return client


def _viewers(app: Flask, db: Session) -> list[Viewer]:
    """One of every role of every organisation, at a screen; and somebody who is not signed in."""
    joined = select(Account, Party).join(Party, col(Party.id) == col(Account.organisation_id)).order_by(col(Account.id))
    one_each = {(party.id, account.role): (account, party) for account, party in db.exec(joined)}
    secrets = database.write(
        db, lambda db: {key: begin_sign_in(db, one[0], at=PRESENT) for key, one in one_each.items()}
    )
    found = [
        Viewer(account.role, party.id, party.kind, party.fiscal_region, _signed_in(app, account, secrets[key]))
        for key, (account, party) in one_each.items()
    ]
    return [Viewer("anybody", None, "", "", app.test_client()), *found]


def canary_city(app: Flask, db: Session, folder: Path) -> CanaryCity:
    """Everybody acts, then every owned text gets its canary."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.extensions["clock"] = Clock.starting_at(PRESENT)
    city = CanaryCity(app, Stamper(db), [], {}, {})
    town = _market(app, db, city)
    _listing(db)
    _stranger(db)
    _settlement(app, db, folder)
    _post(db, town.people.near, *town.people.firms)
    _somebody_in_every_role(db)
    parties = db.exec(select(Party)).all()
    firms = [one for one in parties if one.kind == "enterprise" and one.name != LOAN["borrower_name"]]
    city.firms = {text: one.id or 0 for one in firms for text in (one.name, one.code)}
    city.bureaus = frozenset(one.id or 0 for one in parties if one.kind == "bureau")
    city.regions = {one.id or 0: one.fiscal_region for one in parties}
    city.viewers = _viewers(app, db)
    database.write(db, lambda _db: city.stamper.stamp())
    db.rollback()
    return city
