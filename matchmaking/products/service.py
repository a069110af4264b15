"""What a bank can do with its loan products."""

import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, Actor, record
from kernel.errors import Conflict, Refused
from kernel.parties.models import Party
from matchmaking.guarded import took_effect
from matchmaking.matching import market
from matchmaking.products.models import LoanProduct, ProductVersion
from matchmaking.products.reading import Listing, own_product
from matchmaking.products.terms import ProductTerms, terms_of_row
from matchmaking.products.workflow import CHANGEABLE, PRODUCT_MOVES


def _subject(product_id: int | None) -> tuple[str, object]:
    return "product", product_id


def _add_version(
    db: Session, product: LoanProduct, number: int, terms: ProductTerms, *, by: Actor, at: datetime
) -> ProductVersion:
    assert product.id is not None
    version = ProductVersion(product_id=product.id, number=number, made_at=at, made_by=by.account_id, **asdict(terms))
    db.add(version)
    db.flush()
    return version


def _enter(
    db: Session, institution_id: int, terms: ProductTerms, *, code: str | None, by: Actor, at: datetime
) -> LoanProduct:
    """A draft with its first version; without a code of its own it is numbered by its row."""
    product = LoanProduct(code=code or secrets.token_hex(16), institution_id=institution_id, created_at=at)
    db.add(product)
    db.flush()
    product.code = code or f"P{product.id:06d}"
    _add_version(db, product, 1, terms, by=by, at=at)
    return product


def create(db: Session, caller: Caller, *, terms: ProductTerms, at: datetime, code: str | None = None) -> Listing:
    """A new draft of the caller's bank, under the id of the file that brought it if one did."""
    product = _enter(db, caller.organisation_id, terms, code=code, by=caller.actor, at=at)
    record(db, "product.create", by=caller.actor, subject=_subject(product.id), at=at, detail={"code": product.code})
    return own_product(db, caller, product.id or 0)


def change(db: Session, caller: Caller, product_id: int, *, terms: ProductTerms, seen: int, at: datetime) -> Listing:
    """A new version from now on; `seen` is the version the change starts from, Conflict if there is a newer one."""
    listing = own_product(db, caller, product_id)
    guard = (
        update(LoanProduct)
        .where(col(LoanProduct.id) == product_id, col(LoanProduct.institution_id) == caller.organisation_id)
        .where(col(LoanProduct.latest) == seen, col(LoanProduct.state).in_(CHANGEABLE))
        .values(latest=seen + 1)
    )
    if not took_effect(db, guard):
        raise _not_changeable(listing)
    _add_version(db, listing.product, seen + 1, terms, by=caller.actor, at=at)
    detail = {"version": seen + 1}
    record(db, "product.change", by=caller.actor, subject=_subject(product_id), at=at, detail=detail)
    return own_product(db, caller, product_id)


def _not_changeable(listing: Listing) -> Conflict:
    if listing.product.state not in CHANGEABLE:
        return Conflict(
            "product_withdrawn",
            "这款产品已经下架，不能再改；需要时另建一款",
            "This product is withdrawn and cannot be changed; make a new one",
        )
    return Conflict(
        "product_changed",
        "这款产品刚被别人改过，请看过最新的内容再改",
        "Someone has just changed this product; look at the newest version first",
    )


def move(db: Session, caller: Caller, product_id: int, verb: str, *, at: datetime) -> Listing:
    """Publish or withdraw a product of the caller's bank."""
    listing = own_product(db, caller, product_id)
    row = PRODUCT_MOVES.by_verb[verb]
    moment = {"publish": "published_at", "withdraw": "withdrawn_at"}[verb]
    guard = (
        update(LoanProduct)
        .where(col(LoanProduct.id) == product_id, col(LoanProduct.institution_id) == caller.organisation_id)
        .where(col(LoanProduct.state).in_(row.sources))
        .values({"state": row.target, moment: at})
    )
    if not took_effect(db, guard):
        raise PRODUCT_MOVES.refusal(verb, listing.product.state)
    detail = {"version": listing.version.number}
    record(db, f"product.{verb}", by=caller.actor, subject=_subject(product_id), at=at, detail=detail)
    return own_product(db, caller, product_id)


def draft_from_platform(
    db: Session, institution_id: int, terms: ProductTerms, *, source: str, at: datetime
) -> LoanProduct:
    """A draft as a platform holds it, on offer only once its bank publishes it."""
    product = _enter(db, institution_id, terms, code=None, by=THE_SERVICE, at=at)
    detail = {"code": product.code, "platform": source}
    record(db, "product.intake", by=THE_SERVICE, subject=_subject(product.id), at=at, detail=detail)
    return product


def redraft_from_platform(
    db: Session, product_id: int, institution_id: int, terms: ProductTerms, *, seen: int, at: datetime
) -> bool:
    """A new version of such a draft; False once its bank has changed, published or withdrawn it."""
    guard = (
        update(LoanProduct)
        .where(col(LoanProduct.id) == product_id, col(LoanProduct.institution_id) == institution_id)
        .where(col(LoanProduct.latest) == seen, col(LoanProduct.state) == "draft")
        .values(latest=seen + 1)
    )
    if not took_effect(db, guard):
        return False
    _add_version(db, db.get_one(LoanProduct, product_id), seen + 1, terms, by=THE_SERVICE, at=at)
    detail = {"version": seen + 1}
    record(db, "product.intake", by=THE_SERVICE, subject=_subject(product_id), at=at, detail=detail)
    return True


def import_rows(db: Session, rows: Iterable[market.Product], *, by: Actor, at: datetime) -> int:
    """Products of a market file, published as they stand and known by the ids of the file; how many came in."""
    banks = _party_ids(db, rows := list(rows))
    for row in rows:
        product = _enter(db, banks[row.institution_code], terms_of_row(row), code=row.product_id, by=by, at=at)
        product.state, product.published_at = "published", at
    db.flush()
    codes = [row.product_id for row in rows]
    record(db, "product.import", by=by, subject=("market_file", "products"), at=at, detail={"codes": codes})
    return len(rows)


def _party_ids(db: Session, rows: list[market.Product]) -> dict[str, int]:
    codes = {row.institution_code for row in rows}
    found = db.exec(select(Party.code, Party.id).where(col(Party.code).in_(codes), Party.kind == "institution"))
    known = {code: party_id for code, party_id in found if party_id is not None}
    strangers = ", ".join(sorted(codes - known.keys()))
    if strangers:
        raise Refused(
            "bank_unknown", f"这些银行还没有登记：{strangers}", f"These banks are not registered: {strangers}"
        )
    return known
