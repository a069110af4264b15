"""The edge of the service: one request, one transaction; who is asking; headers on every answer.

A view neither opens nor commits anything: an unsafe request runs inside one write transaction that is committed when the
answer is below 400 and rolled back otherwise. Views declared with `transaction="own"` (uploads, which read files first) open
theirs with `kernel.database.write`.
"""

import re
import secrets
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.routing import IntegerConverter

from kernel import database
from kernel.accounts import sign_ins, tokens
from kernel.accounts.access import SAFE_METHODS, access_of, enforce
from kernel.accounts.service import Caller, caller_for
from kernel.clock import Clock
from kernel.web.idempotency import HEADER, Replay, begin, finish, refuse_unkept_key
from kernel.web.late_rule import LateRule

LARGEST_KEY = 2**31 - 1  # keys are INTEGER columns, four bytes in PostgreSQL
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

log = structlog.get_logger()
csrf = CSRFProtect()
logins = LoginManager()


class RolledBack(Exception):
    """Carries an answer of 400 or more out of a transaction that must not be committed."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class StoredNumber(IntegerConverter):
    """A number in a path, within what a database column can be compared with; anything longer is no page of ours."""

    regex = r"\d{1,10}"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_KEY, **kwargs})


class YinqiFlask(Flask):
    """Flask whose unsafe requests run in one write transaction."""

    url_rule_class = LateRule

    def dispatch_request(self) -> ResponseReturnValue:
        view = self.view_functions.get(request.endpoint or "")
        access = access_of(view)
        if access is None or access.transaction == "own" or request.method in SAFE_METHODS or request.routing_exception:
            return super().dispatch_request()
        if access.glance is not None and HEADER not in request.headers:  # with a key the stored answer goes first
            access.glance(database.current(), **(request.view_args or {}))
        try:
            return database.write(database.current(), lambda _db: self._effect())
        except RolledBack as rolled_back:
            return rolled_back.response
        except Replay as replay:
            return replay.response

    def _effect(self) -> Response:
        claim = begin(database.current())
        response = self.make_response(super().dispatch_request())
        if response.status_code >= 400:
            raise RolledBack(response)
        finish(claim, response)
        return response


class SignedIn:
    """What Flask-Login keeps in the cookie: the account's number, its stamp and the secret of this sign-in."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, caller: Caller, stamp: str, secret: str) -> None:
        self.caller = caller
        self.secret = secret
        self._stamp = stamp

    def get_id(self) -> str:
        return f"{self.caller.account_id}:{self._stamp}:{self.secret}"


@logins.user_loader  # type: ignore[untyped-decorator]
def _load(cookie_id: str) -> SignedIn | None:
    number, stamp, secret = [*cookie_id.split(":"), "", ""][:3]
    if not number.isdigit() or not sign_ins.is_signed_in(database.current(), int(number), secret):
        return None
    found = caller_for(database.current(), int(number), stamp=stamp)
    return SignedIn(found, stamp, secret) if found else None


def clock() -> Clock:
    """The clock of the present app."""
    found = current_app.extensions["clock"]
    assert isinstance(found, Clock)
    return found


def _bearer() -> str | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def identify() -> None:
    """Find the caller: a bearer token on the API, the signed cookie elsewhere; cookies need the CSRF token on unsafe requests."""
    secret = _bearer()
    if secret is not None and request.path.startswith("/api/"):
        g.caller = tokens.caller_with_token(database.current(), secret, at=clock().now())
        return
    access = access_of(current_app.view_functions.get(request.endpoint or ""))
    if access is not None and access.signed:
        g.caller = None
        return
    g.caller = current_user.caller if current_user.is_authenticated else None
    is_unsafe = request.method not in SAFE_METHODS and not request.routing_exception
    if is_unsafe and current_app.config.get("WTF_CSRF_ENABLED", True):
        csrf.protect()


def authorise() -> None:
    """Hold the request against its route's declaration, before any schema looks at it."""
    access = access_of(current_app.view_functions.get(request.endpoint or ""))
    if access is not None and not request.routing_exception:
        changes = request.method not in SAFE_METHODS
        enforce(access, changes=changes)
        if changes:
            refuse_unkept_key(access)


def name_request() -> None:
    """Give the request an id (a well-formed one of the proxy is kept) and a nonce for its one script tag."""
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    g.nonce = secrets.token_urlsafe(16)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def refuse_unstorable_text() -> None:
    """A path or query with NUL or half of a surrogate pair answers 400: no database takes such a text."""
    texts = [request.path, *request.args, *(text for values in request.args.listvalues() for text in values)]
    if any(UNSTORABLE.search(text) for text in texts):
        raise BadRequest


def refuse_unstorable_form() -> None:
    """A form with NUL or half of a surrogate pair in a name or a field answers 400; files are bytes and read elsewhere."""
    if request.method in SAFE_METHODS or request.routing_exception:
        return
    fields = request.form
    if any(UNSTORABLE.search(text) for name in fields for text in (name, *fields.getlist(name))):
        raise BadRequest


def _policy() -> str:
    nonce = f"'nonce-{g.get('nonce', '')}'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {nonce}",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def add_headers(response: Response) -> Response:
    """Security headers and the request id, on every answer."""
    headers: dict[str, Any] = {
        "X-Request-Id": g.get("request_id", ""),
        "Content-Security-Policy": _policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if request.endpoint and not request.endpoint.endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def log_request(response: Response) -> Response:
    log.info(
        "request",
        method=request.method,
        endpoint=request.endpoint,
        status=response.status_code,
        account_id=g.caller.account_id if g.get("caller") else None,
    )
    return response


def init_app(app: Flask) -> None:
    """Hang the edge on an app."""
    app.url_map.converters["int"] = StoredNumber
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    csrf.init_app(app)
    logins.init_app(app)
    app.before_request(name_request)
    app.before_request(refuse_unstorable_text)
    app.before_request(identify)
    app.before_request(authorise)
    app.before_request(refuse_unstorable_form)
    app.after_request(add_headers)
    app.after_request(log_request)
