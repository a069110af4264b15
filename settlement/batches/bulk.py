"""One act on several statements of a batch: each stays its own guarded act with its own entry in the trail; what fails says why."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import DomainError
from settlement.batches.items import items_of
from settlement.batches.models import Batch, BatchItem
from settlement.batches.people import acts_as
from settlement.batches.service import BatchDesk, require_reason, set_aside
from settlement.batches.workflow import ENDED, INCLUDED, OPEN
from settlement.statements.queries.service import ask
from settlement.statements.service import statement_by_number

Act = Callable[[Session, Caller, Batch, str, str, BatchDesk], object]


@dataclass(frozen=True)
class BulkOutcome:
    """What became of one statement: its amount in the batch, fen (None: it has left), and the refusal where there was one."""

    statement_number: str
    amount: int | None
    refused: Text | None = None


def _set_aside(db: Session, caller: Caller, batch: Batch, number: str, reason: str, desk: BatchDesk) -> None:
    set_aside(db, caller, batch, number, reason=reason, desk=desk)


def _ask(db: Session, caller: Caller, batch: Batch, number: str, reason: str, desk: BatchDesk) -> None:
    statement = statement_by_number(db, caller, number)
    ask(db, caller, statement, title=f"批次 {batch.number} 核对", content=reason, at=desk.at)


ACTS: Mapping[str, Act] = {"set_aside": _set_aside, "ask": _ask}
GONE = Text("批次里没有这一项", "There is no such item in the batch")
TITLES = {"set_aside": Text("剔出", "Set aside"), "ask": Text("提出询问", "Ask about them")}


def offered(db: Session, caller: Caller, batch: Batch, desk: BatchDesk) -> list[str]:
    """What somebody may do with several statements of a batch at once; each act decides anew."""
    roles = acts_as(db, caller, desk.today)
    if not roles or batch.state in ENDED:
        return []
    return ["set_aside", "ask"] if "operator" in roles and batch.state == OPEN else ["ask"]


def chosen(db: Session, batch: Batch, numbers: Iterable[str]) -> list[BatchItem]:
    """The included items among some statements, in the order of the batch."""
    wanted = set(numbers)
    return [one for one in items_of(db, batch, (INCLUDED,)) if one.statement_number in wanted]


def act_on_all(
    db: Session, caller: Caller, batch: Batch, act: str, numbers: Iterable[str], *, reason: str, desk: BatchDesk
) -> list[BulkOutcome]:
    """Do the act on each statement, in a savepoint of its own. Invalid without a reason."""
    require_reason(reason)
    given = list(dict.fromkeys(numbers))
    amounts = {one.statement_number: one.amount for one in chosen(db, batch, given)}
    return [
        BulkOutcome(number, amounts[number], _tried(db, caller, batch, act, number, reason, desk))
        if number in amounts
        else BulkOutcome(number, None, GONE)
        for number in given
    ]


def _tried(
    db: Session, caller: Caller, batch: Batch, act: str, number: str, reason: str, desk: BatchDesk
) -> Text | None:
    try:
        with db.begin_nested():
            ACTS[act](db, caller, batch, number, reason, desk)
    except DomainError as error:
        return error.text
    return None
