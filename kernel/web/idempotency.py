"""Claim first: an Idempotency-Key is inserted under a UNIQUE constraint in the effect's own transaction (reliability rule 5).

The same key with the same body gives the stored answer again; with another body 422; while the first is still running 409.
An answer of 400 or more rolls the claim back with the effect, so the same key may try again.
"""

import hashlib
import re
from datetime import UTC, datetime

from flask import Response, g, request
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import Conflict, FieldError, Invalid
from kernel.web.models import IdempotencyKey

HEADER = "Idempotency-Key"
WELL_FORMED = re.compile(r"[A-Za-z0-9_.:-]{8,80}")


class Replay(Exception):
    """Carries the stored answer of an effect that was done before."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def _given_key() -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not WELL_FORMED.fullmatch(key):
        text = Text("幂等键用 8 到 80 个字母、数字或 _.:-", "An idempotency key has 8 to 80 letters, digits or _.:-")
        raise Invalid((FieldError(HEADER, "malformed_key", text),))
    return key


def _stored(db: Session, organisation_id: int, route: str, key: str) -> IdempotencyKey | None:
    query = select(IdempotencyKey).where(
        IdempotencyKey.organisation_id == organisation_id, IdempotencyKey.route == route, IdempotencyKey.key == key
    )
    return db.exec(query).first()


def _answer_again(found: IdempotencyKey, body_digest: str) -> Replay:
    if found.body_digest != body_digest:
        text = Text("这个幂等键已经用于另一份内容", "This idempotency key was used for another body")
        raise Invalid((FieldError(HEADER, "key_reused", text),))
    if found.status is None:
        raise Conflict("still_running", "同一个请求还在处理，请稍后再查", "The same request is still running")
    response = Response(found.body, status=found.status, content_type=found.content_type)
    response.headers["Idempotent-Replay"] = "true"
    return Replay(response)


def begin(db: Session) -> IdempotencyKey | None:
    """Claim the request's key, or raise Replay with the stored answer; None when the request carries no key."""
    key, caller = _given_key(), g.get("caller")
    if key is None or not isinstance(caller, Caller):
        return None
    route = f"{request.method} {request.path}"
    body_digest = hashlib.sha256(request.get_data(cache=True)).hexdigest()
    found = _stored(db, caller.organisation_id, route, key)
    if found is not None:
        raise _answer_again(found, body_digest)
    claim = IdempotencyKey(
        organisation_id=caller.organisation_id,
        route=route,
        key=key,
        body_digest=body_digest,
        created_at=datetime.now(UTC),
    )
    try:
        with db.begin_nested():
            db.add(claim)
    except IntegrityError:
        found = _stored(db, caller.organisation_id, route, key)
        if found is None:
            raise
        raise _answer_again(found, body_digest) from None
    return claim


def finish(claim: IdempotencyKey | None, response: Response) -> None:
    """Keep the answer with the claim, to be committed with the effect."""
    if claim is not None:
        claim.status = response.status_code
        claim.content_type = response.content_type or ""
        claim.body = response.get_data(as_text=True)
