"""What the fit-to-meet gate needs of a request: read here, judged by the pure rule in `requests.gate`."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.accounts.models import Account
from kernel.clock import business_day
from kernel.parties.service import statuses_on
from matchmaking.matching.offers import rank_request
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.products.reading import Listing, published
from matchmaking.requests.gate import Gap, GateFacts, Papers, gaps
from matchmaking.requests.reading import FiledRequest, askers, market_request
from matchmaking.sessions.models import WeeklySession
from matchmaking.themes import THEMES

MOST_PAPERS = 3


def _has_contact(db: Session, enterprise_id: int) -> bool:
    mine = (col(Account.organisation_id) == enterprise_id) & col(Account.is_active)
    return db.execute(select(col(Account.id)).where(mine).limit(1)).first() is not None


def _papers(db: Session, filed: FiledRequest, policy: MatchingPolicy, day: date) -> tuple[Papers, ...]:
    """What the best products that fit ask for, where they say so."""
    asker = askers(db, [filed], day)[filed.request.enterprise_id]
    listings: dict[str, Listing] = {one.product.code: one for one in published(db) if one.in_market.is_valid_on(day)}
    request = replace(market_request(filed, asker, day), consented=True)  # a draft asks before it consents
    offers = rank_request(
        request, [one.in_market for one in listings.values()], policy=policy, day=day, top=MOST_PAPERS
    )
    chosen = [listings[offer.product.product_id] for offer in offers.offers]
    return tuple(
        Papers(one.bank.name, one.version.name, one.version.documents)
        for one in chosen
        if one.version.documents.strip()
    )


def gate_of(
    db: Session,
    filed: FiledRequest,
    *,
    today: date,
    session: WeeklySession | None = None,
    policy: MatchingPolicy | None = None,
) -> tuple[Gap, ...]:
    """What is missing of a request; for a session its day and theme count too, with a policy the papers of the best products."""
    day = business_day(session.starts_at) if session else today
    held = statuses_on(db, [filed.request.enterprise_id], day).get(filed.request.enterprise_id, frozenset())
    asker = askers(db, [filed], day)[filed.request.enterprise_id]
    facts = GateFacts(
        code=filed.party.code,
        state=filed.request.state,
        consent_until=filed.consent.until if filed.consent else None,
        existing_loans=filed.version.existing_loans,
        guarantee_kinds=filed.version.guarantee_kinds,
        tags=frozenset(filed.version.tags) | asker.tags,
        has_contact=_has_contact(db, filed.request.enterprise_id),
        is_dishonest="dishonest" in held,
        identity_confirmed=filed.enterprise.identity_confirmed,
        papers=_papers(db, filed, policy, today) if policy else (),
        today=today,
        session_day=business_day(session.starts_at) if session else None,
        theme=THEMES[session.theme_code] if session else None,
    )
    return gaps(facts)
