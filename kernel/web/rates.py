"""How often one caller may ask, by the rate class that a route declares. Counted per process, in memory."""

from flask import Flask, g, request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from kernel.accounts.access import Rate, access_of
from kernel.accounts.service import Caller
from kernel.errors import DomainError

LIMITS: dict[Rate, RateLimitItem] = {
    "ordinary": parse("6000 per minute"),
    "sign_in": parse("30 per minute"),
    "sign_up": parse("120 per hour"),  # a hall of owners at one address, and nobody who asks for every code
    "user_name": parse("30 per hour"),  # tells whether a name is taken: for a slip, not for lists of telephone numbers
    "upload": parse(
        "60 per minute"
    ),  # a cashier brings the receipts of six quarters in one go; works have their own limit
}


class TooMany(DomainError):
    """The caller asks too often."""

    def __init__(self) -> None:
        super().__init__(
            "too_many_requests", "请求太频繁，请等一分钟再试", "Too many requests; wait a minute and try again"
        )


def _who() -> str:
    caller = g.get("caller")
    return f"account:{caller.account_id}" if isinstance(caller, Caller) else f"address:{request.remote_addr}"


def counter() -> MovingWindowRateLimiter:
    """A counter that has seen nobody yet; the app keeps it as the extension `rates`."""
    return MovingWindowRateLimiter(MemoryStorage())


def init_app(app: Flask) -> None:
    """Count every request before its view; call it after the edge, which finds out who is asking."""

    def count() -> None:
        access = access_of(app.view_functions.get(request.endpoint or ""))
        seen: MovingWindowRateLimiter = app.extensions["rates"]
        if access is not None and not seen.hit(LIMITS[access.rate], access.rate, _who()):
            raise TooMany

    app.before_request(count)
