"""Sign-ins of browsers: kept as digests, so that signing out ends the cookie and every copy of it."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from kernel.accounts.models import Account, SignIn

KEPT = timedelta(days=184)  # as long as the law wants sign-ins kept for an audit, six months, and never shorter


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def begin_sign_in(db: Session, account: Account, *, at: datetime) -> str:
    """A new sign-in of an account; the secret goes into the cookie and is not kept."""
    assert account.id is not None
    secret = secrets.token_hex(16)
    db.add(SignIn(account_id=account.id, digest=_digest(secret), created_at=at))
    db.flush()
    return secret


def end_sign_in(db: Session, secret: str, *, at: datetime) -> None:
    """End a sign-in; ending it twice is no error."""
    mine = (col(SignIn.digest) == _digest(secret)) & col(SignIn.ended_at).is_(None)
    db.execute(update(SignIn).where(mine).values(ended_at=at))


def is_signed_in(db: Session, account_id: int, secret: str) -> bool:
    """Whether this sign-in of the account has begun and not ended."""
    live = (col(SignIn.digest) == _digest(secret)) & col(SignIn.ended_at).is_(None)
    return db.exec(select(SignIn.id).where(live, SignIn.account_id == account_id)).first() is not None


def forget_sign_ins(db: Session, *, at: datetime) -> int:
    """Delete the sign-ins that began longer ago than they have to be kept; how many there were.

    The trail keeps who signed in when; a browser that has been signed in so long has to sign in again.
    """
    gone = db.execute(delete(SignIn).where(col(SignIn.created_at) < at - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
