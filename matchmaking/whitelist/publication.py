"""The list as banks receive it: numbered when it changes, with what came and went since any earlier number."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from kernel.audit.service import THE_SERVICE, record
from kernel.errors import NotFound
from kernel.parties.models import Party
from matchmaking.whitelist.models import WhitelistPublication, WhitelistPublished
from matchmaking.whitelist.reading import all_listed_on


@dataclass(frozen=True)
class PublishedFirm:
    """One firm of a published list."""

    party: Party
    since: date


@dataclass(frozen=True)
class ListChange:
    """What came and went between two publications, by name; `before` None means everything is new.

    `came` and `went` may be the first of them only; `came_count` and `went_count` count all.
    """

    before: WhitelistPublication | None
    after: WhitelistPublication
    came: tuple[PublishedFirm, ...] = ()
    went: tuple[PublishedFirm, ...] = ()
    came_count: int = 0
    went_count: int = 0


def _digest(members: dict[int, date]) -> str:
    rows = sorted((firm, since.isoformat()) for firm, since in members.items())
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def latest(db: Session) -> WhitelistPublication | None:
    """The newest publication."""
    query = select(WhitelistPublication).order_by(col(WhitelistPublication.number).desc()).limit(1)
    return db.execute(query).scalars().first()


def publish(db: Session, *, at: datetime, today: date) -> WhitelistPublication | None:
    """Publish the list of today if it differs from the newest publication; None when it does not.

    The number is the key: of two at once one fails, and its next waking finds nothing left to do.
    """
    members = {firm: listed.since for firm, listed in all_listed_on(db, today).items()}
    last, digest = latest(db), _digest(members)
    if (last is None and not members) or (last is not None and last.digest == digest):
        return None
    row = WhitelistPublication(number=last.number + 1 if last else 1, day=today, at=at, digest=digest)
    db.add(row)
    db.flush()
    db.add_all(WhitelistPublished(number=row.number, enterprise_id=firm, since=day) for firm, day in members.items())
    db.flush()
    detail = {"firms": len(members), "digest": digest}
    record(db, "whitelist.publish", by=THE_SERVICE, subject=("whitelist_publication", row.number), at=at, detail=detail)
    return row


def publication_by_number(db: Session, number: int) -> WhitelistPublication:
    """A publication, or NotFound."""
    query = select(WhitelistPublication).where(col(WhitelistPublication.number) == number)
    row: WhitelistPublication | None = db.execute(query).scalars().first()
    if row is None:
        raise NotFound("publication_not_found", "没有这一期名单", "There is no such publication")
    return row


def publications(db: Session) -> list[WhitelistPublication]:
    """Every publication, the newest first."""
    query = select(WhitelistPublication).order_by(col(WhitelistPublication.number).desc())
    return list(db.execute(query).scalars())


def _only_in(db: Session, number: int, other: int | None, most: int | None) -> tuple[int, tuple[PublishedFirm, ...]]:
    """The firms of a publication that another one does not have (all of it without another): how many, and the first of them."""
    query: Any = select(col(WhitelistPublished.since), Party).join(
        Party, col(Party.id) == col(WhitelistPublished.enterprise_id)
    )
    query = query.where(col(WhitelistPublished.number) == number)
    if other is not None:
        theirs = select(col(WhitelistPublished.enterprise_id)).where(col(WhitelistPublished.number) == other)
        query = query.where(col(WhitelistPublished.enterprise_id).not_in(theirs))
    rows = db.execute(query.order_by(col(Party.name), col(Party.id)).limit(most)).all()
    found = tuple(PublishedFirm(party, since) for since, party in rows)
    if most is None or len(found) < most:
        return len(found), found
    return int(db.execute(query.with_only_columns(func.count())).scalar_one()), found


def change_since(db: Session, number: int | None, most: int | None = None) -> ListChange | None:
    """What came and went since a publication (all of it since None), the first `most` of each; None while nothing was ever published."""
    after = latest(db)
    if after is None:
        return None
    before = publication_by_number(db, number) if number else None
    came_count, came = _only_in(db, after.number, before.number if before else None, most)
    went_count, went = _only_in(db, before.number, after.number, most) if before else (0, ())
    return ListChange(before, after, came, went, came_count, went_count)
