"""Read the trail: by day, act, thing and person, newest first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select

from kernel.accounts.models import Account
from kernel.audit.models import AuditEntry
from kernel.parties.models import Party
from kernel.web.paging import within_days


@dataclass(frozen=True)
class TrailAsked:
    """What is looked for; days are business days in Asia/Shanghai, `act` is the beginning of an act such as `return.`."""

    since: date | None = None
    until: date | None = None
    act: str = ""
    subject: str = ""
    username: str = ""


def trail_query(asked: TrailAsked) -> Select[Any]:
    """Entries with the person and the organisation behind them (None for the service itself)."""
    query: Any = (
        select(AuditEntry, Account, Party)
        .outerjoin(Account, col(Account.id) == col(AuditEntry.account_id))
        .outerjoin(Party, col(Party.id) == col(AuditEntry.organisation_id))
        .where(within_days(col(AuditEntry.at), asked.since, asked.until))
    )
    if asked.act:
        query = query.where(col(AuditEntry.act).startswith(asked.act, autoescape=True))
    if asked.subject:
        query = query.where(col(AuditEntry.subject_id).startswith(asked.subject, autoescape=True))
    if asked.username:
        query = query.where(Account.username == asked.username)
    ordered: Select[Any] = query.order_by(col(AuditEntry.number).desc())
    return ordered


def acts(db: Session) -> list[str]:
    """Every act that the trail knows, for the filter."""
    return sorted(db.exec(select(AuditEntry.act).distinct()))
