"""What each route declares: who may, how it is written, how often (reliability rule 9). A route without it does not start."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask, current_app, g

from kernel.accounts.service import Caller
from kernel.errors import DomainError, Forbidden
from kernel.parties.service import IDENTITY_UNCONFIRMED

V = TypeVar("V", bound=Callable[..., Any])

ANY_SCOPE = "any"  # a token of any scope may
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Glance = Callable[..., None]
Transaction = Literal["edge", "own"]
Rate = Literal["ordinary", "sign_in", "sign_up", "user_name", "upload"]


class SignInNeeded(DomainError):
    """Nobody is signed in; pages lead to the sign-in, the API answers 401."""

    def __init__(self) -> None:
        super().__init__("sign_in_needed", "请先登录", "Please sign in first")


@dataclass(frozen=True)
class Access:
    """One route's declaration. `roles` None: public. `scope` None: not for tokens. `transaction` own: the view opens its own.

    `signed`: the view checks the message's own signature, so no cookie counts and no CSRF token is asked for.
    `secret`: the answer holds a secret that is shown once and must never be kept to be given again.
    `glance`: refuses by reading what the write would refuse anyway, before the request waits for its turn to write; it gets the
    books and the numbers in the path.
    `unconfirmed`: changes what a firm may change in person while nobody official has confirmed who it is; all other routes that
    change anything are shut to it.
    """

    roles: frozenset[str] | None
    scope: str | None = None
    transaction: Transaction = "edge"
    rate: Rate = "ordinary"
    secret: bool = False
    signed: bool = False
    glance: Glance | None = None
    unconfirmed: bool = False


def access_of(view: Callable[..., Any] | None) -> Access | None:
    """What a view function declared, if anything."""
    found = getattr(view, "__access__", None)
    return found if isinstance(found, Access) else None


def caller() -> Caller:
    """The person behind the present request; SignInNeeded when there is none."""
    found = g.get("caller")
    if not isinstance(found, Caller):
        raise SignInNeeded
    return found


def enforce(access: Access, *, changes: bool) -> None:
    """Let the present request pass or refuse it by its route's declaration; the edge calls this before any view or schema.

    `changes`: its method is one that may change the books.
    """
    if access.roles is None:
        return
    present = caller()
    if present.role not in access.roles:
        raise Forbidden(
            "role_may_not",
            "你的角色不能做这件事；需要时请联系本单位管理人员",
            "Your role may not do this; ask your organisation",
        )
    if present.token_scopes is not None and access.scope not in {ANY_SCOPE, *present.token_scopes}:
        raise Forbidden("token_may_not", "这个令牌没有这项权限", "This token does not carry the needed scope")
    if changes and _is_shut_until_confirmed(access, present):
        raise Forbidden("identity_unconfirmed", *IDENTITY_UNCONFIRMED)


def _is_shut_until_confirmed(access: Access, present: Caller) -> bool:
    """Whether a firm must first be confirmed; a program acts for none that is not."""
    return not present.identity_confirmed and (not access.unconfirmed or present.token_scopes is not None)


def may_open(endpoint: str) -> bool:
    """Whether the person of the present request may open an endpoint by its declaration, so that no page links to a closed door."""
    access = access_of(current_app.view_functions[endpoint])
    present = g.get("caller")
    if access is None or access.roles is None or present is None:
        return access is not None and access.roles is None
    only_changes = all("GET" not in (rule.methods or ()) for rule in current_app.url_map.iter_rules(endpoint))
    return present.role in access.roles and not (only_changes and _is_shut_until_confirmed(access, present))


def _declares(access: Access) -> Callable[[V], V]:
    def declare(view: V) -> V:
        view.__access__ = access  # type: ignore[attr-defined]
        return view

    return declare


def requires(
    *roles: str,
    scope: str | None = None,
    transaction: Transaction = "edge",
    rate: Rate = "ordinary",
    secret: bool = False,
    glance: Glance | None = None,
    unconfirmed: bool = False,
) -> Callable[[V], V]:
    """The view is for signed-in accounts in one of `roles`; a token also needs `scope` (without one, tokens are refused)."""
    if not roles:
        raise ValueError("name the roles that may")
    return _declares(Access(frozenset(roles), scope, transaction, rate, secret, glance=glance, unconfirmed=unconfirmed))


def public(*, transaction: Transaction = "edge", rate: Rate = "ordinary", signed: bool = False) -> Callable[[V], V]:
    """The view is for everybody, signed in or not; `signed` for whoever signs the message itself."""
    return _declares(Access(None, None, transaction, rate, signed=signed))


def undeclared(app: Flask) -> list[str]:
    """The endpoints of an app that declare no access; the app factory refuses to start with any."""
    return sorted(
        {rule.endpoint for rule in app.url_map.iter_rules() if access_of(app.view_functions[rule.endpoint]) is None}
    )
