"""The ground of the machine: a history of its own for every run, and every invariant after every step."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlmodel import select

from settlement.batches.items import items_of
from settlement.batches.models import Batch, Objection
from settlement.batches.workflow import INCLUDED, ON_NOTICE, OPEN
from tests.settlement.histories import checks
from tests.settlement.histories.history import WAYS, History
from tests.settlement.histories.paying import Counterhall
from tests.settlement.histories.places import Place
from tests.settlement.histories.town import PAYERS, WHOLE

# growth whose reward is nothing, one fen, a tie of 1 %, whole yuan and a fen beside them, and near what is not held
GROWN = (0, 1, 49, 50, 51, 99, 100, 101, 149, 150, 99_99, 100_00, 100_01, 314_159_26, 179_000_00, -1, -50, -5_000_00)
PICK = st.integers(0, 63)
BANK, PLACE = st.integers(0, 1), st.integers(0, 3)
PAYER, ROLE = st.sampled_from(PAYERS), st.sampled_from(("operator", "reviewer", "approver", "cashier"))
WAY, FEN = st.sampled_from(WAYS), st.sampled_from((-1, 0, 1))


def picked(things: list[Any], number: int) -> Any:
    """One of several, the newest first; None of nothing."""
    return things[-1 - number % len(things)] if things else None


def there_is(what: str) -> Callable[[Any], bool]:
    """A rule that has something to do."""
    return lambda machine: what in machine.standing


class Ground(RuleBasedStateMachine):
    """One history on a copy of the town's books, without a rule yet."""

    place: Place
    history: History
    hall: Counterhall

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.looked: tuple[object, ...] = ()
        self.standing: set[str] = set()

    @initialize(is_released=st.booleans(), grown=st.tuples(*[st.sampled_from(GROWN)] * 3))
    def the_banks_have_grown(self, is_released: bool, grown: tuple[int, ...]) -> None:
        """From an empty desk, or with everything released that the facts so far give; then the first bank's newest figures."""
        self.history = self.stack.enter_context(self.place.history(is_released=is_released))
        self.hall = Counterhall(self.history)
        fen = WHOLE
        for at, more in enumerate(grown, start=1):
            fen += more
            self.history.certify_figure(0, at, fen)

    def teardown(self) -> None:
        try:
            if hasattr(self, "history"):
                checks.figures_stand(self.history)
                self.place.count(self.history)
        finally:
            self.stack.close()

    # -- what must hold

    @invariant()
    def everything_holds(self) -> None:
        """Looked at again only when something has changed."""
        mark = self.history.mark()
        if mark != self.looked:
            checks.nothing_violated(self.history.db)
            checks.money_is_where_the_bank_says(self.hall)
            checks.awarded_once(self.history.db)
            self.looked = mark
            self.standing = self.what_stands()

    def what_stands(self) -> set[str]:
        """What there is to go on with."""
        states = [one.state for one in self.history.batches()]
        found = {
            "batches": bool(states),
            "open": OPEN in states,
            "on notice": ON_NOTICE in states,
            "released": "ordered" in states,
            "under way": bool(self.under_way()),
            "orders": bool(self.hall.orders()),
            "mismatches": bool(self.hall.mismatches()),
            "notices": bool(self.hall.notices()),
            "owing": any(self.hall.owing(payer) for payer in PAYERS),
            "objections": bool(self.objections()),
            "accepted": self.history.done["accept an award"] > 0,
        }
        return {name for name, there in found.items() if there}

    def objections(self) -> list[Objection]:
        found = list(self.history.db.exec(select(Objection).where(Objection.outcome == "")))
        self.history.db.rollback()
        return found

    def under_way(self) -> list[Batch]:
        return [one for one in self.history.batches() if one.state not in ("ordered", "rejected")]

    def items(self, batch: Batch) -> list[Any]:
        found = items_of(self.history.db, batch, (INCLUDED,))
        self.history.db.rollback()
        return found
