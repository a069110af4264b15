"""A waking of the drafting job in a process that can be killed at any numbered point."""

from dataclasses import dataclass
from pathlib import Path

from settlement.jobs import draft_due
from tests.settlement.batches.batch_floor import OCTOBER
from tests.settlement.batches.kill_floor import desk_at
from tests.settlement.killing import KilledBooks, Tick, opened


@dataclass(frozen=True)
class DraftingAct:
    """The job drafts every due quarter and brings the open batches up to date."""

    books: KilledBooks
    returns: Path

    def play(self, tick: Tick, *, minutes: int = 0) -> None:
        desk = desk_at(self.returns, OCTOBER, minutes)
        with opened(self.books, tick) as db:
            draft_due(db, premises=desk.premises, calendar=desk.calendar, at=desk.at, today=desk.today)
            tick()
