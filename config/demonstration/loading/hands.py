"""Who acts when in the rooms of pool, whitelist, renewals and bridging: callers by account, and the hours of the day."""

from datetime import date, datetime, time

from sqlmodel import Session, col, select

from config.demonstration.loading.parties import PASSWORD
from kernel.accounts.models import Account
from kernel.accounts.service import Caller, account_by_username, caller_for, create_account
from kernel.audit.service import THE_SERVICE
from kernel.clock import SHANGHAI
from kernel.parties.models import Party

OWNER = "企业主"


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour, 0), SHANGHAI)


def caller_of(db: Session, username: str) -> Caller:
    """The caller behind a demonstration account."""
    found = caller_for(db, account_by_username(db, username).id or 0)
    assert found is not None
    return found


def someone_at(db: Session, organisation: Party, role: str, *, since: datetime) -> Caller:
    """Somebody in a role of an organisation; entered where nobody was, and then not among the sign-ins that are shown."""
    query = select(Account).where(Account.organisation_id == organisation.id, Account.role == role)
    account = db.exec(query.order_by(col(Account.id))).first() or create_account(
        db,
        username=f"{organisation.code.lower()}.{role}",
        name=OWNER,
        password=PASSWORD,
        organisation=organisation,
        role=role,
        at=since,
        by=THE_SERVICE,
    )
    found = caller_for(db, account.id or 0)
    assert found is not None
    return found


def officer_of(db: Session, region: str) -> Caller:
    """The officer of a county."""
    query = select(Account).where(Account.organisation_id == Party.id, Account.role == "county_officer")
    found = caller_for(db, db.exec(query.where(col(Party.fiscal_region) == region)).one().id or 0)
    assert found is not None
    return found
