"""Take approved items in: every payer's part becomes a claim on the books, once, whatever is paid of it later."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.audit.service import Actor, record
from kernel.errors import Conflict, Refused
from kernel.ledger.service import Booking, Entry, post
from kernel.periods import Quarter
from settlement.payments.approved import ApprovedItem
from settlement.payments.models import PayerClaim


def take_in(db: Session, items: Iterable[ApprovedItem], *, by: Actor, at: datetime, today: date) -> list[PayerClaim]:
    """The claims of approved items, newly made or as they stand; posts award and payable (or recoverable) of the new ones.

    Refused for an item that is not approved or whose shares do not add up; Conflict when a claim was taken in with other figures.
    """
    return [
        claim
        for item in items
        for payer, fen in _shares(item)
        if fen
        for claim in [_claim(db, item, payer, fen, by=by, at=at, today=today)]
    ]


def take_in_left_out(db: Session, items: Iterable[ApprovedItem], *, by: Actor, at: datetime, today: date) -> None:
    """The same for items that an order leaves out; one that is not what was approved stays as it is on the books, or off them."""
    for item in items:
        with suppress(Conflict, Refused), db.begin_nested():
            take_in(db, [item], by=by, at=at, today=today)


def _shares(item: ApprovedItem) -> tuple[tuple[str, int], ...]:
    payers = [payer for payer, _ in item.shares]
    if sum(fen for _, fen in item.shares) != item.amount or len(payers) != len(set(payers)):
        raise Refused(
            "shares_do_not_add_up",
            f"{item.statement_number} 各方分担加起来不等于金额",
            f"The shares of {item.statement_number} do not add up to its amount",
        )
    if not item.is_approved:
        raise Refused("not_approved", f"{item.statement_number} 还没有审批", f"{item.statement_number} is not approved")
    return item.shares


def _claim(
    db: Session, item: ApprovedItem, payer: str, fen: int, *, by: Actor, at: datetime, today: date
) -> PayerClaim:
    found = claim_of(db, item, payer)
    if found is None:
        made = _made(item, payer, fen, today)
        if _added(db, made):
            _post(db, made, by=by, at=at, today=today)
            return made
        found = claim_of(db, item, payer)
    assert found is not None
    if found.fingerprint != item.fingerprint or found.amount != fen:
        raise changed_since(item)
    return found


def changed_since(item: ApprovedItem) -> Conflict:
    """The refusal of an item that is no longer what was taken in."""
    return Conflict(
        "changed_since_approval",
        f"{item.statement_number} 与审批时不一样了，不能付；请退回重新审批",
        f"{item.statement_number} is not what was approved and cannot be paid; return it for a new approval",
    )


def claim_of(db: Session, item: ApprovedItem, payer: str) -> PayerClaim | None:
    """One payer's claim from an item, if it was taken in."""
    query = select(PayerClaim).where(
        PayerClaim.payer == payer,
        PayerClaim.statement_number == item.statement_number,
        PayerClaim.revision == item.revision,
        PayerClaim.kind == item.kind,
    )
    return db.exec(query.execution_options(populate_existing=True)).first()


def _made(item: ApprovedItem, payer: str, fen: int, today: date) -> PayerClaim:
    return PayerClaim(
        payer=payer,
        batch=item.batch,
        statement_number=item.statement_number,
        revision=item.revision,
        kind=item.kind,
        beneficiary_id=item.beneficiary_id,
        beneficiary_code=item.beneficiary_code,
        beneficiary_name=item.beneficiary_name,
        scheme=item.scheme,
        quarter=item.quarter,
        amount=fen,
        digest=item.approved_digest,
        fingerprint=item.fingerprint,
        taken_in_on=today,
    )


def _added(db: Session, claim: PayerClaim) -> bool:
    try:
        with db.begin_nested():
            db.add(claim)
    except IntegrityError:
        return False
    return True


def _post(db: Session, claim: PayerClaim, *, by: Actor, at: datetime, today: date) -> None:
    """The claim counts from its quarter's last day, and is written today."""
    other = "payable" if claim.amount > 0 else "recoverable"
    ends = min(Quarter.parse(claim.quarter).last_day, today)
    booking = Booking(ends, today, at, by)
    entries = [entry(claim, "award", claim.amount), entry(claim, other, -claim.amount)]
    post(db, claim.payer, f"claim/{claim.name}", "claim", entries, booking=booking, reference=claim.batch)
    detail = {"payer": claim.payer, "amount_fen": claim.amount, "digest": claim.digest}
    record(db, "claim.take_in", by=by, subject=("claim", claim.name), at=at, detail=detail)


def entry(claim: PayerClaim, account: str, amount: int) -> Entry:
    """An amount in one of the claim's accounts."""
    return Entry(account, amount, claim.beneficiary_id, claim.scheme, claim.quarter)


def not_taken_in(db: Session, items: Iterable[ApprovedItem], payer: str, today: date) -> list[PayerClaim]:
    """What a payer's claims from some items will be once they are taken in: rows of no table, under negative numbers."""
    made = [_made(item, payer, item.share_of(payer), today) for item in items if item.share_of(payer)]
    query = select(PayerClaim).where(
        PayerClaim.payer == payer, col(PayerClaim.statement_number).in_([one.statement_number for one in made])
    )
    known = {one.name for one in db.exec(query)}
    fresh = [one for one in made if one.name not in known]
    for number, one in enumerate(fresh, start=1):
        one.id = -number
        one.set_off = one.ordered = one.cut = one.carried = one.recovered = 0
    return fresh


def open_claims(db: Session, payer: str) -> list[PayerClaim]:
    """What a payer still has to pay, of whatever batch: new, carried, or returned by the bank."""
    claim = PayerClaim
    left = col(claim.amount) - col(claim.set_off) - col(claim.ordered) - col(claim.cut)
    query = select(claim).where(claim.payer == payer, claim.amount > 0, left > 0)
    return list(db.exec(query.order_by(col(claim.id)).execution_options(populate_existing=True)))


def open_recoveries(db: Session, payer: str, beneficiary_ids: Iterable[int] | None = None) -> list[PayerClaim]:
    """What beneficiaries (all, or some) still owe the payer."""
    claim = PayerClaim
    left = -col(claim.amount) - col(claim.set_off) - col(claim.recovered)
    query = select(claim).where(claim.payer == payer, claim.amount < 0, left > 0)
    if beneficiary_ids is not None:
        query = query.where(col(claim.beneficiary_id).in_(list(beneficiary_ids)))
    return list(db.exec(query.order_by(col(claim.id)).execution_options(populate_existing=True)))


def claims_by_id(db: Session, ids: Iterable[int]) -> dict[int, PayerClaim]:
    """Some claims, by their numbers."""
    query = select(PayerClaim).where(col(PayerClaim.id).in_(list(ids)))
    return {row.id or 0: row for row in db.exec(query.execution_options(populate_existing=True))}
