"""From what was sent with a move to the one function that takes it: the same for the API and for pages."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.errors import FieldErrors
from kernel.policies import PolicyBook
from matchmaking.bridging import running, service
from matchmaking.bridging.reading import FiledCase, case_for
from matchmaking.bridging.service import BridgingAct
from matchmaking.bridging.workflow import NEEDS_REASON

Values = dict[str, Any]
NEEDED = {
    "commit": ("amount", "document", "account"),
    "decline": ("code",),
    "reject": ("code",),
    "repay_old": ("day",),
    "lend_anew": ("day", "new_loan"),
    "return": ("day",),
    "recover": ("day", "amount"),
    "regain": ("day", "amount"),
}


def _check_needed(verb: str, values: Values) -> None:
    errors = FieldErrors()
    for name in (*NEEDED.get(verb, ()), *(("note",) if verb in NEEDS_REASON else ())):
        if values[name] in (None, ""):
            errors.add(name, "required", "这一项必填", "This is required")
    errors.raise_if_any()


def move(
    db: Session, caller: Caller, case_id: int, verb: str, values: Values, *, book: PolicyBook, at: datetime
) -> FiledCase:
    """Take the move a caller sent; Invalid for what it lacks."""
    case_for(db, caller, case_id)
    service.check_hand(caller, verb)
    _check_needed(verb, values)
    act = BridgingAct(caller, values["seen"], at, values["note"])
    _taken(db, case_id, verb, act, values, book)
    return case_for(db, caller, case_id)


def _taken(db: Session, case_id: int, verb: str, act: BridgingAct, values: Values, book: PolicyBook) -> object:
    day: date = values["day"] or act.today
    ways: dict[str, Callable[[], object]] = {
        "commit": lambda: service.commit(
            db,
            case_id,
            act,
            amount=values["amount"],
            document=values["document"],
            account=values["account"],
            book=book,
        ),
        "approve": lambda: service.approve(db, case_id, act, book=book),
        "decline": lambda: service.refuse(db, case_id, verb, act, code=values["code"]),
        "reject": lambda: service.refuse(db, case_id, verb, act, code=values["code"]),
        "withdraw": lambda: service.withdraw(db, case_id, act),
        "fund": lambda: running.fund(db, case_id, act),
        "repay_old": lambda: running.report(db, case_id, verb, act, day=day),
        "lend_anew": lambda: running.report(db, case_id, verb, act, day=day, new_loan=values["new_loan"]),
        "return": lambda: running.take_back(db, case_id, act, verb=verb, day=day, book=book),
        "recover": lambda: running.take_back(db, case_id, act, verb=verb, day=day, book=book, amount=values["amount"]),
        "regain": lambda: running.take_back(db, case_id, act, verb=verb, day=day, book=book, amount=values["amount"]),
        "write_off": lambda: running.write_off(db, case_id, act),
    }
    return ways[verb]()
