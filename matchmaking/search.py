"""Requests, referrals, products and sessions by number, by the name, code or initials of whose they are."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlalchemy import select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.parties.names import named_like
from kernel.web import formats
from kernel.web.search import SHOWN, Found
from matchmaking.products.reading import found_products
from matchmaking.referrals import reading as referrals
from matchmaking.referrals.api import READERS as REFERRAL_READERS
from matchmaking.referrals.models import Referral
from matchmaking.referrals.workflow import STATES as REFERRAL_STATES
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.reading import found_requests
from matchmaking.requests.workflow import STATES as REQUEST_STATES
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.pages import READERS as SESSION_READERS
from matchmaking.sessions.workflow import STATES as SESSION_STATES

REQUEST, REFERRAL = Text("融资申请", "Requests"), Text("推荐", "Referrals")
PRODUCT, SESSION = Text("贷款产品", "Products"), Text("对接会", "Sessions")


def search(db: Session, caller: Caller, typed: str, today: date) -> Iterator[Found]:
    """What each side may see of the market: its own requests and referrals, the products on offer, the sessions."""
    yield from _requests(db, caller, typed)
    if caller.role in REFERRAL_READERS:
        yield from _referrals(db, caller, typed, today)
    yield from _products(db, caller, typed)
    if caller.role in SESSION_READERS:
        yield from _sessions(db, typed)


def _requests(db: Session, caller: Caller, typed: str) -> Iterator[Found]:
    numbered = col(FinancingRequest.code).contains(typed.upper(), autoescape=True)
    for one in found_requests(db, caller, numbered | named_like(typed), most=SHOWN):
        amount, state = formats.short_wan(one.version.amount), REQUEST_STATES[one.request.state]
        detail = Text(
            f"{one.request.code}　{amount} 万元　{state.zh}", f"{one.request.code}, {amount} × 10,000 yuan, {state.en}"
        )
        yield Found(REQUEST, one.party.name, detail, url_for("requests.show", request_id=one.id))


def _referrals(db: Session, caller: Caller, typed: str, today: date) -> Iterator[Found]:
    parties = select(col(Party.id)).where(named_like(typed))
    sides = col(Referral.enterprise_id).in_(parties) | col(Referral.institution_id).in_(parties)
    for one in referrals.shown(db, referrals.seen_by(caller, today) & sides, newest=SHOWN):
        state = REFERRAL_STATES[one.state]
        detail = Text(f"第 {one.session.week} 周　{state.zh}", f"week {one.session.week}, {state.en}")
        title = f"{one.enterprise.name} → {one.bank.name}"
        yield Found(REFERRAL, title, detail, url_for("referrals.show", referral_id=one.id))


def _products(db: Session, caller: Caller, typed: str) -> Iterator[Found]:
    for one in found_products(db, caller, typed, most=SHOWN):
        detail = f"{one.bank.name}　{one.product.code}"
        yield Found(PRODUCT, one.version.name, detail, url_for("products.show", product_id=one.id))


def _sessions(db: Session, typed: str) -> Iterator[Found]:
    query = select(WeeklySession).where(col(WeeklySession.week).contains(typed.upper(), autoescape=True))
    for one in db.execute(query.order_by(col(WeeklySession.starts_at).desc()).limit(SHOWN)).scalars():
        starts = formats.full_moment(one.starts_at)
        state = SESSION_STATES[one.state]
        detail = Text(f"{starts}　{state.zh}", f"{starts}, {state.en}")
        yield Found(SESSION, one.week, detail, url_for("sessions.show", session_id=one.id))
