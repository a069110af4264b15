"""What a platform's records become here: drafts that their owner confirms by publishing them, and statuses of recommended needs."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import select, update
from sqlmodel import Session, col

from kernel.errors import Refused
from kernel.money import MAX_FEN
from kernel.outbox.field_maps import Plain
from kernel.outbox.pulling import Intake, version_key
from kernel.outbox.rest import PulledItem
from kernel.outbox.service import publish
from kernel.parties.models import Party
from matchmaking.guarded import took_effect
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, PURPOSES
from matchmaking.platforms.events import DRAFTED
from matchmaking.platforms.models import PlatformDraft
from matchmaking.products import service as products
from matchmaking.products.models import LoanProduct
from matchmaking.products.terms import ProductTerms
from matchmaking.recommendations.service import take_status
from matchmaking.requests import service as requests
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.terms import HIGHEST_RATE, LONGEST_TERM, RequestTerms

LONGEST_NAME = 60


def _wrong(field: str) -> Refused:
    return Refused(
        f"wrong_{field}", f"平台记录的 {field} 不在范围内", f"The {field} of the platform's record is out of range"
    )


def _number(record: Mapping[str, Plain], field: str, highest: int, lowest: int = 1) -> int:
    value = record.get(field)
    if not isinstance(value, int) or not lowest <= value <= highest:
        raise _wrong(field)
    return value


def _rate(record: Mapping[str, Plain], field: str) -> Decimal:
    try:
        value = Decimal(str(record.get(field)))
    except InvalidOperation:
        raise _wrong(field) from None
    if not value.is_finite() or not 0 <= value <= HIGHEST_RATE:
        raise _wrong(field)
    return value


def _kinds(record: Mapping[str, Plain]) -> tuple[str, ...]:
    named = str(record.get("guarantee_kinds") or "").split()
    if not named or not set(named) <= set(GUARANTEE_KINDS):
        raise _wrong("guarantee_kinds")
    return tuple(dict.fromkeys(named))


def request_terms(record: Mapping[str, Plain]) -> RequestTerms:
    """What a platform's need says, in our terms; Refused for anything that a request here could not say."""
    purpose = str(record.get("purpose"))
    if purpose not in PURPOSES:
        raise _wrong("purpose")
    return RequestTerms(
        purpose=purpose,
        amount=_number(record, "amount", MAX_FEN),
        term=_number(record, "term", LONGEST_TERM),
        rate_ceiling=_rate(record, "rate_ceiling"),
        guarantee_kinds=_kinds(record),
    )


def product_terms(record: Mapping[str, Plain]) -> ProductTerms:
    """What a platform's product says, in our terms; Refused for ranges out of order."""
    name = str(record.get("name") or "").strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise _wrong("name")
    terms = ProductTerms(
        name=name,
        amount_min=_number(record, "amount_min", MAX_FEN),
        amount_max=_number(record, "amount_max", MAX_FEN),
        term_min=_number(record, "term_min", LONGEST_TERM),
        term_max=_number(record, "term_max", LONGEST_TERM),
        rate_min=_rate(record, "rate_min"),
        rate_max=_rate(record, "rate_max"),
        guarantee_kinds=_kinds(record),
    )
    for field in ("amount", "term", "rate"):
        if getattr(terms, f"{field}_min") > getattr(terms, f"{field}_max"):
            raise _wrong(f"{field}_min")
    return terms


def _owner(db: Session, code: Plain, kind: str) -> int:
    found = db.execute(select(col(Party.id)).where(col(Party.code) == str(code), col(Party.kind) == kind)).scalar()
    if found is None:
        raise Refused(f"{kind}_unknown", f"这里没有登记 {code}", f"{code} is not registered here")
    return int(found)


def _known(db: Session, source: str, kind: str, item: PulledItem) -> PlatformDraft | None:
    mine = (col(PlatformDraft.source) == source) & (col(PlatformDraft.kind) == kind)
    found: PlatformDraft | None = db.execute(
        select(PlatformDraft).where(mine, col(PlatformDraft.remote_id) == item.id)
    ).scalar()
    return found


def _refuse_our_own(db: Session, codes: object, item: PulledItem) -> None:
    """What we pushed there comes back when we pull: it is ours already."""
    if db.execute(select(codes).where(codes == item.id).limit(1)).first() is not None:  # type: ignore[call-overload]
        raise Refused("our_own_record", "这条是本系统报过去的", "This record came from here")


def take_request(db: Session, source: str, item: PulledItem, at: datetime) -> None:
    """A need of the platform becomes its enterprise's draft; a changed one changes the draft while its owner has not."""
    _refuse_our_own(db, col(FinancingRequest.code), item)
    enterprise_id, terms = _owner(db, item.record.get("enterprise_code"), "enterprise"), request_terms(item.record)
    known = _known(db, source, "request", item)
    if known is None:
        made = requests.draft_from_platform(db, enterprise_id, terms, source=source, at=at)
        known = PlatformDraft(source=source, kind="request", remote_id=item.id, request_id=made.id, made_at=at)
        _keep(db, known, enterprise_id, at)
    elif requests.redraft_from_platform(db, known.request_id or 0, enterprise_id, terms, seen=known.version, at=at):
        _moved_on(db, known)
    else:
        raise _owner_has_it()


def take_product(db: Session, source: str, item: PulledItem, at: datetime) -> None:
    """A product of the platform becomes its bank's draft; a changed one changes the draft while the bank has not."""
    _refuse_our_own(db, col(LoanProduct.code), item)
    institution_id, terms = _owner(db, item.record.get("bank_code"), "institution"), product_terms(item.record)
    known = _known(db, source, "product", item)
    if known is None:
        made = products.draft_from_platform(db, institution_id, terms, source=source, at=at)
        known = PlatformDraft(source=source, kind="product", remote_id=item.id, product_id=made.id, made_at=at)
        _keep(db, known, institution_id, at)
    elif products.redraft_from_platform(db, known.product_id or 0, institution_id, terms, seen=known.version, at=at):
        _moved_on(db, known)
    else:
        raise _owner_has_it()


def _owner_has_it() -> Refused:
    return Refused(
        "owner_has_it",
        "这份草稿已经由本人改过或发布，平台的改动不再照抄",
        "Its owner has changed or published it; what the platform changes is not copied any more",
    )


def _keep(db: Session, draft: PlatformDraft, owner_id: int, at: datetime) -> None:
    db.add(draft)
    db.flush()
    subject = ("platform_draft", draft.id or 0)
    facts = {"source": draft.source, "remote_id": draft.remote_id}
    publish(db, DRAFTED.name, party_id=owner_id, subject=subject, facts=facts, at=at)


def _moved_on(db: Session, draft: PlatformDraft) -> None:
    guard = update(PlatformDraft).where(col(PlatformDraft.id) == draft.id, col(PlatformDraft.version) == draft.version)
    if not took_effect(db, guard.values(version=draft.version + 1)):
        raise _owner_has_it()


def take_progress(db: Session, source: str, item: PulledItem, at: datetime) -> None:
    """What the platform says became of a need that we recommended."""
    take_status(
        db,
        source,
        str(item.record.get("code")),
        state=str(item.record.get("state")),
        reason=str(item.record.get("reason") or "")[:500],
        version=version_key(item.version),
        at=at,
    )


INTAKES: Mapping[str, Intake] = {"request": take_request, "product": take_product, "status": take_progress}
