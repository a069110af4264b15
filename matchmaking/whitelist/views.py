"""One listing whole, and the list of a day, as pages and API show them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from kernel.accounts.models import Account
from kernel.accounts.service import Caller
from kernel.parties.models import Party
from kernel.web.paging import Asked, Page, page_of
from matchmaking.whitelist.hearing import appeal_until, submissions_of
from matchmaking.whitelist.models import WhitelistEntry, WhitelistSpan, WhitelistStep, WhitelistSubmission
from matchmaking.whitelist.publication import PublishedFirm
from matchmaking.whitelist.reading import all_listed_on, covers
from matchmaking.whitelist.scope import firms_sought, listing_for, listings_query
from matchmaking.whitelist.service import ListingFrame, allowed_verbs
from matchmaking.whitelist.workflow import DECLINED, NOMINATED, PUBLICISED, REMOVED, UNDER_REVIEW

SETTLED = ("active", "removed", "declined")


@dataclass(frozen=True)
class ListingRow:
    """A listing with its firm."""

    entry: WhitelistEntry
    party: Party


@dataclass(frozen=True)
class WholeListing(ListingRow):
    """A listing with its steps, days, submissions, and what the caller may do today."""

    steps: tuple[WhitelistStep, ...]
    names: dict[int, str]
    days: tuple[WhitelistSpan, ...]
    submissions: tuple[WhitelistSubmission, ...]
    moves: tuple[str, ...]
    appeal_until: date | None


def whole_listing(db: Session, caller: Caller, entry_id: int, *, frame: ListingFrame) -> WholeListing:
    """One listing that the caller may see, or NotFound."""
    entry, party = listing_for(db, caller, entry_id)
    steps = select(WhitelistStep, col(Account.name)).outerjoin(
        Account, col(Account.id) == col(WhitelistStep.account_id)
    )
    rows = list(db.execute(steps.where(col(WhitelistStep.entry_id) == entry_id).order_by(col(WhitelistStep.number))))
    spans = select(WhitelistSpan).where(col(WhitelistSpan.entry_id) == entry_id).order_by(col(WhitelistSpan.number))
    return WholeListing(
        entry=entry,
        party=party,
        steps=tuple(step for step, _name in rows),
        names={step.number: name or "" for step, name in rows},
        days=tuple(db.execute(spans).scalars()),
        submissions=tuple(submissions_of(db, caller, entry_id)),
        moves=tuple(allowed_verbs(caller, entry, frame.today)),
        appeal_until=appeal_until(db, entry, frame),
    )


def listings(
    db: Session, caller: Caller, asked: Asked, *, state: str | None = None, region: str | None = None, name: str = ""
) -> Page[ListingRow]:
    """The listings that a caller may see, those under way first."""
    query = listings_query(caller).where(firms_sought(col(WhitelistEntry.region), region=region, name=name))
    if state is not None:
        query = query.where(col(WhitelistEntry.state) == state)
    over = col(WhitelistEntry.state).in_(("removed", "declined"))
    page = page_of(db, query.order_by(over, col(WhitelistEntry.state), col(Party.name), col(WhitelistEntry.id)), asked)
    return page.map(lambda row: ListingRow(*row))


def waiting(db: Session, caller: Caller) -> list[ListingRow]:
    """The listings that somebody may have to move on or answer: on the way to the list, announced for removal, or spoken about."""
    on_the_way = col(WhitelistEntry.state).in_((NOMINATED, UNDER_REVIEW, PUBLICISED))
    spoken_about = col(WhitelistEntry.heard_until).is_not(None) | (col(WhitelistEntry.open_objections) > 0)
    is_over = col(WhitelistEntry.state).in_((REMOVED, DECLINED))
    query = listings_query(caller).where(on_the_way | spoken_about, ~is_over)
    rows = db.execute(query.order_by(col(WhitelistEntry.state), col(Party.name), col(WhitelistEntry.id)))
    return [ListingRow(*row) for row in rows.all()]


def under_way(db: Session, caller: Caller, most: int) -> list[ListingRow]:
    """The first of the listings that still wait for somebody: neither listed for good, nor declined, nor removed."""
    query = listings_query(caller).where(col(WhitelistEntry.state).not_in(SETTLED))
    rows = db.execute(query.order_by(col(WhitelistEntry.state), col(Party.name), col(WhitelistEntry.id)).limit(most))
    return [ListingRow(*row) for row in rows.all()]


def on_notice_now(db: Session, today: date, asked: Asked, *, region: str | None = None) -> Page[ListingRow]:
    """Firms whose public notice runs, by name; of one county or of all."""
    joined: Any = select(WhitelistEntry, Party).join(Party, col(Party.id) == col(WhitelistEntry.enterprise_id))
    runs = (col(WhitelistEntry.state) == PUBLICISED) & (col(WhitelistEntry.notice_until) >= today)
    query = joined.where(runs, firms_sought(col(WhitelistEntry.region), region=region))
    return page_of(db, query.order_by(col(Party.name), col(WhitelistEntry.id)), asked).map(lambda row: ListingRow(*row))


def list_of(db: Session, day: date) -> list[PublishedFirm]:
    """Who is on the list of a day, by name."""
    listed = all_listed_on(db, day)
    return [PublishedFirm(party, listed[party.id or 0].since) for party in db.execute(_firms_on(day)).scalars()]


def list_page(
    db: Session, day: date, asked: Asked, *, region: str | None = None, name: str = ""
) -> Page[PublishedFirm]:
    """One page of the same, or of the firms that are sought in it."""
    sought = firms_sought(col(Party.fiscal_region), region=region, name=name)
    page = page_of(db, _firms_on(day).where(sought), asked)
    listed = all_listed_on(db, day, [party.id for party in page.items])
    return page.map(lambda party: PublishedFirm(party, listed[party.id or 0].since))


def _firms_on(day: date) -> Select[Any]:
    held = select(col(WhitelistSpan.enterprise_id)).where(covers(day))
    return select(Party).where(col(Party.id).in_(held)).order_by(col(Party.name), col(Party.id))
