"""The weekly sessions that have passed, and the one that is open, through the matchmaking's own services."""

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlmodel import Session, col, select

from config.demonstration.loading.returns import person
from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.parties.models import Party
from kernel.periods import IsoWeek
from matchmaking.jobs import move_due
from matchmaking.market_files.reading import MarketFile, read_market
from matchmaking.matching.market import Bank, Market, Request
from matchmaking.products.service import import_rows as import_products
from matchmaking.recommendations.choosing import POOL
from matchmaking.requests.service import import_rows as import_requests
from matchmaking.requests.workflow import RECOMMENDED
from matchmaking.sessions import service, sign_ups
from matchmaking.sessions.frame import SessionFrame, template
from matchmaking.sessions.models import WeeklySession
from matchmaking.themes import GENERAL
from settlement.handed_over import policy_book

CONSENT_DAYS = 180
AFTER_OPENING = timedelta(minutes=5)
ANNOUNCED_BEFORE = timedelta(days=3)
EARLIER = timedelta(days=4)  # Monday instead of Friday


def weeks(city: Path) -> list[IsoWeek]:
    """The weeks with requests, in order."""
    return sorted(IsoWeek.parse(path.stem) for path in (city / "requests").iterdir())


def market_of(city: Path, week: IsoWeek) -> Market:
    """The banks, products and requests of a week."""
    files = (city / "banks.csv", city / "products.csv", city / "requests" / f"{week}.csv")
    return read_market(*(MarketFile(path.name, path.read_bytes()) for path in files)).market


def load_products(app: Flask, city: Path, *, at: datetime) -> None:
    """The sixty products, published."""
    market = market_of(city, weeks(city)[0])
    with app.app_context():
        organiser = person(database.current(), "organiser")
        database.write(database.current(), lambda db: import_products(db, market.products, by=organiser.actor, at=at))


def _nonce(frame: SessionFrame) -> bytes:
    """The demonstration's lottery is the same for everybody who loads it; a real one is drawn when a session is announced."""
    theme = "" if frame.theme_code == GENERAL else f" {frame.theme_code}"
    return hashlib.sha256(f"demonstration {frame.week}{theme}".encode()).digest()


def frame_of(week: IsoWeek) -> SessionFrame:
    """The usual frame with sign-up from the Monday of the week before, so that on a Thursday one session is open."""
    usual = template(week)
    return replace(usual, sign_up_from=usual.sign_up_from - EARLIER)


def _announce(db: Session, organiser: Caller, frame: SessionFrame, key: bytes) -> int:
    at = frame.sign_up_from - ANNOUNCED_BEFORE
    session = service.announce(db, organiser, frame=frame, key=key, nonce=_nonce(frame), at=at)
    assert session.id is not None
    return session.id


def _join_banks(db: Session, session_id: int, banks: tuple[Bank, ...], at: datetime) -> None:
    for bank in banks:
        manager = person(db, "product_manager", bank.institution_code)
        sign_ups.join_bank(db, manager, session_id, desks=bank.desks, seats=bank.seats, at=at)


def on_behalf(organiser: Caller, firm: Party) -> Caller:
    """The organiser entering for a firm: most firms of the demonstration have no account."""
    assert firm.id is not None
    return Caller(organiser.account_id, organiser.name, "owner", firm.id, firm.kind, firm.name, firm.fiscal_region)


def _join_requests(
    db: Session, organiser: Caller, session_id: int, requests: tuple[Request, ...], at: datetime
) -> None:
    codes = {request.enterprise_code for request in requests}
    firms = {party.code: party for party in db.exec(select(Party).where(col(Party.code).in_(codes)))}
    until = business_day(at) + timedelta(days=CONSENT_DAYS)
    numbers = _entered(db, organiser, requests, at, until)
    for request, number in zip(requests, numbers, strict=True):
        firm = on_behalf(organiser, firms[request.enterprise_code])
        sign_ups.join_request(db, firm, session_id, number, at=at)


def _entered(db: Session, organiser: Caller, requests: tuple[Request, ...], at: datetime, until: date) -> list[int]:
    """The requests' numbers in their order; every other pool firm agrees to be recommended by the city."""
    audiences = {one.request_id: _audience(one) for one in requests}
    numbers: dict[str, int] = {}
    for audience in sorted(set(audiences.values())):
        mine = [one for one in requests if audiences[one.request_id] == audience]
        entered = import_requests(db, mine, by=organiser.actor, at=at, until=until, audience=audience)
        numbers |= {one.request_id: number for one, number in zip(mine, entered, strict=True)}
    return [numbers[one.request_id] for one in requests]


def _audience(request: Request) -> str:
    agrees = POOL.admits(request.tags) and int(request.request_id[-1]) % 2 == 0
    return RECOMMENDED if agrees else "session_banks"


def _take_steps(app: Flask, frame: SessionFrame, present: datetime) -> None:
    """Every step whose time has come by the present, each at its own moment."""
    for moment in (frame.sign_up_until, frame.match_at, frame.publish_at):
        if moment <= present:
            with app.app_context():
                move_due(database.current(), book=policy_book(), key=app.extensions["seal_key"], at=moment)


def hold(app: Flask, city: Path, week: IsoWeek, *, present: datetime) -> None:
    """One week with its usual session."""
    hold_session(app, market_of(city, week), frame_of(week), present=present)


def hold_session(app: Flask, market: Market, frame: SessionFrame, *, present: datetime) -> None:
    """One session: announced, opened at its time, signed up to, and run as far as the present."""
    opened = frame.sign_up_from + AFTER_OPENING

    def work(db: Session) -> None:
        organiser = person(db, "organiser")
        session_id = _announce(db, organiser, frame, app.extensions["seal_key"])
        service.open_sign_up(db, session_id, by=organiser.actor, at=frame.sign_up_from)
        _join_banks(db, session_id, market.banks, opened)
        _join_requests(db, organiser, session_id, market.requests, opened)

    with app.app_context():
        database.write(database.current(), work)
    _take_steps(app, frame, present)


def usual_session(db: Session, week: IsoWeek) -> WeeklySession:
    """The session of a week for all firms."""
    query = select(WeeklySession).where(WeeklySession.week == str(week), WeeklySession.theme_code == GENERAL)
    return db.exec(query).one()
