"""Push products, recommended requests and their progress, each version once to each platform that a bureau subscribes."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from kernel import database
from kernel.clock import business_day
from kernel.errors import Refused
from kernel.jobs.models import JobRun
from kernel.jobs.service import claim
from kernel.outbox.models import Subscription
from kernel.outbox.service import publish
from kernel.outbox.texts import Facts
from kernel.outbox.workflow import ENDED, PLATFORM
from kernel.parties.models import Party
from matchmaking.platforms.events import PRODUCT, REQUEST, STATUS
from matchmaking.products.models import LoanProduct, ProductVersion
from matchmaking.requests.agreeing import has_agreed
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.reading import FiledRequest, filed_requests

STILL_SOUGHT = ("published", "matched")
WITHDRAWN = "withdrawn"


def _live() -> ColumnElement[bool]:
    return (col(Subscription.channel) == PLATFORM) & (col(Subscription.state) != ENDED)


def bureaus(db: Session) -> list[int]:
    """The bureaus that have a platform among their channels."""
    return sorted(set(db.execute(select(col(Subscription.party_id)).where(_live())).scalars()))


def subscribed(db: Session) -> list[str]:
    """The platforms that a bureau has among its channels, by name."""
    return sorted(set(db.execute(select(col(Subscription.address)).where(_live())).scalars()))


def push_request(db: Session, filed: FiledRequest, *, at: datetime) -> int:
    """Recommend a request to every platform of a channel; how many bureaus' channels were told (a version once a consent).

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
    key = f"{filed.id}/{filed.version.number}/{consent.id}"
    return _tell(db, REQUEST.name, key, ("financing_request", filed.id), facts, at)


def _tell(db: Session, event: str, key: str, subject: tuple[str, int], facts: Facts, at: datetime) -> int:
    """One event to each subscribing bureau, claimed once by (bureau, key)."""
    told = 0
    for party_id in bureaus(db):
        if claim(db, event, f"{party_id}/{key}", at=at):
            publish(db, event, party_id=party_id, subject=subject, facts=facts, at=at)
            told += 1
    return told


def push_changes(db: Session, *, at: datetime) -> dict[str, int]:
    """Everything that changed: each version and state of each product, each new state of each recommended request."""
    if not bureaus(db):
        return {"products": 0, "statuses": 0}
    return {
        "products": sum(database.write(db, partial(_push_product, row=row, at=at)) for row in _products(db)),
        "statuses": sum(
            database.write(db, partial(_push_status, filed=filed, consent_id=consent_id, at=at))
            for filed, consent_id in _recommended(db)
        ),
    }


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


def _push_product(db: Session, *, row: tuple[LoanProduct, ProductVersion, Party], at: datetime) -> int:
    product, version, bank = row
    facts: dict[str, str | int | None] = {
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
    key = f"{product.id}/{version.number}/{product.state}"
    return _tell(db, PRODUCT.name, key, ("product", product.id or 0), facts, at)


def _recommended(db: Session) -> list[tuple[FiledRequest, int]]:
    """The requests that a platform was told of, each with the last consent under which it was."""
    keys = db.execute(select(col(JobRun.key)).where(col(JobRun.job) == REQUEST.name)).scalars()
    told = sorted(
        (int(request_id), int(consent_id)) for _, request_id, _, consent_id in (key.split("/") for key in keys)
    )
    last = dict(told)
    query = filed_requests().where(col(FinancingRequest.id).in_(last)).order_by(col(FinancingRequest.id))
    return [(filed, last[filed.id]) for filed in (FiledRequest(*row) for row in db.execute(query))]


def told_state(filed: FiledRequest, day: date) -> str:
    """What a platform is told: the state of the request, or that it is withdrawn once the consent no longer covers it."""
    if filed.request.state in STILL_SOUGHT and not has_agreed(filed, day):
        return WITHDRAWN
    return filed.request.state if filed.request.state != "draft" else WITHDRAWN


def _push_status(db: Session, *, filed: FiledRequest, consent_id: int, at: datetime) -> int:
    state = told_state(filed, business_day(at))
    facts = {"code": filed.request.code, "state": state, "at": at.isoformat()}
    return _tell(db, STATUS.name, f"{filed.id}/{state}/{consent_id}", ("financing_request", filed.id), facts, at)
