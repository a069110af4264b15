"""The jobs of recommendations: propose what can be recommended, end what nobody may read any more."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlmodel import Session, col

from kernel import database
from kernel.accounts.models import Account
from kernel.clock import business_day
from kernel.jobs.service import claim
from kernel.outbox.service import publish
from kernel.web.edge import clock
from matchmaking.recommendations.choosing import Need, candidates, needs_of_pool_firms
from matchmaking.recommendations.events import PROPOSED
from matchmaking.recommendations.reading import over
from matchmaking.recommendations.service import end

PROPOSE = "recommendation.propose"


def tend_recommendations() -> dict[str, int]:
    """Propose and end what is due."""
    return tend_due(database.current(), at=clock().now())


def tend_due(db: Session, *, at: datetime) -> dict[str, int]:
    """The same with the moment handed in: how many needs were proposed, how many recommendations ended."""
    today = business_day(at)
    found = candidates(db, needs_of_pool_firms(db, today))
    proposed = database.write(db, partial(_propose, needs=found, at=at)) if found else 0
    ended = sum(database.write(db, partial(end, row=row, at=at)) for row in over(db, today))
    return {"proposed": proposed, "ended": ended}


def _propose(db: Session, *, needs: Iterable[Need], at: datetime) -> int:
    """Each version once a consent, in one message to each bureau that has an organiser."""
    fresh = [need for need in needs if claim(db, PROPOSE, _key(need), at=at)]
    for party_id in _bureaus(db) if fresh else ():
        facts = {"count": len(fresh)}
        subject = ("financing_request", fresh[0].filed.id)
        publish(db, PROPOSED.name, party_id=party_id, subject=subject, facts=facts, at=at)
    return len(fresh)


def _key(need: Need) -> str:
    assert need.filed.consent is not None
    return f"{need.filed.version_id}/{need.filed.consent.id}"


def _bureaus(db: Session) -> list[int]:
    active = (col(Account.role) == "organiser") & col(Account.is_active)
    return sorted(set(db.execute(select(col(Account.organisation_id)).where(active)).scalars()))
