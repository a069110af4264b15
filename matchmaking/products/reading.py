"""Which products a caller may see, and how they are found."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.parties.models import Party
from kernel.parties.names import named_like
from kernel.parts import in_parts
from kernel.web.paging import Asked, Page, page_of
from matchmaking.columns import lists_code
from matchmaking.matching import market
from matchmaking.products.models import LoanProduct, ProductVersion
from matchmaking.products.terms import ProductTerms
from matchmaking.products.workflow import PRODUCT_MOVES

MARKS = {
    "medium_long_term": Text("中长期", "medium- and long-term"),
    "green_channel": Text("绿色通道", "green channel"),
    "no_deposit": Text("不收保证金", "without a deposit"),
}
TERM_FIELDS = tuple(field.name for field in fields(ProductTerms))


@dataclass(frozen=True)
class Listing:
    """A product with one of its versions (the newest unless asked otherwise) and its bank."""

    product: LoanProduct
    version: ProductVersion
    bank: Party

    @property
    def id(self) -> int:
        assert self.product.id is not None
        return self.product.id

    @property
    def version_id(self) -> int:
        assert self.version.id is not None
        return self.version.id

    @property
    def terms(self) -> ProductTerms:
        return terms_of(self.version)

    @property
    def in_market(self) -> market.Product:
        return self.terms.in_market(self.product.code, self.bank.code)

    @property
    def moves(self) -> list[str]:
        return PRODUCT_MOVES.allowed(self.product.state)


@dataclass(frozen=True)
class Sought:
    """What somebody looks for in the hall; everything may be left out. `longer_than` is in months."""

    amount: int | None = None
    term: int | None = None
    guarantee: str | None = None
    bank: str | None = None
    sort: str = "rate"
    longer_than: int | None = None
    green_channel: bool = False
    no_deposit: bool = False


def terms_of(version: ProductVersion) -> ProductTerms:
    """The terms that a version keeps."""
    return ProductTerms(**{name: getattr(version, name) for name in TERM_FIELDS})


def _listings() -> Select[Any]:
    """Products with their newest version and their bank."""
    newest = (col(ProductVersion.product_id) == col(LoanProduct.id)) & (
        col(ProductVersion.number) == col(LoanProduct.latest)
    )
    query: Any = select(LoanProduct, ProductVersion, Party).join(ProductVersion, newest)
    joined: Select[Any] = query.join(Party, col(Party.id) == col(LoanProduct.institution_id))
    return joined


def _visible_to(caller: Caller) -> ColumnElement[bool]:
    """Published products are everybody's; the others belong to their bank alone, and to the organising bureau."""
    if caller.role == "organiser":
        return true()
    return or_(col(LoanProduct.state) == "published", col(LoanProduct.institution_id) == caller.organisation_id)


def not_found() -> NotFound:
    return NotFound("product_not_found", "没有这款产品", "There is no such product")


def product_for(db: Session, caller: Caller, product_id: int) -> Listing:
    """A product the caller may see; another bank's draft is the same NotFound as none."""
    found = db.execute(_listings().where(col(LoanProduct.id) == product_id, _visible_to(caller))).first()
    if found is None:
        raise not_found()
    return Listing(*found)


def own_product(db: Session, caller: Caller, product_id: int) -> Listing:
    """A product of the caller's own bank."""
    mine = col(LoanProduct.institution_id) == caller.organisation_id
    found = db.execute(_listings().where(col(LoanProduct.id) == product_id, mine)).first()
    if found is None:
        raise not_found()
    return Listing(*found)


def listings_coded(db: Session, codes: Iterable[str]) -> dict[str, Listing]:
    """Of these ids those that are in use, whosever they are, each with its product; for looking at a file, to be shown to nobody."""
    found: dict[str, Listing] = {}
    for part in in_parts(codes):
        for row in db.execute(_listings().where(col(LoanProduct.code).in_(part))):
            found[row[0].code] = Listing(*row)
    return found


def versions_of(db: Session, caller: Caller, listing: Listing) -> list[Listing]:
    """The versions of a product that were ever on offer (for its own bank all of them), the newest first."""
    query = select(ProductVersion).where(col(ProductVersion.product_id) == listing.product.id)
    versions = list(db.execute(query.order_by(col(ProductVersion.number).desc())).scalars())
    if listing.product.institution_id != caller.organisation_id:
        versions = _since_publication(versions, listing.product.published_at)
    return [Listing(listing.product, version, listing.bank) for version in versions]


def _since_publication(versions: list[ProductVersion], published_at: datetime | None) -> list[ProductVersion]:
    """From versions, newest first, those that were not yet replaced when the product was published."""
    if published_at is None:
        return []
    replaced = [version.number for version in versions if version.made_at <= published_at][1:]
    return [version for version in versions if version.number not in replaced]


def _on_offer(day: date) -> ColumnElement[bool]:
    begun = or_(col(ProductVersion.valid_from).is_(None), col(ProductVersion.valid_from) <= day)
    lasts = or_(col(ProductVersion.valid_to).is_(None), col(ProductVersion.valid_to) >= day)
    return (col(LoanProduct.state) == "published") & begun & lasts


def _wanted(sought: Sought) -> Iterable[ColumnElement[bool]]:
    if sought.amount is not None:
        quota = col(ProductVersion.quota)
        yield col(ProductVersion.amount_min) <= sought.amount
        yield col(ProductVersion.amount_max) >= sought.amount
        yield or_(quota.is_(None), quota >= sought.amount)
    if sought.term is not None:
        yield col(ProductVersion.term_min) <= sought.term
        yield col(ProductVersion.term_max) >= sought.term
    if sought.guarantee is not None:
        yield lists_code(col(ProductVersion.guarantee_kinds), sought.guarantee)
    if sought.bank is not None:
        yield col(Party.code) == sought.bank
    yield from _marked(sought)


def _marked(sought: Sought) -> Iterable[ColumnElement[bool]]:
    if sought.longer_than is not None:
        yield col(ProductVersion.term_max) > sought.longer_than
    if sought.green_channel:
        yield col(ProductVersion.green_channel).is_(True)
    if sought.no_deposit:
        yield col(ProductVersion.deposit_percent) == 0


ORDERS = {
    "rate": (col(ProductVersion.rate_min), col(LoanProduct.code)),
    "amount": (col(ProductVersion.amount_max).desc(), col(LoanProduct.code)),
    "days": (col(ProductVersion.promised_days), col(LoanProduct.code)),
    "bank": (col(Party.name), col(LoanProduct.code)),
}


def hall(db: Session, sought: Sought, asked: Asked, *, day: date) -> Page[Listing]:
    """The published products on offer that day that fit what is sought, cheapest first."""
    query = _listings().where(_on_offer(day), *_wanted(sought)).order_by(*ORDERS[sought.sort])
    return page_of(db, query, asked).map(lambda row: Listing(*row))


def found_products(db: Session, caller: Caller, typed: str, *, most: int) -> list[Listing]:
    """Products that the caller may see, by a part of their name or number or by their bank."""
    wanted = or_(
        col(ProductVersion.name).contains(typed, autoescape=True),
        col(LoanProduct.code).contains(typed.upper(), autoescape=True),
        named_like(typed),
    )
    query = _listings().where(_visible_to(caller), wanted).order_by(col(LoanProduct.id)).limit(most)
    return [Listing(*row) for row in db.execute(query)]


def own_products(db: Session, caller: Caller, asked: Asked, *, state: str | None = None) -> Page[Listing]:
    """The products of the caller's bank, of all states or of one, those on offer first."""
    mine = _listings().where(col(LoanProduct.institution_id) == caller.organisation_id)
    if state is not None:
        mine = mine.where(col(LoanProduct.state) == state)
    query = mine.order_by(col(LoanProduct.state) == "withdrawn", col(LoanProduct.id).desc())
    return page_of(db, query, asked).map(lambda row: Listing(*row))


def published(db: Session, institution_ids: Iterable[int] | None = None) -> list[Listing]:
    """Every published product, or those of some banks, by code: what the matching reads."""
    query = _listings().where(col(LoanProduct.state) == "published").order_by(col(LoanProduct.code))
    if institution_ids is not None:
        query = query.where(col(LoanProduct.institution_id).in_(list(institution_ids)))
    return [Listing(*row) for row in db.execute(query)]


def lenders(db: Session) -> list[Party]:
    """The banks that have a product on offer, by name: the choices of the hall's filter."""
    offering = select(col(LoanProduct.institution_id)).where(col(LoanProduct.state) == "published")
    query = select(Party).where(col(Party.id).in_(offering)).order_by(col(Party.name))
    return list(db.execute(query).scalars())


def asking_deposit(db: Session) -> set[str]:
    """The credit codes of banks that ask for a deposit with every product on offer."""
    without = _listings().where(col(LoanProduct.state) == "published", col(ProductVersion.deposit_percent) == 0)
    return {bank.code for bank in lenders(db)} - {row[2].code for row in db.execute(without)}
