"""The live answer to a draft: who could lend, what is missing, and what each loosening would bring."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.money import times_rate
from kernel.parties.models import Enterprise
from matchmaking.matching.eligibility import refusals
from matchmaking.matching.market import Product, Request
from matchmaking.matching.offers import Prospects, rank_request
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.products.reading import Listing, own_product, published
from matchmaking.products.terms import ProductTerms
from matchmaking.requests.models import Consent, FinancingRequest
from matchmaking.requests.reading import (
    FiledRequest,
    asker_of,
    askers,
    filed_requests,
    market_request,
    own_request,
)
from matchmaking.requests.terms import RequestTerms, loosened
from matchmaking.requests.workflow import BEFORE_MEETING


@dataclass(frozen=True)
class Answer:
    """What the enterprise sees: the offers as the request stands, and after the loosenings it ticked."""

    filed: FiledRequest
    terms: RequestTerms
    before_request: Request
    request: Request
    before: Prospects
    after: Prospects
    listings: Mapping[str, Listing]
    chosen: Mapping[str, str]

    @property
    def banks_open(self) -> int:
        """How many banks stand behind the open products shown."""
        return len({offer.product.institution_code for offer in self.after.offers})

    @property
    def listings_offered(self) -> list[Listing]:
        """The products behind the offers, in their order: what they ask for besides their terms."""
        return [self.listings[offer.product.product_id] for offer in self.after.offers]

    @property
    def closed_products(self) -> int:
        return len(self.listings) - self.after.open_products


def _prospects(request: Request, products: Iterable[Product], policy: MatchingPolicy, day: date) -> Prospects:
    """All open products ranked; before publication nobody has consented yet, which is no reason against a product."""
    return rank_request(replace(request, consented=True), products, policy=policy, day=day, top=1000)


def answer(
    db: Session,
    caller: Caller,
    request_id: int,
    *,
    policy: MatchingPolicy,
    day: date,
    chosen: Mapping[str, str] | None = None,
) -> Answer:
    """Who could lend on a request of the caller's enterprise today, as it stands and after the chosen loosenings."""
    filed = own_request(db, caller, request_id)
    asker = asker_of(db, caller, day)
    listings = {one.product.code: one for one in published(db) if one.in_market.is_valid_on(day)}
    products = [one.in_market for one in listings.values()]
    terms = loosened(filed.terms, chosen or {})
    before, request = market_request(filed, asker, day), market_request(filed, asker, day, terms)
    return Answer(
        filed,
        terms,
        before,
        request,
        _prospects(before, products, policy, day),
        _prospects(request, products, policy, day),
        listings,
        chosen or {},
    )


def least_interest(terms: RequestTerms, product: Product) -> int:
    """Interest of one year on the whole amount at the product's lowest rate, in fen."""
    return times_rate(terms.amount, product.rate_min / 100)


FEW = 5


@dataclass(frozen=True)
class Reach:
    """How many live requests a product would meet, of how many, and what keeps the others away.

    A count below `FEW` is None: by narrowing the terms a bank could otherwise read single requests off.
    """

    meets: int | None
    live: int
    refused: Mapping[str, int]


def reach(db: Session, caller: Caller, *, terms: ProductTerms, day: date, product_id: int | None = None) -> Reach:
    """Count the published requests that the terms would meet; counts only, no request is shown."""
    bank = own_product(db, caller, product_id).bank.code if product_id else ""
    product = terms.in_market("", bank)
    shown = (col(FinancingRequest.state) == "published") & col(Consent.audience).in_(BEFORE_MEETING)
    shown &= col(Enterprise.identity_confirmed)
    live = [
        one
        for one in (FiledRequest(*row) for row in db.execute(filed_requests().where(shown)))
        if one.has_consent_on(day)
    ]
    known = askers(db, live, day)
    met, refused = 0, dict[str, int]()
    for one in live:
        codes = refusals(market_request(one, known[one.request.enterprise_id], day), product, day)
        met += not codes
        for code in codes:
            refused[code] = refused.get(code, 0) + 1
    told = {code: count for code, count in refused.items() if count >= FEW}
    return Reach(met if met >= FEW else None, len(live), dict(sorted(told.items(), key=lambda item: -item[1])))
