"""Push products, recommended requests and their progress: each change once to each platform that a bureau subscribes."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlmodel import Session, col

from kernel import database
from kernel.clock import business_day
from kernel.errors import Refused
from kernel.outbox.models import OutboxEvent
from kernel.outbox.texts import Facts
from kernel.parties.models import Party
from matchmaking.platforms.channels import LastTold, PlatformRecord, channels_for, last_told, recommended, tell
from matchmaking.platforms.events import PRODUCT, REQUEST, STATUS
from matchmaking.products.models import LoanProduct, ProductVersion
from matchmaking.requests.agreeing import has_agreed
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.reading import FiledRequest, filed_requests

STILL_SOUGHT = ("published", "matched")
WITHDRAWN = "withdrawn"


def push_request(db: Session, filed: FiledRequest, platforms: Collection[str], *, at: datetime) -> int:
    """Recommend a request to some platforms; how many channels were told (each a version once a consent).

    Refused without the enterprise's consent to that: it is what lets anybody outside the session read the request.
    """
    consent = filed.consent
    if consent is None or not has_agreed(filed, business_day(at)):
        raise Refused(
            "no_consent",
            "企业没有同意把这份申请报给平台",
            "The enterprise has not agreed to show this request to platforms",
        )
    terms = filed.terms
    facts: dict[str, str | int | None] = {
        "code": filed.request.code,
        "enterprise_code": filed.party.code,
        "amount": terms.amount,
        "term": terms.term,
        "rate_ceiling": format(terms.rate_ceiling, "f"),
        "purpose": terms.purpose,
        "guarantee_kinds": " ".join(terms.guarantee_kinds),
        "consent_until": consent.until.isoformat(),
        "version": filed.version.number,
    }
    key, subject = f"{filed.id}/{filed.version.number}/{consent.id}", ("financing_request", filed.id)
    reached = [channel for channel in channels_for(db, REQUEST.name) if channel.address in platforms]
    return sum(tell(db, PlatformRecord(one, REQUEST.name, subject, facts, key), at=at) for one in reached)


def push_changes(db: Session, *, at: datetime) -> dict[str, int]:
    """Everything that changed: each version and state of each product, each new state of each recommended request.

    What there is to tell is read first; only that is written, each record in a transaction of its own.
    """
    due = {"products": list(_due_products(db)), "statuses": list(_due_statuses(db, at))}
    return {
        name: sum(database.write(db, partial(tell, one=one, at=at)) for one in records) for name, records in due.items()
    }


def _due_products(db: Session) -> Iterator[PlatformRecord]:
    """Products on offer that a channel does not know as they are now, and those it knows that are on offer no more."""
    channels = channels_for(db, PRODUCT.name)
    told = last_told(db, PRODUCT.name, channels)
    for product, version, bank in _products(db) if channels else ():
        facts, subject = _product_facts(product, version, bank), ("product", product.id or 0)
        for channel in channels:
            last = told.get((channel.id or 0, subject[1]))
            if last is None and product.state == WITHDRAWN:
                continue
            if last is None or any(last.facts[name] != facts[name] for name in ("version", "state")):
                yield PlatformRecord(channel, PRODUCT.name, subject, facts, _next(subject, last))


def _next(subject: tuple[str, int], last: LastTold | None) -> str:
    """The key of the next record of a subject: two passes at once write the same one, and one of them is refused."""
    return f"{subject[1]}/{last.number + 1 if last else 1}"


def _products(db: Session) -> list[tuple[LoanProduct, ProductVersion, Party]]:
    """Products that were ever on offer, each with its newest version and its bank."""
    newest = (col(ProductVersion.product_id) == col(LoanProduct.id)) & (
        col(ProductVersion.number) == col(LoanProduct.latest)
    )
    query = (
        select(LoanProduct, ProductVersion, Party)
        .join(ProductVersion, newest)
        .join(Party, col(Party.id) == col(LoanProduct.institution_id))
        .where(col(LoanProduct.published_at).is_not(None), col(LoanProduct.state) != "draft")
        .order_by(col(LoanProduct.id))
    )
    return [(row[0], row[1], row[2]) for row in db.execute(query)]


def _product_facts(product: LoanProduct, version: ProductVersion, bank: Party) -> Facts:
    return {
        "code": product.code,
        "name": version.name,
        "bank_code": bank.code,
        "amount_min": version.amount_min,
        "amount_max": version.amount_max,
        "term_min": version.term_min,
        "term_max": version.term_max,
        "rate_min": format(version.rate_min, "f"),
        "rate_max": format(version.rate_max, "f"),
        "guarantee_kinds": " ".join(version.guarantee_kinds),
        "state": product.state,
        "version": version.number,
    }


def _due_statuses(db: Session, at: datetime) -> Iterator[PlatformRecord]:
    """Recommended requests whose state is another than the channel heard last since the platform was recommended it."""
    channels = channels_for(db, STATUS.name)
    told, since = last_told(db, STATUS.name, channels), recommended(db)
    for filed in _filed(db) if channels else ():
        state, subject = told_state(filed, business_day(at)), ("financing_request", filed.id)
        facts = {"code": filed.request.code, "state": state, "at": at.isoformat()}
        for channel in channels:
            begun = since.get((channel.address, filed.id))
            last = told.get((channel.id or 0, filed.id))
            if begun is not None and (last is None or last.at < begun or last.facts["state"] != state):
                yield PlatformRecord(channel, STATUS.name, subject, facts, _next(subject, last))


def _filed(db: Session) -> list[FiledRequest]:
    """The requests that were recommended to a platform."""
    theirs = select(col(OutboxEvent.subject_id)).where(col(OutboxEvent.event) == REQUEST.name)
    query = filed_requests().where(col(FinancingRequest.id).in_(theirs)).order_by(col(FinancingRequest.id))
    return [FiledRequest(*row) for row in db.execute(query)]


def told_state(filed: FiledRequest, day: date) -> str:
    """What a platform is told: the state of the request, or that it is withdrawn once the consent no longer covers it."""
    if filed.request.state in STILL_SOUGHT and not has_agreed(filed, day):
        return WITHDRAWN
    return filed.request.state if filed.request.state != "draft" else WITHDRAWN
