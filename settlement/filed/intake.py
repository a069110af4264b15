"""The returns of a folder taken in: each an accepted tape, or every error of every file."""

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from kernel.periods import Quarter
from kernel.tables.faults import Fault, FileRefused
from settlement.engine.balances import Tape
from settlement.filed.folder import FiledReturn
from settlement.returns.findings import Intake
from settlement.returns.intake import FiledFile, Known, intake
from settlement.returns.kinds import LOANS, ReturnKind
from settlement.returns.sealing import events_beside

Key = tuple[str, Quarter]
Done = Callable[[FiledReturn], None]
AT_ONCE = 4  # institutions; nearly all of an intake is spent inside DuckDB, so threads are enough


@dataclass(frozen=True)
class FileTaken:
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


def _known(filed: FiledReturn, kind: ReturnKind, taken: Mapping[Key, Intake]) -> Known:
    """What a return is held against: the institution's earlier ones of the same folder."""
    before = taken.get((filed.code, filed.quarter.previous))
    if kind.beside is None:
        return Known(before.tape if before else None)
    earlier = tuple(events_beside(one.tape) for _, one in sorted(taken.items()) if one.tape is not None)
    return Known(before.tape if before else None, earlier)


def _one(filed: FiledReturn, kind: ReturnKind, scratch: Path, known: Known) -> Intake:
    return intake(
        filed.path,
        institution_code=filed.code,
        quarter=filed.quarter,
        into=scratch / f"{filed.code}_{filed.quarter}.parquet",
        kind=kind,
        known=known,
        events=FiledFile(filed.events, filed.events.name) if filed.events else None,
    )


def _institution(returns: Iterable[FiledReturn], kind: ReturnKind, scratch: Path, done: Done) -> FileTaken:
    """One institution's returns, earliest first, so that each is judged beside the quarters before it."""
    taken: dict[Key, Intake] = {}
    faults: list[Fault] = []
    for filed in returns:
        try:
            found = _one(filed, kind, scratch, _known(filed, kind, taken))
        except FileRefused as refused:
            faults += refused.faults
        else:
            taken[filed.code, filed.quarter] = found
            faults += found.faults()
        done(filed)
    return FileTaken(taken, tuple(faults))


def take_in(
    returns: Iterable[FiledReturn], scratch: Path, done: Done = lambda _: None, kind: ReturnKind = LOANS
) -> FileTaken:
    """All returns, several institutions at once; raises `FileRefused` with the errors of every file, or takes all."""
    families = [list(group) for _, group in groupby(sorted(returns), key=lambda filed: filed.code)]
    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool:
        each = list(pool.map(lambda family: _institution(family, kind, scratch, done), families))
    faults = tuple(fault for one in each for fault in one.faults)
    if any(fault.severity == "error" for fault in faults):
        raise FileRefused(faults)
    return FileTaken({key: taken for one in each for key, taken in one.intakes.items()}, faults)
