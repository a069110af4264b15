"""Whose needs are recommended, and to whom: pool firms that agreed to it, and the banks whose products fit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.parties.models import Party, PartyStatus
from matchmaking.matching.eligibility import Closed
from matchmaking.matching.offers import rank_request
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.products.reading import Listing, published
from matchmaking.recommendations.models import Recommendation
from matchmaking.refusing import PastRefusers
from matchmaking.requests.agreeing import has_agreed
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.reading import FiledRequest, askers, filed_requests, market_request
from matchmaking.requests.terms import Asker
from matchmaking.sessions.models import BankBlock
from matchmaking.themes import THEMES

POOL = THEMES["pool"]  # pool firms and those that have just reached scale come first


@dataclass(frozen=True)
class Need:
    """A pool firm's published request; `has_agreed`: its consent covers being recommended today."""

    filed: FiledRequest
    asker: Asker
    has_agreed: bool


def needs_of_pool_firms(db: Session, day: date, ids: Iterable[int] | None = None) -> list[Need]:
    """The published requests of pool firms, or those among some, oldest first."""
    held = select(col(PartyStatus.party_id)).where(
        col(PartyStatus.status).in_(POOL.tags), col(PartyStatus.since) <= day
    )
    query = filed_requests().where(
        col(FinancingRequest.state) == "published", col(FinancingRequest.enterprise_id).in_(held)
    )
    if ids is not None:
        query = query.where(col(FinancingRequest.id).in_(list(ids)))
    every = [FiledRequest(*row) for row in db.execute(query.order_by(col(FinancingRequest.id)))]
    known = askers(db, every, day)
    needs = [Need(one, known[one.request.enterprise_id], has_agreed(one, day)) for one in every]
    return [one for one in needs if POOL.admits(one.asker.tags)]


def candidates(db: Session, day: date) -> list[Need]:
    """Those that agreed and whose newest version was recommended to nobody under the present consent."""
    agreed = [one for one in needs_of_pool_firms(db, day) if one.has_agreed]
    told = select(col(Recommendation.consent_id), col(Recommendation.request_version_id)).where(
        col(Recommendation.request_id).in_([one.filed.id for one in agreed])
    )
    known = {(row[0], row[1]) for row in db.execute(told)}
    return [one for one in agreed if one.filed.consent and (one.filed.consent.id, one.filed.version_id) not in known]


def fitting_banks(
    db: Session,
    need: Need,
    listings: Iterable[Listing],
    *,
    policy: MatchingPolicy,
    day: date,
    past_refusers: PastRefusers,
) -> list[Party]:
    """The banks with a product that fits, the best first; without those that keep off, are kept off or refused before."""
    by_code = {one.product.code: one for one in listings}
    closed = Closed(blocks=_kept_off(db, need, past_refusers, by_code.values()))
    request = market_request(need.filed, need.asker, day)
    products = [one.in_market for one in by_code.values()]
    offers = rank_request(request, products, policy=policy, day=day, closed=closed, top=len(products)).offers
    banks = {by_code[one.product.product_id].bank.code: by_code[one.product.product_id].bank for one in offers}
    return list(banks.values())


def _kept_off(
    db: Session, need: Need, past_refusers: PastRefusers, listings: Iterable[Listing]
) -> frozenset[tuple[str, str]]:
    firm = need.filed.request.enterprise_id
    live = (col(BankBlock.enterprise_id) == firm) & col(BankBlock.lifted_at).is_(None)
    blocking = set(db.execute(select(col(BankBlock.institution_id)).where(live)).scalars())
    off = blocking | {bank for _, bank in past_refusers(db, [firm])}
    return frozenset((one.bank.code, need.asker.code) for one in listings if one.bank.id in off)


def offered_on(db: Session, day: date) -> list[Listing]:
    """Every product on offer on a day."""
    return [one for one in published(db) if one.in_market.is_valid_on(day)]
