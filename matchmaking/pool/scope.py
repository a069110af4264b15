"""Who sees and changes which county's pool; another county's firm is the same answer as none."""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, not_, select, true
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.errors import NotFound
from kernel.parties.models import Enterprise, Party
from kernel.regions import REGIONS, Region, region
from matchmaking.pool.models import PoolEntry

COUNTY, INDUSTRY = "county_officer", "industry_officer"
SEES_EVERY_COUNTY = (INDUSTRY, "organiser", "operator", "reviewer", "auditor")
POOL_READERS = (COUNTY, *SEES_EVERY_COUNTY)


def regions_of(caller: Caller) -> tuple[Region, ...]:
    """The counties that a caller looks after: a county officer's own, every one for the city's side."""
    if caller.organisation_kind != "bureau":
        return ()
    if caller.role == COUNTY:
        return tuple(one for one in REGIONS if one.code == caller.fiscal_region)
    return REGIONS if caller.role in SEES_EVERY_COUNTY else ()


def region_for(caller: Caller, code: str) -> Region:
    """One of the caller's counties; NotFound for any other and for no county alike."""
    if code not in {one.code for one in regions_of(caller)}:
        raise NotFound("region_not_found", "没有这个区县", "There is no such county")
    return region(code)


def seen_entries(caller: Caller) -> ColumnElement[bool]:
    """The condition on stays that the caller may see them."""
    if caller.organisation_kind != "bureau":
        return false()
    if caller.role == COUNTY:
        return col(PoolEntry.region) == caller.fiscal_region
    return true() if caller.role in SEES_EVERY_COUNTY else false()


def entries_query(caller: Caller) -> Select[Any]:
    """The stays that a caller may see, with their firms."""
    query: Any = select(PoolEntry, Party).join(Party, col(Party.id) == col(PoolEntry.enterprise_id))
    seen: Select[Any] = query.where(seen_entries(caller))
    return seen


def entry_for(db: Session, caller: Caller, entry_id: int) -> tuple[PoolEntry, Party]:
    """One stay that the caller may see, or NotFound."""
    query = entries_query(caller).where(col(PoolEntry.id) == entry_id)
    found = db.execute(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("pool_entry_not_found", "没有这家企业的培育记录", "There is no such stay in the pool")
    return found[0], found[1]


def firm_of_region(db: Session, caller: Caller, code: str) -> tuple[Party, Enterprise] | None:
    """The enterprise with this credit code, where it belongs to one of the caller's counties.

    Of one that signed itself up nothing is known before an official has confirmed who it is, not even its county.
    """
    mine = col(Party.fiscal_region).in_([one.code for one in regions_of(caller)])
    return _firm_where(db, code, mine & col(Enterprise.identity_confirmed))


def confirmed_firms(db: Session, caller: Caller) -> dict[str, int]:
    """The enterprises of the caller's counties by credit code, those left out that `firm_of_region` does not find."""
    mine = col(Party.fiscal_region).in_([one.code for one in regions_of(caller)])
    query = select(col(Party.code), col(Party.id)).join(Enterprise, col(Enterprise.party_id) == col(Party.id))
    rows = db.execute(query.where(mine & col(Enterprise.identity_confirmed)))
    return {code: firm for code, firm in rows if firm is not None}


def unconfirmed_firm(db: Session, code: str) -> tuple[Party, Enterprise] | None:
    """The enterprise with this credit code, of whatever county, of which no more is known than what was typed at its sign-up."""
    return _firm_where(db, code, not_(col(Enterprise.identity_confirmed)))


def _firm_where(db: Session, code: str, condition: ColumnElement[bool]) -> tuple[Party, Enterprise] | None:
    query = select(Party, Enterprise).join(Enterprise, col(Enterprise.party_id) == col(Party.id))
    found = db.execute(query.where(col(Party.code) == code, condition)).first()
    return (found[0], found[1]) if found else None
