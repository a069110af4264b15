"""The quarterly review of the pool: on the first day of a quarter every county's figures are kept, once."""

from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, record
from kernel.jobs.service import claim
from kernel.periods import Quarter
from kernel.regions import Region
from matchmaking.pool.models import PoolReview
from matchmaking.pool.quota import PoolRules
from matchmaking.pool.radar import CountyRadar, radar_of
from matchmaking.pool.scope import regions_of

JOB = "pool.review"


def review(db: Session, one: Region, *, rules: PoolRules, at: datetime, today: date) -> bool:
    """Keep one county's figures for the quarter that began; False when it is done."""
    quarter = str(Quarter.containing(today))
    if not claim(db, JOB, f"{quarter}/{one.code}", at=at):
        return False
    (seen,) = radar_of(db, [one], rules=rules, day=today)
    row = _row(seen, quarter, at, today)
    db.add(row)
    db.flush()
    detail = {"quarter": quarter, "in_pool": row.in_pool, "minimum": row.minimum, "warned": row.warned}
    record(db, "pool.review", by=THE_SERVICE, subject=("pool_review", row.id), at=at, detail=detail)
    return True


def _row(seen: CountyRadar, quarter: str, at: datetime, today: date) -> PoolReview:
    quota = seen.quota
    return PoolReview(
        region=seen.region.code,
        quarter=quarter,
        day=today,
        target=quota.target if quota else None,
        minimum=quota.minimum if quota else None,
        in_pool=seen.in_pool,
        reached=seen.reached,
        near=len(seen.near),
        ready=len(seen.ready),
        warned=len(seen.warned),
        at=at,
    )


def reviews_for(db: Session, caller: Caller, region: str | None = None) -> list[PoolReview]:
    """The reviews of the caller's counties, the newest first."""
    codes = [one.code for one in regions_of(caller) if region in (None, one.code)]
    query = select(PoolReview).where(col(PoolReview.region).in_(codes))
    return list(db.execute(query.order_by(col(PoolReview.quarter).desc(), col(PoolReview.region))).scalars())
