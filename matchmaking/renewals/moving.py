"""From what was sent with a move to the one function that takes it: the same for the API and for pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.errors import FieldErrors
from kernel.policies import PolicyBook
from matchmaking.renewals import service
from matchmaking.renewals.reading import FiledRenewal, renewal_for
from matchmaking.renewals.schemas import new_contract
from matchmaking.renewals.service import RenewalAct

Values = dict[str, Any]
NEEDED = {
    "approve": ("classification", "meets_terms"),
    "refuse": ("code", "reason"),
    "sign": ("new_loan", "principal", "signed_on", "starts_on", "due_on"),
    "settle": ("day", "classification"),
}


def _check_needed(verb: str, values: Values) -> None:
    errors = FieldErrors()
    for name in NEEDED.get(verb, ()):
        if values[name] in (None, ""):
            errors.add(name, "required", "这一项必填", "This is required")
    errors.raise_if_any()


def move(
    db: Session, caller: Caller, renewal_id: int, verb: str, values: Values, *, book: PolicyBook, at: datetime
) -> FiledRenewal:
    """Take the move a caller sent; Invalid for what it lacks."""
    service.own(db, renewal_id, verb, act := RenewalAct(caller, values["seen"], at))
    _check_needed(verb, values)
    ways: dict[str, Callable[[], object]] = {
        "approve": lambda: service.approve(
            db, renewal_id, act, classification=values["classification"], meets_terms=values["meets_terms"], book=book
        ),
        "refuse": lambda: service.refuse(db, renewal_id, act, code=values["code"], reason=values["reason"]),
        "withdraw": lambda: service.withdraw(db, renewal_id, act),
        "sign": lambda: service.sign(db, renewal_id, act, new_contract(values), book=book),
        "settle": lambda: service.settle(
            db, renewal_id, act, day=values["day"], class_after=values["classification"], reason=values["reason"]
        ),
    }
    ways[verb]()
    return renewal_for(db, caller, renewal_id)
