"""Look parties up, enter them, and ask which status they hold on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from kernel.bilingual import Text
from kernel.errors import NotFound, Refused
from kernel.parties.models import Enterprise, Institution, Party, PartyStatus
from kernel.parties.names import initials_of

IDENTITY_UNCONFIRMED = Text(
    "企业身份还在核实，核实后才能办这件事；现在可以先填申请、发布申请",
    "Who your firm is is being confirmed, and this has to wait for it; you can write and publish a request meanwhile",
)


@dataclass(frozen=True)
class StatusSpan:
    """A status and the days [since, until) on which it is held."""

    status: str
    since: date
    until: date | None = None
    reference: str = ""

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


def _missing(code: str) -> NotFound:
    return NotFound("party_not_found", f"没有找到 {code}", f"{code} was not found")


def party_by_code(db: Session, code: str) -> Party:
    """The party with this credit code, or NotFound."""
    party = db.exec(select(Party).where(Party.code == code)).first()
    if party is None:
        raise _missing(code)
    return party


def party_by_id(db: Session, party_id: int) -> Party:
    """The party with this row number, or NotFound."""
    party = db.exec(select(Party).where(Party.id == party_id)).first()
    if party is None:
        raise _missing(str(party_id))
    return party


def institution_by_id(db: Session, party_id: int) -> tuple[Party, Institution]:
    """An institution with its party, or NotFound."""
    found = db.exec(
        select(Party, Institution)
        .join(Institution, col(Institution.party_id) == col(Party.id))
        .where(Party.id == party_id)
    ).first()
    if found is None:
        raise _missing(str(party_id))
    return found


def institutions(db: Session) -> list[tuple[Party, Institution]]:
    """All institutions by code."""
    query = (
        select(Party, Institution).join(Institution, col(Institution.party_id) == col(Party.id)).order_by(Party.code)
    )
    return list(db.exec(query))


def enterprise_by_id(db: Session, party_id: int) -> tuple[Party, Enterprise]:
    """An enterprise with its party, or NotFound."""
    found = db.exec(
        select(Party, Enterprise)
        .join(Enterprise, col(Enterprise.party_id) == col(Party.id))
        .where(Party.id == party_id)
    ).first()
    if found is None:
        raise _missing(str(party_id))
    return found


def check_identity(firm: Enterprise) -> None:
    """Refused while nobody official has confirmed who a firm that signed itself up is: it asks no bank and no bureau for anything."""
    if not firm.identity_confirmed:
        raise Refused("identity_unconfirmed", *IDENTITY_UNCONFIRMED)


def enter_party(db: Session, *, code: str, name: str, kind: str, fiscal_region: str, at: datetime) -> Party:
    """A new party; its code is unique."""
    party = Party(
        code=code, name=name, initials=initials_of(name), kind=kind, fiscal_region=fiscal_region, created_at=at
    )
    db.add(party)
    db.flush()
    return party


def record_statuses(db: Session, party_id: int, spans: Iterable[StatusSpan]) -> None:
    """Append statuses with their days and documents."""
    for span in spans:
        db.add(
            PartyStatus(
                party_id=party_id, status=span.status, since=span.since, until=span.until, reference=span.reference
            )
        )
    db.flush()


def begin_status(db: Session, party_id: int, status: str, since: date, *, reference: str) -> None:
    """Let a party hold a status from a day on; nothing changes while it holds it already."""
    spans = spans_of(db, party_id, status)
    if any(span.until is None for span in spans):
        return
    first = max([since, *(span.until for span in spans if span.until is not None)])
    record_statuses(db, party_id, [StatusSpan(status, first, None, reference)])


def end_status(db: Session, party_id: int, status: str, until: date) -> bool:
    """Close a status so that it is not held from `until` on (a day after its first day at the earliest); whether one was open."""
    query = select(PartyStatus).where(PartyStatus.party_id == party_id, PartyStatus.status == status)
    row = db.exec(query.where(col(PartyStatus.until).is_(None))).first()
    if row is None:
        return False
    row.until = max(until, row.since + timedelta(days=1))
    db.flush()
    return True


def spans_of(db: Session, party_id: int, status: str | None = None) -> list[StatusSpan]:
    """Every span of a party's statuses (or of one status), in order of its first day."""
    query = select(PartyStatus).where(PartyStatus.party_id == party_id).order_by(col(PartyStatus.since))
    if status is not None:
        query = query.where(PartyStatus.status == status)
    return [StatusSpan(row.status, row.since, row.until, row.reference) for row in db.exec(query)]


def spans_by_party(db: Session, party_ids: Iterable[int], status: str) -> dict[int, list[StatusSpan]]:
    """Every span of one status of some parties, each in order of its first day; a party without any is absent."""
    wanted = col(PartyStatus.party_id).in_(list(party_ids)), PartyStatus.status == status
    found: dict[int, list[StatusSpan]] = {}
    for row in db.exec(select(PartyStatus).where(*wanted).order_by(col(PartyStatus.since))):
        found.setdefault(row.party_id, []).append(StatusSpan(row.status, row.since, row.until, row.reference))
    return found


def statuses_on(db: Session, party_ids: Iterable[int], day: date) -> dict[int, frozenset[str]]:
    """Which statuses each party holds on a day; a party without any is absent."""
    query = select(PartyStatus).where(col(PartyStatus.party_id).in_(list(party_ids)), PartyStatus.since <= day)
    held: dict[int, set[str]] = {}
    for row in db.exec(query):
        if row.until is None or day < row.until:
            held.setdefault(row.party_id, set()).add(row.status)
    return {party_id: frozenset(statuses) for party_id, statuses in held.items()}
