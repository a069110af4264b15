"""Which requests a caller may see. An enterprise sees its own; banks see requests through the sessions they attend."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.errors import NotFound
from kernel.parties.models import Enterprise, Party
from kernel.parties.service import enterprise_by_id, statuses_on
from kernel.web.paging import Asked, Page, page_of
from matchmaking.matching import market
from matchmaking.matching.vocabulary import TAGS
from matchmaking.requests.models import Consent, FinancingRequest, RequestVersion
from matchmaking.requests.terms import Asker, RequestTerms, in_market
from matchmaking.requests.workflow import OF_THE_ENTERPRISE, REQUEST_MOVES

TERM_FIELDS = tuple(field.name for field in fields(RequestTerms))
BUREAU_READERS = frozenset({"organiser"})


@dataclass(frozen=True)
class FiledRequest:
    """A request with its newest version, its enterprise and its live consent, if any."""

    request: FinancingRequest
    version: RequestVersion
    party: Party
    enterprise: Enterprise
    consent: Consent | None

    @property
    def id(self) -> int:
        assert self.request.id is not None
        return self.request.id

    @property
    def version_id(self) -> int:
        assert self.version.id is not None
        return self.version.id

    @property
    def terms(self) -> RequestTerms:
        return terms_of(self.version)

    @property
    def moves(self) -> list[str]:
        return [verb for verb in REQUEST_MOVES.allowed(self.request.state) if verb in OF_THE_ENTERPRISE]

    def has_consent_on(self, day: date) -> bool:
        return self.consent is not None and day <= self.consent.until


def terms_of(version: RequestVersion) -> RequestTerms:
    """The terms that a version keeps."""
    return RequestTerms(**{name: getattr(version, name) for name in TERM_FIELDS})


def filed_requests() -> Select[Any]:
    """Requests with their newest version, enterprise and live consent."""
    newest = (col(RequestVersion.request_id) == col(FinancingRequest.id)) & (
        col(RequestVersion.number) == col(FinancingRequest.latest)
    )
    live = (col(Consent.request_id) == col(FinancingRequest.id)) & col(Consent.revoked_at).is_(None)
    query: Any = select(FinancingRequest, RequestVersion, Party, Enterprise, Consent).join(RequestVersion, newest)
    query = query.join(Party, col(Party.id) == col(FinancingRequest.enterprise_id))
    query = query.join(Enterprise, col(Enterprise.party_id) == col(FinancingRequest.enterprise_id))
    joined: Select[Any] = query.outerjoin(Consent, live)
    return joined


def not_found() -> NotFound:
    return NotFound("request_not_found", "没有这份申请", "There is no such request")


def own_request(db: Session, caller: Caller, request_id: int) -> FiledRequest:
    """A request of the caller's own enterprise; another's is the same NotFound as none."""
    mine = col(FinancingRequest.enterprise_id) == caller.organisation_id
    found = db.execute(filed_requests().where(col(FinancingRequest.id) == request_id, mine)).first()
    if found is None:
        raise not_found()
    return FiledRequest(*found)


def request_for(db: Session, caller: Caller, request_id: int) -> FiledRequest:
    """A request of the caller's own enterprise, or any but a draft for the organising bureau."""
    if caller.role not in BUREAU_READERS:
        return own_request(db, caller, request_id)
    shown = (col(FinancingRequest.id) == request_id) & (col(FinancingRequest.state) != "draft")
    found = db.execute(filed_requests().where(shown)).first()
    if found is None:
        raise not_found()
    return FiledRequest(*found)


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    if caller.role in BUREAU_READERS:
        return col(FinancingRequest.state) != "draft"
    return col(FinancingRequest.enterprise_id) == caller.organisation_id


def found_requests(db: Session, caller: Caller, wanted: ColumnElement[bool], *, most: int) -> list[FiledRequest]:
    """The newest of the caller's requests that a search is for."""
    query = filed_requests().where(_seen_by(caller), wanted).order_by(col(FinancingRequest.id).desc()).limit(most)
    return [FiledRequest(*row) for row in db.execute(query)]


def requests_for(db: Session, caller: Caller, asked: Asked, *, state: str | None = None) -> Page[FiledRequest]:
    """The requests of the caller's enterprise (all published ones for the organising bureau), newest first."""
    query = filed_requests().where(_seen_by(caller))
    if state is not None:
        query = query.where(col(FinancingRequest.state) == state)
    return page_of(db, query.order_by(col(FinancingRequest.id).desc()), asked).map(lambda row: FiledRequest(*row))


def askers(db: Session, filed: Iterable[FiledRequest], day: date) -> dict[int, Asker]:
    """The enterprises behind requests as they are certified on a day, by party id."""
    known = {one.request.enterprise_id: one for one in filed}
    held = statuses_on(db, known, day)
    return {
        party_id: _asker(one.party, one.enterprise, held.get(party_id, frozenset())) for party_id, one in known.items()
    }


def asker_of(db: Session, caller: Caller, day: date) -> Asker:
    """The caller's own enterprise as it is certified on a day."""
    party, enterprise = enterprise_by_id(db, caller.organisation_id)
    held = statuses_on(db, [caller.organisation_id], day).get(caller.organisation_id, frozenset())
    return _asker(party, enterprise, held)


def _asker(party: Party, enterprise: Enterprise, held: frozenset[str]) -> Asker:
    tags = set(held & set(TAGS))
    if enterprise.size_class == "individual_business":
        tags.add("individual_business")
    return Asker(
        party.code, party.name, enterprise.industry, party.fiscal_region, frozenset(tags), enterprise.size_class
    )


def market_request(one: FiledRequest, asker: Asker, day: date, terms: RequestTerms | None = None) -> market.Request:
    """A filed request as the matching reads it on a day; with other terms for a what-if."""
    submitted = business_day(one.request.published_at or one.request.created_at)
    return in_market(
        terms or one.terms,
        asker,
        code=one.request.code,
        submitted_at=submitted.isoformat(),
        consented=one.has_consent_on(day),
    )
