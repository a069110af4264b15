"""The hands of a batch, and a restatement carried into one, in processes that can be killed at any numbered point."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import SHANGHAI
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar
from settlement.batches import moving
from settlement.batches.models import Batch
from settlement.batches.reading import batch_by_number
from settlement.batches.restating import preview, restate
from settlement.batches.service import BatchDesk, Signing
from settlement.batches.workflow import step_from
from settlement.engine.cache import FolderCache
from settlement.jobs import draft_due
from settlement.payments.from_batches import approved_items, released_batches
from settlement.payments.released import take_in_released
from settlement.returns.filing import Premises
from settlement.returns.keeping import Keeping
from tests.settlement.batches.batch_floor import AFTER_NOTICE, OCTOBER
from tests.settlement.killing import KilledBooks, Tick, opened
from tests.settlement.worked_examples import book

BOOK: PolicyBook = book()
HANDS = (
    ("submit", "operator", OCTOBER),
    ("review", "reviewer", OCTOBER),
    ("approve", "approver", OCTOBER),
    ("publish", "operator", OCTOBER),
    ("order", "cashier", AFTER_NOTICE),
)


def desk_at(folder: Path, day: date, minutes: int) -> BatchDesk:
    """The bureau's desk at ten on a day, over the returns kept in a folder."""
    at = datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
    premises = Premises(Keeping(folder / "returns"), BOOK, FolderCache(folder / "sums"))
    return BatchDesk(premises, WorkCalendar(), at, day)


@dataclass(frozen=True)
class SigningAct:
    """Each hand signs a batch if it has not, down to the release; then the claims are put on the books."""

    books: KilledBooks
    returns: Path
    hands: Mapping[str, Caller]
    number: str

    def play(self, tick: Tick, *, minutes: int = 0) -> None:
        with opened(self.books, tick) as db:
            for name, role, day in HANDS:
                if step_from(batch_by_number(db, self.number).state, name) is None:
                    continue  # made before the kill
                self._sign(db, name, self.hands[role], desk_at(self.returns, day, minutes))
                tick()
            at = desk_at(self.returns, AFTER_NOTICE, minutes).at
            take_in_released(db, batches=released_batches, approvals=approved_items, at=at, today=AFTER_NOTICE)

    def _sign(self, db: Session, name: str, by: Caller, desk: BatchDesk) -> None:
        def work(db: Session) -> Batch:
            shown = batch_by_number(db, self.number)
            return moving.move(db, by, shown, name, Signing(shown.digest, shown.version), desk=desk)

        database.write(db, work)


@dataclass(frozen=True)
class RestatingAct:
    """The operator confirms what a correction changes, as long as something is left to confirm; then the job wakes."""

    books: KilledBooks
    returns: Path
    operator: Caller
    day: date

    def play(self, tick: Tick, *, minutes: int = 0) -> None:
        desk = desk_at(self.returns, self.day, minutes)
        with opened(self.books, tick) as db:
            shown = preview(db, desk=desk)
            if shown.deltas:
                restate(db, self.operator, digest=shown.digest, desk=desk)
                tick()
            draft_due(db, premises=desk.premises, calendar=desk.calendar, at=desk.at, today=desk.today)
