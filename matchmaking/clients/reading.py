"""Who reads the lists of prior clients: each bank its own, the service when it counts first loans and old customers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.parties.models import Party
from kernel.web.paging import Asked, Page, page_of
from matchmaking.clients.models import PriorClient


@dataclass(frozen=True)
class ListedClient:
    """A firm on a bank's list; its name where it is registered here."""

    client: PriorClient
    party: Party | None

    @property
    def name(self) -> str:
        return self.party.name if self.party else ""


def clients_of(db: Session, caller: Caller, asked: Asked, *, sought: str = "") -> Page[ListedClient]:
    """The list of the caller's bank, by code; `sought` is a code or a part of a registered name."""
    firm = (col(Party.code) == col(PriorClient.code)) & (col(Party.kind) == "enterprise")
    query: Any = select(PriorClient, Party).outerjoin(Party, firm)
    query = query.where(col(PriorClient.institution_id) == caller.organisation_id, col(PriorClient.ended_at).is_(None))
    if sought:
        named = col(Party.name).contains(sought, autoescape=True)
        query = query.where(or_(col(PriorClient.code) == sought.upper(), named))
    return page_of(db, query.order_by(col(PriorClient.code)), asked).map(lambda row: ListedClient(*row))


def lists_of(db: Session, bank_ids: Iterable[int], codes: Iterable[str]) -> dict[int, dict[str, date]]:
    """Of some firms, by code, those on the list of each bank, with the day from which they are its clients; one query."""
    banks = set(bank_ids)
    theirs = col(PriorClient.institution_id).in_(banks) & col(PriorClient.ended_at).is_(None)
    query = select(col(PriorClient.institution_id), col(PriorClient.code), col(PriorClient.since))
    found: dict[int, dict[str, date]] = {bank: {} for bank in banks}
    for bank, code, since in db.execute(query.where(theirs, col(PriorClient.code).in_(set(codes)))):
        found[bank][code] = since
    return found


def since_when(db: Session, institution_id: int, codes: Iterable[str]) -> dict[str, date]:
    """The same for one bank."""
    return lists_of(db, [institution_id], codes)[institution_id]


def known_to(db: Session, caller: Caller, codes: Collection[str]) -> dict[str, date]:
    """The same for the caller's own bank; nobody else is told anything."""
    return since_when(db, caller.organisation_id, codes) if caller.organisation_kind == "institution" else {}
