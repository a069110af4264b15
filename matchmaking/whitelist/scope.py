"""Who prepares, who decides, and whose listings somebody sees; another's is the same answer as none."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, select, true
from sqlmodel import Session, col

from kernel.accounts.roles import ENTERPRISE_ROLES, INSTITUTION_ROLES
from kernel.accounts.service import Caller
from kernel.errors import NotFound
from kernel.parties.models import Party
from kernel.parties.names import named_like
from matchmaking.whitelist.models import WhitelistEntry
from matchmaking.whitelist.workflow import PUBLICISED

PREPARERS = ("organiser", "operator")
DECIDERS = ("organiser", "reviewer")
OFFICES = ("organiser", "operator", "reviewer", "industry_officer", "auditor")
LIST_READERS = (*OFFICES, "county_officer", *INSTITUTION_ROLES)
FIRMS = tuple(ENTERPRISE_ROLES)


def seen_listings(caller: Caller) -> ColumnElement[bool]:
    """The condition on entries that the caller may see: all for the city's offices, a county's own, a firm's own."""
    if caller.organisation_kind == "enterprise":
        return col(WhitelistEntry.enterprise_id) == caller.organisation_id
    if caller.organisation_kind == "bureau" and caller.role == "county_officer":
        return col(WhitelistEntry.region) == caller.fiscal_region
    return true() if caller.organisation_kind == "bureau" and caller.role in OFFICES else false()


def listings_query(caller: Caller) -> Select[Any]:
    """The entries that a caller may see, with their firms."""
    query: Any = select(WhitelistEntry, Party).join(Party, col(Party.id) == col(WhitelistEntry.enterprise_id))
    seen: Select[Any] = query.where(seen_listings(caller))
    return seen


def firms_sought(county: Any, *, region: str | None, name: str = "") -> ColumnElement[bool]:
    """Firms of a county by the column that holds it, whose name or code is like what was typed; nothing given takes all."""
    asked = [county == region] if region is not None else []
    return and_(true(), *asked, *([named_like(name)] if name else []))


def not_found() -> NotFound:
    """The answer for no entry, and for another's."""
    return NotFound("whitelist_entry_not_found", "没有这家企业的名单记录", "There is no such listing")


def listing_for(db: Session, caller: Caller, entry_id: int) -> tuple[WhitelistEntry, Party]:
    """One entry that the caller may see, or NotFound."""
    query = listings_query(caller).where(col(WhitelistEntry.id) == entry_id)
    found = db.execute(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise not_found()
    return found[0], found[1]


def on_notice(db: Session, entry_id: int) -> tuple[WhitelistEntry, Party]:
    """An entry in its public notice, which everybody who signs in may read; NotFound in any other state."""
    joined = select(WhitelistEntry, Party).join(Party, col(Party.id) == col(WhitelistEntry.enterprise_id))
    query = joined.where(col(WhitelistEntry.id) == entry_id, col(WhitelistEntry.state) == PUBLICISED)
    found = db.execute(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise not_found()
    return found[0], found[1]
