"""The browser's signed cookie: whose sign-in it is, and what was entered on the way to an account of one's own."""

from datetime import datetime
from typing import Any

from flask import session
from flask_login import login_user
from sqlmodel import Session

from kernel import database
from kernel.accounts import service, sign_ins
from kernel.accounts.models import Account
from kernel.web.edge import SignedIn

ENTERED = "entered"


def begin(account: Account, *, at: datetime) -> None:
    """Sign the browser in to an open account, in a transaction of its own; what it held before is gone."""

    def note(db: Session) -> str:
        service.note_sign_in(db, account, at=at)
        return sign_ins.begin_sign_in(db, account, at=at)

    secret = database.write(database.current(), note)
    found = service.caller_for(database.current(), account.id or 0)
    assert found is not None
    session.clear()
    session.permanent = True  # ends after thirty idle minutes, see PERMANENT_SESSION_LIFETIME
    login_user(SignedIn(found, account.stamp, secret))


def entered() -> dict[str, Any]:
    """What was entered before there was an account, page by page."""
    found: dict[str, Any] = session.get(ENTERED, {})
    return dict(found)


def enter(**values: Any) -> None:
    """Keep more of it. The cookie is signed, not sealed: it never holds a password."""
    session[ENTERED] = entered() | values


def forget_entered() -> None:
    """Keep nothing of it any longer."""
    session.pop(ENTERED, None)
