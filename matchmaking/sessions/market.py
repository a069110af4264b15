"""What a session is computed from: its banks, their products, its requests, as the matching reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.clock import business_day
from kernel.money import yuan
from kernel.parties.models import Party
from kernel.periods import IsoWeek
from kernel.tables.columns import Column
from kernel.tables.writing import csv_bytes
from matchmaking.columns import SEPARATOR
from matchmaking.market_files import columns as at
from matchmaking.matching.market import Bank, Market, Request
from matchmaking.products.reading import Listing, published
from matchmaking.refusing import PastRefusers, nobody
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.reading import FiledRequest, askers, filed_requests, market_request
from matchmaking.sessions.models import BankBlock, SessionBank, SessionRequest, WeeklySession
from matchmaking.units import shown_rate

AMOUNTS = frozenset({"amount", "amount_min", "amount_max", "quota"})


@dataclass(frozen=True)
class SessionMarket:
    """A session's market with the rows behind it, by the ids that the matching uses."""

    market: Market
    requests: Mapping[str, FiledRequest]
    products: Mapping[str, Listing]
    institution_ids: Mapping[str, int]


def _banks(db: Session, session: WeeklySession) -> list[tuple[SessionBank, Party]]:
    query = (
        select(SessionBank, Party)
        .join(Party, col(Party.id) == col(SessionBank.institution_id))
        .where(col(SessionBank.session_id) == session.id, col(SessionBank.state) == "signed_up")
        .order_by(col(Party.code))
    )
    return [(row[0], row[1]) for row in db.execute(query)]


def _bank(place: SessionBank, party: Party, slots: int) -> Bank:
    """Seats are the bank's own limit or its desks × slots less its breaks, whichever is smaller."""
    limits = [] if place.seats is None else [place.seats]
    if place.breaks:
        limits.append(place.desks * slots - place.breaks)
    return Bank(party.code, party.name, place.desks, max(0, min(limits)) if limits else None)


def signed_up(db: Session, session: WeeklySession) -> list[FiledRequest]:
    """The published requests in a session whose consent lasts until its day, by code."""
    day = business_day(session.starts_at)
    query = filed_requests().join(SessionRequest, col(SessionRequest.request_id) == col(FinancingRequest.id))
    waiting = (col(SessionRequest.session_id) == session.id) & (col(SessionRequest.state) == "signed_up")
    query = query.where(waiting, col(FinancingRequest.state) == "published").order_by(col(FinancingRequest.code))
    return [one for one in (FiledRequest(*row) for row in db.execute(query)) if one.has_consent_on(day)]


def _blocks(db: Session, institution_ids: Iterable[int]) -> frozenset[tuple[str, str]]:
    bank, firm = Party.__table__.alias(), Party.__table__.alias()  # type: ignore[attr-defined]
    query = (
        select(bank.c.code, firm.c.code)
        .select_from(BankBlock)
        .join(bank, bank.c.id == col(BankBlock.institution_id))
        .join(firm, firm.c.id == col(BankBlock.enterprise_id))
        .where(col(BankBlock.institution_id).in_(list(institution_ids)), col(BankBlock.lifted_at).is_(None))
    )
    return frozenset((row[0], row[1]) for row in db.execute(query))


def _with_blocks(request: Request, blocks: frozenset[tuple[str, str]]) -> Request:
    """The request with the banks that keep off its enterprise among those it does not meet.

    Who wishes so stays between the bank and the service: the files, and whoever redoes the match, need the pairs only.
    """
    banks = {bank for bank, enterprise in blocks if enterprise == request.enterprise_code}
    return replace(request, vetoed_institutions=request.vetoed_institutions | banks) if banks else request


def _refusals(
    db: Session, past_refusers: PastRefusers, banks: Mapping[str, int], firms: Mapping[int, str]
) -> frozenset[tuple[str, str]]:
    """The second look: (bank, enterprise) of banks that have refused an enterprise before."""
    code = {party: bank for bank, party in banks.items()}
    refused = past_refusers(db, firms)
    return frozenset((code[bank], firms[firm]) for firm, bank in refused if bank in code and firm in firms)


def market_of(db: Session, session: WeeklySession, past_refusers: PastRefusers = nobody) -> SessionMarket:
    """The market as it stands now. Certified tags are those of the week's Monday, the day products must be valid on.

    The blocks of banks and those that refused before stand among the vetoes, so that the three market files hold all that
    the match depends on.
    """
    day = IsoWeek.parse(session.week).monday
    banks = _banks(db, session)
    ids = {party.code: place.institution_id for place, party in banks}
    products = {one.product.code: one for one in published(db, ids.values())}
    filed = signed_up(db, session)
    known = askers(db, filed, day)
    refused = _refusals(db, past_refusers, ids, {party: asker.code for party, asker in known.items()})
    blocks = _blocks(db, ids.values()) | refused
    session_day = business_day(session.starts_at)
    asked = (market_request(one, known[one.request.enterprise_id], session_day) for one in filed)
    market = Market(
        tuple(_bank(place, party, session.slots) for place, party in banks),
        tuple(one.in_market for one in products.values()),
        tuple(_with_blocks(one, blocks) for one in asked),
    )
    return SessionMarket(market, {one.request.code: one for one in filed}, products, ids)


def _cell(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, frozenset):
        return SEPARATOR.join(sorted(value))
    if isinstance(value, tuple):
        return SEPARATOR.join(value)
    if isinstance(value, Decimal):
        return f"{shown_rate(value):f}"
    if isinstance(value, date):
        return value.isoformat()
    return yuan(value) if name in AMOUNTS and isinstance(value, int) else str(value)


def _file(catalogue: Iterable[Column[Any]], rows: Iterable[object]) -> bytes:
    names = [column.name for column in catalogue]
    return csv_bytes(names, ([_cell(name, getattr(row, name)) for name in names] for row in rows))


def market_files(market: Market) -> dict[str, bytes]:
    """The market as the three files that `yinqi match` reads, so that anyone who holds them can redo the session."""
    ordered = market.in_order()
    return {
        "banks.csv": _file(at.BANKS, ordered.banks),
        "products.csv": _file(at.PRODUCTS, ordered.products),
        "requests.csv": _file(at.REQUESTS, ordered.requests),
    }
