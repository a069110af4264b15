"""The policies in force for the views and jobs of every context: the files with the checked decisions laid over them."""

from typing import Any

from flask import current_app, has_request_context, request

from kernel import database
from kernel.policies import PolicyBook

SEEN = "yinqi.policy_book"


def policy_book() -> PolicyBook:
    """The book in force now; a request that only reads looks for decisions once and keeps to that book to its end."""
    if not has_request_context() or request.method not in ("GET", "HEAD"):
        return _looked_up()
    seen: dict[str, Any] = request.environ
    if SEEN not in seen:
        seen[SEEN] = _looked_up()
    found: PolicyBook = seen[SEEN]
    return found


def _looked_up() -> PolicyBook:
    extensions = current_app.extensions
    found = extensions["policies_in_force"](database.current(), extensions["policies"])
    assert isinstance(found, PolicyBook)
    return found
