"""The returns of a folder taken in: each an accepted tape, or every error of every file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kernel.periods import Quarter
from kernel.tables.faults import Fault, FileRefused
from settlement.engine.balances import Tape
from settlement.filed.folder import FiledReturn
from settlement.returns.findings import Intake
from settlement.returns.intake import intake

Key = tuple[str, Quarter]


@dataclass(frozen=True)
class TakenIn:
    """The accepted returns by institution and quarter, with the warnings on the way."""

    intakes: Mapping[Key, Intake]
    faults: tuple[Fault, ...]

    def tape(self, key: Key) -> Tape | None:
        """The canonical return of an institution's quarter; None if none was filed."""
        taken = self.intakes.get(key)
        if taken is None or taken.tape is None or taken.row_digest is None:
            return None
        return Tape(taken.tape, taken.row_digest)

    @property
    def tapes(self) -> list[Tape]:
        return [tape for key in sorted(self.intakes) if (tape := self.tape(key)) is not None]


def take_in(
    returns: Iterable[FiledReturn], scratch: Path, done: Callable[[FiledReturn], None] = lambda _: None
) -> TakenIn:
    """Each institution's returns, earliest first, so that each is judged beside the one before it.

    Raises `FileRefused` with the errors of every file: either all are taken or none.
    """
    taken: dict[Key, Intake] = {}
    faults: list[Fault] = []
    for one in sorted(returns):
        before = taken.get((one.code, one.quarter.previous))
        into = scratch / f"{one.code}_{one.quarter}.parquet"
        try:
            found = intake(
                one.path,
                institution_code=one.code,
                quarter=one.quarter,
                into=into,
                previous=before.tape if before else None,
            )
        except FileRefused as refused:
            faults += refused.faults
        else:
            taken[one.code, one.quarter] = found
            faults += found.faults()
        done(one)
    if any(fault.severity == "error" for fault in faults):
        raise FileRefused(faults)
    return TakenIn(taken, tuple(faults))
