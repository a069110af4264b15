"""The list as banks receive it: numbered when it changes, with what came and went since any earlier number."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
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
    """What came and went between two publications; `before` None means everything is new."""

    before: WhitelistPublication | None
    after: WhitelistPublication
    came: tuple[PublishedFirm, ...]
    went: tuple[PublishedFirm, ...]


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


def members_of(db: Session, number: int) -> dict[int, PublishedFirm]:
    """The firms of a publication, by name."""
    joined = select(WhitelistPublished, Party).join(Party, col(Party.id) == col(WhitelistPublished.enterprise_id))
    query = joined.where(col(WhitelistPublished.number) == number).order_by(col(Party.name))
    return {row.enterprise_id: PublishedFirm(party, row.since) for row, party in db.execute(query)}


def change_since(db: Session, number: int | None, until: WhitelistPublication | None = None) -> ListChange | None:
    """What came and went since a publication (all of it since None); None while nothing was ever published."""
    after = until or latest(db)
    if after is None:
        return None
    before = publication_by_number(db, number) if number else None
    old, new = members_of(db, before.number) if before else {}, members_of(db, after.number)
    came = tuple(firm for firm_id, firm in new.items() if firm_id not in old)
    went = tuple(firm for firm_id, firm in old.items() if firm_id not in new)
    return ListChange(before, after, came, went)
