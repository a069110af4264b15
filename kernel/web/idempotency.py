"""Claim first: an Idempotency-Key is inserted under a UNIQUE constraint in the effect's own transaction (reliability rule 5).

The same key with the same body gives the stored answer again; with another body 422; while the first is still running 409.
An answer of 400 or more rolls the claim back with the effect, so the same key may try again. Keys are the account's own, count on
the API only, and are refused where the answer cannot be kept: it holds a secret, or the view opens its own transactions.
"""

import hashlib
import re
from datetime import UTC, datetime

from flask import Response, g, request
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from kernel.accounts.access import Access
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import Conflict, FieldError, Invalid, Refused
from kernel.web.models import IdempotencyKey

HEADER = "Idempotency-Key"
WELL_FORMED = re.compile(r"[A-Za-z0-9_.:-]{8,80}")


class Replay(Exception):
    """Carries the stored answer of an effect that was done before."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class KeyNotSupported(Refused):
    """An idempotency key came with a request whose answer is not kept."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency_not_supported",
            "这个接口不支持幂等键，请去掉 Idempotency-Key 再发；重发前先查上一次有没有办成",
            "This route takes no idempotency key: send it without Idempotency-Key, and look whether the last try worked",
        )


def refuse_unkept_key(access: Access) -> None:
    """Raise KeyNotSupported for a key on an API route that keeps no answers, instead of ignoring it."""
    keeps_none = access.secret or access.transaction == "own"
    if keeps_none and HEADER in request.headers and request.path.startswith("/api/"):
        raise KeyNotSupported


class KeyMissing(Refused):
    """A request that moves money came without an idempotency key."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency_key_missing",
            "这个接口动钱，必须带 Idempotency-Key，这样断线重发也只办一次",
            "This route moves money and needs an Idempotency-Key, so that a repeated request is done once",
        )


def require_key() -> None:
    """Raise KeyMissing for a request without a key; what moves money calls this first (reliability rule 5)."""
    if HEADER not in request.headers:
        raise KeyMissing


def _given_key() -> str | None:
    """The request's key; pages ignore the header."""
    key = request.headers.get(HEADER) if request.path.startswith("/api/") else None
    if key is not None and not WELL_FORMED.fullmatch(key):
        text = Text("幂等键用 8 到 80 个字母、数字或 _.:-", "An idempotency key has 8 to 80 letters, digits or _.:-")
        raise Invalid((FieldError(HEADER, "malformed_key", text),))
    return key


def _stored(db: Session, account_id: int, route_digest: str, key: str) -> IdempotencyKey | None:
    query = select(IdempotencyKey).where(
        IdempotencyKey.account_id == account_id,
        IdempotencyKey.route_digest == route_digest,
        IdempotencyKey.key == key,
    )
    return db.exec(query).first()


def _answer_again(found: IdempotencyKey, body_digest: str) -> Replay:
    if found.body_digest != body_digest:
        text = Text("这个幂等键已经用于另一份内容", "This idempotency key was used for another body")
        raise Invalid((FieldError(HEADER, "key_reused", text),))
    if found.status is None:
        raise Conflict("still_running", "同一个请求还在处理，请稍后再查", "The same request is still running")
    response = Response(found.body, status=found.status, content_type=found.content_type)
    if found.location is not None:
        response.headers["Location"] = found.location
    response.headers["Idempotent-Replay"] = "true"
    return Replay(response)


def begin(db: Session) -> IdempotencyKey | None:
    """Claim the request's key, or raise Replay with the stored answer; None when the request carries no key."""
    key, caller = _given_key(), g.get("caller")
    if key is None or not isinstance(caller, Caller):
        return None
    route_digest = hashlib.sha256(f"{request.method} {request.path}".encode()).hexdigest()
    body_digest = hashlib.sha256(request.get_data(cache=True)).hexdigest()
    found = _stored(db, caller.account_id, route_digest, key)
    if found is not None:
        raise _answer_again(found, body_digest)
    claim = IdempotencyKey(
        account_id=caller.account_id,
        route_digest=route_digest,
        key=key,
        body_digest=body_digest,
        created_at=datetime.now(UTC),
    )
    try:
        with db.begin_nested():
            db.add(claim)
    except IntegrityError:
        found = _stored(db, caller.account_id, route_digest, key)
        if found is None:
            raise
        raise _answer_again(found, body_digest) from None
    return claim


def finish(claim: IdempotencyKey | None, response: Response) -> None:
    """Keep the answer with the claim, to be committed with the effect."""
    if claim is not None:
        claim.status = response.status_code
        claim.content_type = response.content_type or ""
        claim.location = response.headers.get("Location")
        claim.body = response.get_data(as_text=True)
