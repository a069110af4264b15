"""Lists of referrals, one page at a time, the newest first."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.web.paging import Asked, Page, page_of
from matchmaking.referrals.models import Referral
from matchmaking.referrals.overseeing import Lateness, OverdueReferral, overdue
from matchmaking.referrals.reading import ShownReferral, seen_by, shown
from matchmaking.referrals.workflow import ENDED, STATES

CLOSED = (*ENDED, "disbursed")
OPEN = tuple(state for state in STATES if state not in CLOSED)


def _wanted(caller: Caller, today: date, states: Iterable[str]) -> Select[Any]:
    return select(col(Referral.id)).where(seen_by(caller, today), col(Referral.state).in_(list(states)))


def listed(
    db: Session,
    caller: Caller,
    asked: Asked,
    *,
    today: date,
    states: Iterable[str] = tuple(STATES),
    request_id: int | None = None,
    green_channel: bool | None = None,
) -> Page[ShownReferral]:
    """One page of the referrals that are the caller's to see and stand in these states, perhaps of one request or channel alone."""
    query = _wanted(caller, today, states)
    if request_id is not None:
        query = query.where(col(Referral.request_id) == request_id)
    if green_channel is not None:
        query = query.where(col(Referral.is_green_channel) == green_channel)
    page = page_of(db, query.order_by(col(Referral.id).desc()), asked)
    found = {one.id: one for one in shown(db, col(Referral.id).in_(page.items))}
    return page.map(found.__getitem__)


def listed_overdue(db: Session, late: Sequence[Lateness], asked: Asked) -> Page[OverdueReferral]:
    """One page of those that are overdue, in their order."""
    items = overdue(db, late[asked.offset : asked.offset + asked.per_page])
    return Page(items, asked.page, asked.per_page, len(late))


def counted(db: Session, caller: Caller, *, today: date, states: Iterable[str] = tuple(STATES)) -> int:
    """How many there are."""
    wanted = _wanted(caller, today, states).subquery()
    return int(db.execute(select(func.count()).select_from(wanted)).scalar_one())
