"""What an enterprise can do with its financing requests."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, true, update
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import THE_SERVICE, Actor, record
from kernel.clock import business_day
from kernel.errors import Conflict, FieldErrors, Refused
from kernel.outbox.service import publish as tell
from kernel.parties.models import Party
from matchmaking.guarded import took_effect
from matchmaking.matching import market
from matchmaking.requests.events import BROUGHT, EXPIRED, LAPSED
from matchmaking.requests.models import Consent, FinancingRequest, RequestVersion
from matchmaking.requests.reading import FiledRequest, filed_requests, own_request
from matchmaking.requests.terms import RequestTerms, terms_of_row
from matchmaking.requests.workflow import CHANGEABLE, REQUEST_MOVES

LONGEST_CONSENT_DAYS = 366


def _subject(request_id: int | None) -> tuple[str, object]:
    return "financing_request", request_id


def _add_version(
    db: Session, request: FinancingRequest, number: int, terms: RequestTerms, *, by: Actor, at: datetime
) -> None:
    assert request.id is not None
    version = RequestVersion(request_id=request.id, number=number, made_at=at, made_by=by.account_id, **asdict(terms))
    db.add(version)
    db.flush()


def _enter(
    db: Session, enterprise_id: int, terms: RequestTerms, *, code: str | None, source: str, by: Actor, at: datetime
) -> FinancingRequest:
    """A draft with its first version; without a code of its own it is numbered by its row."""
    request = FinancingRequest(
        code=code or secrets.token_hex(16), enterprise_id=enterprise_id, source=source, created_at=at
    )
    db.add(request)
    db.flush()
    request.code = code or f"R{request.id:06d}"
    _add_version(db, request, 1, terms, by=by, at=at)
    return request


def _check_institutions(db: Session, terms: RequestTerms) -> None:
    """Invalid for a preferred or vetoed code that is no institution's."""
    named = {*terms.preferred_institutions, *terms.vetoed_institutions}
    found = select(Party.code).where(col(Party.code).in_(named), Party.kind == "institution")
    known: set[str] = set(db.exec(found)) if named else set()
    strangers = named - known
    errors = FieldErrors()
    for name in ("preferred_institutions", "vetoed_institutions"):
        unknown = ", ".join(sorted(strangers & set(getattr(terms, name))))
        if unknown:
            errors.add(name, "institution_unknown", f"没有这家机构：{unknown}", f"There is no institution {unknown}")
    errors.raise_if_any()


def create(db: Session, caller: Caller, *, terms: RequestTerms, at: datetime, source: str = "web") -> FiledRequest:
    """A new draft of the caller's enterprise, seen by nobody else."""
    _check_institutions(db, terms)
    request = _enter(db, caller.organisation_id, terms, code=None, source=source, by=caller.actor, at=at)
    detail = {"code": request.code}
    record(db, "financing_request.create", by=caller.actor, subject=_subject(request.id), at=at, detail=detail)
    return own_request(db, caller, request.id or 0)


def change(
    db: Session, caller: Caller, request_id: int, *, terms: RequestTerms, seen: int, at: datetime
) -> FiledRequest:
    """A new version from now on; `seen` is the version the change starts from, Conflict if there is a newer one."""
    filed = own_request(db, caller, request_id)
    _check_institutions(db, terms)
    guard = (
        update(FinancingRequest)
        .where(col(FinancingRequest.id) == request_id, col(FinancingRequest.enterprise_id) == caller.organisation_id)
        .where(col(FinancingRequest.latest) == seen, col(FinancingRequest.state).in_(CHANGEABLE))
        .values(latest=seen + 1)
    )
    if not took_effect(db, guard):
        raise _not_changeable(filed)
    _add_version(db, filed.request, seen + 1, terms, by=caller.actor, at=at)
    detail = {"version": seen + 1}
    record(db, "financing_request.change", by=caller.actor, subject=_subject(request_id), at=at, detail=detail)
    return own_request(db, caller, request_id)


def _not_changeable(filed: FiledRequest) -> Conflict:
    if filed.request.state not in CHANGEABLE:
        return Conflict(
            "request_not_changeable",
            "这份申请已经约上或结束，不能再改；需要时另填一份",
            "This request is matched or ended and cannot be changed; write a new one",
        )
    return Conflict(
        "request_changed",
        "这份申请刚被改过，请看过最新的内容再改",
        "This request has just been changed; look at the newest version first",
    )


def _advance(
    db: Session, request_id: int, verb: str, values: Mapping[str, object], *, unless: ColumnElement[bool] | None = None
) -> bool:
    row = REQUEST_MOVES.by_verb[verb]
    guard = (
        update(FinancingRequest)
        .where(col(FinancingRequest.id) == request_id, col(FinancingRequest.state).in_(row.sources))
        .where(true() if unless is None else ~unless)
        .values({"state": row.target, **values})
    )
    return took_effect(db, guard)


def _note(
    db: Session, request_id: int, verb: str, *, by: Actor, at: datetime, detail: Mapping[str, object] | None = None
) -> None:
    record(db, f"financing_request.{verb}", by=by, subject=_subject(request_id), at=at, detail=dict(detail or {}))


def step(db: Session, request_id: int, verb: str, *, by: Actor, at: datetime) -> bool:
    """Move a request along the table if it stands where the verb starts from; whether it did, with its audit row."""
    if not _advance(db, request_id, verb, {}):
        return False
    _note(db, request_id, verb, by=by, at=at)
    return True


def check_consent(until: date, today: date) -> None:
    """Invalid for a consent that is over already, or lasts more than a year."""
    errors = FieldErrors()
    if not 0 <= (until - today).days <= LONGEST_CONSENT_DAYS:
        errors.add(
            "until", "out_of_range", "同意的期限从今天起，最长一年", "Consent lasts from today on, a year at the most"
        )
    errors.raise_if_any()


def _give_consent(db: Session, request_id: int, *, audience: str, until: date, by: Actor, at: datetime) -> None:
    db.add(Consent(request_id=request_id, audience=audience, until=until, given_at=at, given_by=by.account_id))
    db.flush()


def publish(db: Session, caller: Caller, request_id: int, *, audience: str, until: date, at: datetime) -> FiledRequest:
    """Publish a draft together with the consent to show it; Invalid for a consent of more than a year."""
    filed = own_request(db, caller, request_id)
    check_consent(until, business_day(at))
    if not _advance(db, request_id, "publish", {"published_at": at}):
        raise REQUEST_MOVES.refusal("publish", filed.request.state)
    _give_consent(db, request_id, audience=audience, until=until, by=caller.actor, at=at)
    detail = {"audience": audience, "until": until.isoformat(), "version": filed.version.number}
    _note(db, request_id, "publish", by=caller.actor, at=at, detail=detail)
    return own_request(db, caller, request_id)


def _end_consent(db: Session, request_id: int, at: datetime) -> None:
    live = (col(Consent.request_id) == request_id) & col(Consent.revoked_at).is_(None)
    db.execute(update(Consent).where(live).values(revoked_at=at))


def retract(db: Session, caller: Caller, request_id: int, verb: str, *, at: datetime) -> FiledRequest:
    """Withdraw a request, or revoke its consent, which makes it a draft again; `sessions.sign_ups` leaves the sessions."""
    filed = own_request(db, caller, request_id)
    values: dict[str, object] = {"ended_at": at} if verb == "withdraw" else {"published_at": None}
    if not _advance(db, request_id, verb, values):
        raise REQUEST_MOVES.refusal(verb, filed.request.state)
    _end_consent(db, request_id, at)
    _note(db, request_id, verb, by=caller.actor, at=at)
    return own_request(db, caller, request_id)


def withdraw_all(db: Session, enterprise_id: int, *, by: Actor, at: datetime) -> None:
    """End every request that a firm has written and no session has matched: it is not who it said it was."""
    mine = (col(FinancingRequest.enterprise_id) == enterprise_id) & col(FinancingRequest.state).in_(CHANGEABLE)
    for request_id in db.execute(select(col(FinancingRequest.id)).where(mine)).scalars().all():
        if _advance(db, request_id or 0, "withdraw", {"ended_at": at}):
            _end_consent(db, request_id or 0, at)
            _note(db, request_id or 0, "withdraw", by=by, at=at)


def lapsed(db: Session, today: date) -> list[FiledRequest]:
    """Published requests whose day of need or consent is over."""
    query = filed_requests().where(col(FinancingRequest.state) == "published")
    over = (col(RequestVersion.needed_by) < today) | (col(Consent.until) < today)
    return [FiledRequest(*row) for row in db.execute(query.where(over).order_by(col(FinancingRequest.id)))]


def expire(db: Session, filed: FiledRequest, *, by: Actor, at: datetime) -> bool:
    """End a lapsed request and its consent, and tell its firm; False if it has moved on or been changed since it was looked at."""
    if not _advance(db, filed.id, "expire", {"ended_at": at}, unless=_is_another(filed)):
        return False
    _end_consent(db, filed.id, at)
    _note(db, filed.id, "expire", by=by, at=at)
    why = LAPSED["needed_by" if filed.has_consent_on(business_day(at)) else "consent"]
    told = {"code": filed.request.code, "why": why.zh, "why_en": why.en}
    party_id, subject = filed.request.enterprise_id, ("financing_request", filed.id)
    tell(db, EXPIRED.name, party_id=party_id, subject=subject, facts=told, at=at)
    return True


def _is_another(filed: FiledRequest) -> ColumnElement[bool]:
    """SQL: whether a request has another version or another consent than were looked at."""
    consent_id = filed.consent.id if filed.consent else None
    live = (col(Consent.request_id) == filed.id) & col(Consent.revoked_at).is_(None)
    return (col(FinancingRequest.latest) != filed.version.number) | exists().where(live, col(Consent.id) != consent_id)


def draft_from_platform(
    db: Session, enterprise_id: int, terms: RequestTerms, *, source: str, at: datetime
) -> FinancingRequest:
    """A draft as a platform holds it, seen by its enterprise alone until that publishes it."""
    request = _enter(db, enterprise_id, terms, code=None, source="platform", by=THE_SERVICE, at=at)
    _note(db, request.id or 0, "intake", by=THE_SERVICE, at=at, detail={"code": request.code, "platform": source})
    return request


def redraft_from_platform(
    db: Session, request_id: int, enterprise_id: int, terms: RequestTerms, *, seen: int, at: datetime
) -> bool:
    """A new version of such a draft; False once its enterprise has changed, published or withdrawn it."""
    guard = (
        update(FinancingRequest)
        .where(col(FinancingRequest.id) == request_id, col(FinancingRequest.enterprise_id) == enterprise_id)
        .where(col(FinancingRequest.latest) == seen, col(FinancingRequest.state) == "draft")
        .where(col(FinancingRequest.published_at).is_(None))
        .values(latest=seen + 1)
    )
    if not took_effect(db, guard):
        return False
    request = db.get_one(FinancingRequest, request_id)
    _add_version(db, request, seen + 1, terms, by=THE_SERVICE, at=at)
    _note(db, request_id, "intake", by=THE_SERVICE, at=at, detail={"version": seen + 1})
    return True


@dataclass(frozen=True)
class SignedConsent:
    """A consent that the firm signed on paper: whom it lets read the request, until when, and where the paper is kept."""

    audience: str
    until: date
    document: str


def bring(
    db: Session,
    enterprise_id: int,
    *,
    code: str,
    terms: RequestTerms,
    consent: SignedConsent | None,
    by: Actor,
    at: datetime,
) -> FinancingRequest:
    """A request of a file under the file's id: a draft, or published at once under a consent signed on paper.

    Invalid for institutions that are none and for a consent of more than a year.
    """
    _check_institutions(db, terms)
    request = _enter(db, enterprise_id, terms, code=code, source="import", by=by, at=at)
    request_id = request.id or 0
    _note(db, request_id, "create", by=by, at=at, detail={"code": code, "enterprise": enterprise_id})
    if consent is not None:
        check_consent(consent.until, business_day(at))
        _advance(db, request_id, "publish", {"published_at": at})
        _give_consent(db, request_id, audience=consent.audience, until=consent.until, by=by, at=at)
        detail = {"audience": consent.audience, "until": consent.until.isoformat(), "document": consent.document}
        _note(db, request_id, "publish", by=by, at=at, detail=detail | {"version": 1})
        told = {"code": code, "until": consent.until.isoformat(), "document": consent.document}
        subject = ("financing_request", request_id)
        tell(db, BROUGHT.name, party_id=enterprise_id, subject=subject, facts=told, at=at)
    return request


def import_rows(
    db: Session,
    rows: Iterable[market.Request],
    *,
    by: Actor,
    at: datetime,
    until: date,
    audience: str = "session_banks",
) -> list[int]:
    """Requests of a market file, published with consent and known by the ids of the file; their row numbers."""
    rows = list(rows)
    firms = _party_ids(db, rows)
    entered = []
    for row in rows:
        firm = firms[row.enterprise_code]
        request = _enter(db, firm, terms_of_row(row), code=row.request_id, source="import", by=by, at=at)
        request.state, request.published_at = "published", at
        assert request.id is not None
        _give_consent(db, request.id, audience=audience, until=until, by=by, at=at)
        entered.append(request.id)
    codes = [row.request_id for row in rows]
    record(db, "financing_request.import", by=by, subject=("market_file", "requests"), at=at, detail={"codes": codes})
    return entered


def _party_ids(db: Session, rows: list[market.Request]) -> dict[str, int]:
    codes = {row.enterprise_code for row in rows}
    found = db.exec(select(Party.code, Party.id).where(col(Party.code).in_(codes), Party.kind == "enterprise"))
    known = {code: party_id for code, party_id in found if party_id is not None}
    strangers = ", ".join(sorted(codes - known.keys()))
    if strangers:
        raise Refused(
            "enterprise_unknown",
            f"这些企业还没有登记：{strangers}",
            f"These enterprises are not registered: {strangers}",
        )
    return known
