"""Personal access tokens: issued once, kept as digests, revoked at once."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.accounts.models import AccessToken
from kernel.accounts.service import Caller, caller_for
from kernel.audit.service import record
from kernel.bilingual import Text
from kernel.errors import FieldErrors, NotFound

PREFIX = "yq_"
LONGEST_DAYS = 366
SCOPES = {
    "settlement:read": Text("看报表和结算", "Read returns and statements"),
    "settlement:file": Text("报送报表", "File returns"),
    "matchmaking:read": Text("看产品、申请和对接会", "Read products, requests and sessions"),
    "matchmaking:write": Text("维护产品和申请", "Maintain products and requests"),
    "audit:read": Text("看审计记录", "Read the audit trail"),
}


@dataclass(frozen=True)
class IssuedToken:
    """A fresh token together with the secret that is never shown again."""

    token: AccessToken
    secret: str


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(
    db: Session, caller: Caller, *, name: str, scopes: Iterable[str], days: int, at: datetime
) -> IssuedToken:
    """A new token with its secret, which is shown this once. `days` from 1 to 366; scopes from SCOPES."""
    chosen = sorted(set(scopes))
    errors = FieldErrors()
    if not chosen or any(scope not in SCOPES for scope in chosen):
        errors.add("scopes", "unknown_scope", "选一个或几个列出的范围", "Choose one or more of the listed scopes")
    if not 1 <= days <= LONGEST_DAYS:
        errors.add("days", "out_of_range", f"有效期 1 到 {LONGEST_DAYS} 天", f"Valid for 1 to {LONGEST_DAYS} days")
    errors.raise_if_any()
    secret = PREFIX + secrets.token_urlsafe(32)
    token = AccessToken(
        account_id=caller.account_id,
        name=name,
        digest=_digest(secret),
        scopes=" ".join(chosen),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    db.add(token)
    db.flush()
    record(db, "token.issue", by=caller.actor, subject=("access_token", token.id), at=at, detail={"scopes": chosen})
    return IssuedToken(token, secret)


def tokens_of(db: Session, caller: Caller) -> list[AccessToken]:
    """The caller's own tokens, newest first."""
    query = select(AccessToken).where(AccessToken.account_id == caller.account_id)
    return list(db.exec(query.order_by(col(AccessToken.id).desc())))


def revoke_token(db: Session, caller: Caller, token_id: int, *, at: datetime) -> None:
    """End one of the caller's own tokens; ending it twice is no error, another's is NotFound."""
    mine = (col(AccessToken.id) == token_id) & (col(AccessToken.account_id) == caller.account_id)
    if db.exec(select(AccessToken.id).where(mine)).first() is None:
        raise NotFound("token_not_found", "没有这个令牌", "There is no such token")
    db.execute(update(AccessToken).where(mine, col(AccessToken.revoked_at).is_(None)).values(revoked_at=at))
    record(db, "token.revoke", by=caller.actor, subject=("access_token", token_id), at=at)


def caller_with_token(db: Session, secret: str, *, at: datetime) -> Caller | None:
    """The caller behind a live token, limited to its scopes; None for an unknown, expired or revoked one."""
    token = db.exec(select(AccessToken).where(AccessToken.digest == _digest(secret))).first()
    if token is None or token.revoked_at is not None or token.expires_at <= at:
        return None
    caller = caller_for(db, token.account_id)
    return replace(caller, token_scopes=frozenset(token.scopes.split())) if caller else None
