"""Recommendations as each side may read them: a bank only as long as the firm's consent lasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.errors import NotFound
from kernel.parties.models import Party
from kernel.web.paging import Asked, Page, page_of
from matchmaking.recommendations.models import Recommendation
from matchmaking.recommendations.workflow import OPEN_STATES, SENT
from matchmaking.requests.agreeing import has_agreed
from matchmaking.requests.models import FinancingRequest, RequestVersion
from matchmaking.requests.reading import FiledRequest, filed_requests

Receiver = aliased(Party)


@dataclass(frozen=True)
class ShownRecommendation:
    """One recommendation with the request as it stands, the terms that were recommended, and the bank it went to (if one)."""

    filed: FiledRequest
    row: Recommendation
    terms: RequestVersion
    bank: Party | None
    is_open: bool
    reader_is_bank: bool = False

    @property
    def may_be_read(self) -> bool:
        """A bank reads who asks, and what for, only while the consent lasts."""
        return self.is_open or not self.reader_is_bank

    @property
    def shown_party(self) -> Party | None:
        return self.filed.party if self.may_be_read else None

    @property
    def shown_request(self) -> FinancingRequest | None:
        return self.filed.request if self.may_be_read else None

    @property
    def shown_terms(self) -> RequestVersion | None:
        return self.terms if self.may_be_read else None

    @property
    def waits_for_bank(self) -> bool:
        return self.is_open and self.row.state == SENT and self.bank is not None


def _rows() -> Select[Any]:
    told = aliased(RequestVersion)
    query: Any = filed_requests().add_columns(Recommendation, told, Receiver)
    query = query.join(Recommendation, col(Recommendation.request_id) == col(FinancingRequest.id))
    query = query.join(told, col(told.id) == col(Recommendation.request_version_id))
    joined: Select[Any] = query.outerjoin(Receiver, col(Receiver.id) == col(Recommendation.institution_id))
    return joined


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    if caller.role == "organiser":
        return true()
    if caller.organisation_kind == "institution":
        return col(Recommendation.institution_id) == caller.organisation_id
    if caller.organisation_kind == "enterprise":
        return col(FinancingRequest.enterprise_id) == caller.organisation_id
    return false()


def _shown(row: Any, today: date, reader_is_bank: bool = False) -> ShownRecommendation:
    filed, one, terms, bank = FiledRequest(*row[:5]), row[5], row[6], row[7]
    return ShownRecommendation(filed, one, terms, bank, _is_open(filed, one, bank, today), reader_is_bank)


def _is_open(filed: FiledRequest, one: Recommendation, bank: Party | None, today: date) -> bool:
    """Whether the receiver may still read it: the same consent in force, the request not over, the bank not kept off since."""
    if filed.consent is None or filed.consent.id != one.consent_id or not has_agreed(filed, today):
        return False
    vetoed = bank is not None and bank.code in filed.version.vetoed_institutions
    return filed.request.state in ("published", "matched") and not vetoed


def recommendations_for(
    db: Session, caller: Caller, asked: Asked, *, today: date, state: str | None = None
) -> Page[ShownRecommendation]:
    """What the caller may see: a bank its inbox, a firm its own, the organising bureau all; what waits first, then the newest."""
    query = _rows().where(_seen_by(caller))
    if state is not None:
        query = query.where(col(Recommendation.state) == state)
    order = (col(Recommendation.state) != SENT, col(Recommendation.id).desc())
    is_bank = caller.organisation_kind == "institution"
    return page_of(db, query.order_by(*order), asked).map(lambda row: _shown(row, today, is_bank))


def recommendation_for(db: Session, caller: Caller, recommendation_id: int, *, today: date) -> ShownRecommendation:
    """One of them, or NotFound."""
    found = db.execute(_rows().where(_seen_by(caller), col(Recommendation.id) == recommendation_id)).first()
    if found is None:
        raise NotFound("recommendation_not_found", "没有这条需求推荐", "There is no such recommendation")
    return _shown(found, today, caller.organisation_kind == "institution")


def of_request(db: Session, caller: Caller, request_id: int, *, today: date) -> list[ShownRecommendation]:
    """Where one request was recommended to, as far as the caller may see."""
    query = _rows().where(_seen_by(caller), col(FinancingRequest.id) == request_id).order_by(col(Recommendation.id))
    return [_shown(row, today) for row in db.execute(query)]


def over(db: Session, today: date) -> Sequence[Recommendation]:
    """Those that nobody answered and nobody may read any more."""
    query = _rows().where(col(Recommendation.state).in_(OPEN_STATES)).order_by(col(Recommendation.id))
    return [one.row for one in (_shown(row, today) for row in db.execute(query)) if not one.is_open]


def waiting_for(db: Session, caller: Caller, today: date) -> int:
    """How many the caller's bank has not answered."""
    mine = (col(Recommendation.institution_id) == caller.organisation_id) & (col(Recommendation.state) == SENT)
    return sum(_shown(row, today).is_open for row in db.execute(_rows().where(mine)))
