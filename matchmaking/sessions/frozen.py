"""The market of a session as it stood when sign-up closed. The match, its files and file mode all read this and nothing later.

Terms, products, blocks, names and statuses that change afterwards wait for the next session. One thing does not wait: an
enterprise that takes its consent back leaves at once, and the files of the session are those without it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from kernel.errors import Refused
from matchmaking.market_files.reading import MarketFile, read_market
from matchmaking.matching.market import Market
from matchmaking.refusing import PastRefusers, nobody
from matchmaking.sessions.market import SessionMarket, market_files, market_of
from matchmaking.sessions.models import FrozenMarket, SessionRequest, SessionRun, WeeklySession

FILES = ("banks", "products", "requests")


@dataclass(frozen=True)
class Standing:
    """The rows behind a request of the frozen market."""

    request_id: int
    version_id: int
    enterprise_id: int


@dataclass(frozen=True)
class Frozen:
    """A frozen market with the rows behind its ids."""

    market: Market
    requests: Mapping[str, Standing]
    product_versions: Mapping[str, int]
    institution_ids: Mapping[str, int]
    frozen_at: datetime


def freeze(db: Session, session: WeeklySession, *, at: datetime, past_refusers: PastRefusers = nobody) -> None:
    """Keep the market as it stands in this transaction; it is read back at once, so that no match fails on it later."""
    now = market_of(db, session, past_refusers)
    files = {name: content.decode() for name, content in market_files(now.market).items()}
    row = FrozenMarket(
        session_id=session.id or 0,
        frozen_at=at,
        banks=files["banks.csv"],
        products=files["products.csv"],
        requests=files["requests.csv"],
        places=json.dumps(_places(now)),
    )
    _read(row)
    db.add(row)
    db.flush()


def _places(now: SessionMarket) -> dict[str, Any]:
    return {
        "banks": dict(now.institution_ids),
        "products": {code: one.version_id for code, one in now.products.items()},
        "requests": {code: [one.id, one.version_id, one.request.enterprise_id] for code, one in now.requests.items()},
    }


def _read(row: FrozenMarket) -> Market:
    files = (MarketFile(f"{name}.csv", getattr(row, name).encode()) for name in FILES)
    return read_market(*files).market


def _still_in(db: Session, session_id: int) -> set[int]:
    query = select(col(SessionRequest.request_id)).where(
        col(SessionRequest.session_id) == session_id, col(SessionRequest.state) != "withdrawn"
    )
    return set(db.execute(query).scalars())


def frozen_row(db: Session, session_id: int) -> FrozenMarket | None:
    """The frozen files of a session, once it has closed."""
    row: FrozenMarket | None = db.execute(
        select(FrozenMarket).where(col(FrozenMarket.session_id) == session_id)
    ).scalar()
    return row


def frozen_market(db: Session, session: WeeklySession) -> Frozen:
    """The market of a closed session without those who have taken their consent back since; Refused if there is none."""
    row = _kept_row(db, session)
    present = _still_in(db, session.id or 0)
    frozen = _with_places(row, _read(row))
    kept = tuple(one for one in frozen.market.requests if frozen.requests[one.request_id].request_id in present)
    return replace(frozen, market=replace(frozen.market, requests=kept))


def matched_market(db: Session, session: WeeklySession) -> Frozen:
    """The very market that a session was matched from, whoever has left since."""
    run = db.execute(select(SessionRun).where(col(SessionRun.session_id) == session.id)).scalar_one()
    files = (MarketFile(f"{name}.csv", getattr(run, f"input_{name}").encode()) for name in FILES)
    return _with_places(_kept_row(db, session), read_market(*files).market)


def _kept_row(db: Session, session: WeeklySession) -> FrozenMarket:
    row = frozen_row(db, session.id or 0)
    if row is None:
        raise Refused(
            "market_not_frozen",
            "这一场截止报名时没有存下当时的产品和申请，不能配对；请取消后重新预告",
            "The market of this session was not kept when sign-up closed; cancel it and announce it again",
        )
    return row


def _with_places(row: FrozenMarket, market: Market) -> Frozen:
    places = json.loads(row.places)
    standing = {code: Standing(*ids) for code, ids in places["requests"].items()}
    return Frozen(market, standing, places["products"], places["banks"], row.frozen_at)
