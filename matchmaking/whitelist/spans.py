"""The days on which a firm is listed: begun and ended by the day, one chain a firm (I13)."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.errors import Conflict
from matchmaking.guarded import took_effect
from matchmaking.whitelist.models import WhitelistEntry, WhitelistSpan


def _last(db: Session, enterprise_id: int) -> WhitelistSpan | None:
    query = select(WhitelistSpan).where(col(WhitelistSpan.enterprise_id) == enterprise_id)
    newest = query.order_by(col(WhitelistSpan.number).desc()).limit(1)
    return db.execute(newest.execution_options(populate_existing=True)).scalars().first()


def _overlaps() -> Conflict:
    return Conflict(
        "listed_already",
        "这家企业已经在名单上，或刚有变动",
        "This firm is listed already, or its listing has just changed",
    )


def begin(db: Session, entry: WhitelistEntry, day: date, reference: str) -> WhitelistSpan:
    """List a firm from a day on. Conflict where it is listed, or was listed until a later day: the database refuses the overlap."""
    last = _last(db, entry.enterprise_id)
    assert entry.id is not None
    span = WhitelistSpan(
        entry_id=entry.id,
        enterprise_id=entry.enterprise_id,
        number=last.number + 1 if last else 1,
        since=day,
        previous=last.number if last else None,
        after=last.until if last else None,
        reference=reference,
    )
    try:
        with db.begin_nested():
            db.add(span)
    except IntegrityError:
        raise _overlaps() from None
    return span


def end(db: Session, entry: WhitelistEntry, day: date) -> bool:
    """End the open days of a firm, so that `day` is the first one on which it is not listed; whether any were open."""
    guard = (
        update(WhitelistSpan)
        .where(col(WhitelistSpan.enterprise_id) == entry.enterprise_id, col(WhitelistSpan.until).is_(None))
        .values(until=day)
    )
    return took_effect(db, guard)
