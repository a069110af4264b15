"""Whose needs are recommended, and to whom: pool firms that agreed to it, and the banks whose products fit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.parties.models import Enterprise, Party, PartyStatus
from matchmaking.matching.eligibility import Closed
from matchmaking.matching.market import Product
from matchmaking.matching.offers import best_first
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.products.reading import published
from matchmaking.recommendations.models import Recommendation
from matchmaking.refusing import PastRefusers
from matchmaking.requests.agreeing import has_agreed
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.reading import FiledRequest, askers, filed_requests, market_request
from matchmaking.requests.terms import Asker
from matchmaking.sessions.models import BankBlock
from matchmaking.themes import THEMES

Pairs = set[tuple[int, int]]
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
    query = query.where(col(Enterprise.identity_confirmed))
    if ids is not None:
        query = query.where(col(FinancingRequest.id).in_(list(ids)))
    every = [FiledRequest(*row) for row in db.execute(query.order_by(col(FinancingRequest.id)))]
    known = askers(db, every, day)
    needs = [Need(one, known[one.request.enterprise_id], has_agreed(one, day)) for one in every]
    return [one for one in needs if POOL.admits(one.asker.tags)]


def candidates(db: Session, needs: Iterable[Need]) -> list[Need]:
    """Those of some needs that agreed and whose newest version was recommended to nobody under the present consent."""
    agreed = [one for one in needs if one.has_agreed]
    told = select(col(Recommendation.consent_id), col(Recommendation.request_version_id)).where(
        col(Recommendation.request_id).in_([one.filed.id for one in agreed])
    )
    known = {(row[0], row[1]) for row in db.execute(told)}
    return [one for one in agreed if one.filed.consent and (one.filed.consent.id, one.filed.version_id) not in known]


def fitting_banks(
    db: Session, needs: Sequence[Need], *, policy: MatchingPolicy, day: date, past_refusers: PastRefusers
) -> dict[int, list[Party]]:
    """By request: the banks with a product that fits, the best first; without those that keep off, are kept off or refused before."""
    listed = {one.product.code: (one.in_market, one.bank) for one in published(db)}
    offered = {code: (product, bank) for code, (product, bank) in listed.items() if product.is_valid_on(day)}
    off = _kept_off(db, {one.filed.request.enterprise_id for one in needs}, past_refusers)
    return {one.filed.id: _fitting(one, offered, off, policy, day) for one in needs}


def _fitting(
    need: Need, offered: Mapping[str, tuple[Product, Party]], off: Pairs, policy: MatchingPolicy, day: date
) -> list[Party]:
    firm = need.filed.request.enterprise_id
    blocks = frozenset((bank.code, need.asker.code) for _, bank in offered.values() if (firm, bank.id) in off)
    request, products = market_request(need.filed, need.asker, day), [product for product, _ in offered.values()]
    ranked = best_first(request, products, policy=policy, day=day, closed=Closed(blocks=blocks))
    return list({bank.code: bank for one in ranked for bank in [offered[one.product_id][1]]}.values())


def _kept_off(db: Session, firms: set[int], past_refusers: PastRefusers) -> Pairs:
    """The pairs of firm and bank that one of the two keeps apart, or that the bank's refusal did."""
    live = col(BankBlock.enterprise_id).in_(firms) & col(BankBlock.lifted_at).is_(None)
    rows = db.execute(select(col(BankBlock.enterprise_id), col(BankBlock.institution_id)).where(live))
    return {(firm, bank) for firm, bank in rows} | past_refusers(db, firms)
