"""What the whitelist said on a day. Decisions ask for the day of the application, never for today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session, col

from kernel.parties.models import Party
from matchmaking.whitelist.models import WhitelistSpan


@dataclass(frozen=True)
class ListedDays:
    """The days [since, until) on which a firm is listed, around the day that was asked; `until` empty while it still is."""

    entry_id: int
    enterprise_id: int
    since: date
    until: date | None
    reference: str


def covers(day: date) -> ColumnElement[bool]:
    """The condition on spans that they hold on a day."""
    return (col(WhitelistSpan.since) <= day) & or_(col(WhitelistSpan.until).is_(None), col(WhitelistSpan.until) > day)


def _listed(row: WhitelistSpan) -> ListedDays:
    return ListedDays(row.entry_id, row.enterprise_id, row.since, row.until, row.reference)


def listed_on(db: Session, enterprise_id: int, day: date) -> ListedDays | None:
    """Whether a firm is on the whitelist of a day, and by which entry; None when it is not."""
    query = select(WhitelistSpan).where(col(WhitelistSpan.enterprise_id) == enterprise_id, covers(day))
    row = db.execute(query).scalars().first()
    return _listed(row) if row else None


def all_listed_on(db: Session, day: date, enterprise_ids: Iterable[int] | None = None) -> dict[int, ListedDays]:
    """Everybody (or of some firms those) on the whitelist of a day, by firm."""
    query = select(WhitelistSpan).where(covers(day)).order_by(col(WhitelistSpan.enterprise_id))
    if enterprise_ids is not None:
        query = query.where(col(WhitelistSpan.enterprise_id).in_(list(enterprise_ids)))
    return {row.enterprise_id: _listed(row) for row in db.execute(query).scalars()}


def listed_days(db: Session) -> list[tuple[str, date, date | None]]:
    """The days [since, until) on which each firm was listed, by credit code: a city's whole list, in one query."""
    joined = select(col(Party.code), col(WhitelistSpan.since), col(WhitelistSpan.until)).join(
        Party, col(Party.id) == col(WhitelistSpan.enterprise_id)
    )
    return [(row[0], row[1], row[2]) for row in db.execute(joined)]
