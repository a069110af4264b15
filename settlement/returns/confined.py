"""Repairs and differences in a process of its own, like intake: filed bytes are never opened in the service itself (rule 11).

Run as `python -m settlement.returns.confined`.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kernel.confined import a_turn, bind
from kernel.errors import Refused
from settlement.returns.child import SERVICE_BOUNDS, answered
from settlement.returns.differences import CellChange, Difference, LoanChange, difference
from settlement.returns.limits import SERVICE_LIMITS
from settlement.returns.repairs import NoSuchCell, Repair, apply_repairs, repairs_in, repairs_out
from settlement.returns.sheets import LOAN_SHEET, SHEETS, ReturnSheet

_NO_SUCH_CELL = 4


class TooDemanding(Refused):
    """The file took more time or memory than it may."""

    def __init__(self) -> None:
        super().__init__(
            "file_too_demanding",
            "这个文件处理得太久或太占内存，没有做完；请在电脑上改好后重新报送",
            "This took too long or too much memory; mend the file on your own computer and file it again",
        )


def repair_confined(
    source: Path,
    file: str,
    repairs: Sequence[Repair],
    *,
    into: Path,
    sheet: ReturnSheet = LOAN_SHEET,
    tell: Callable[[], None] = lambda: None,
) -> None:
    """Write the repaired return to `into`; Refused where a repair names what the file does not have. The child ends when `tell` raises."""
    files = {"source": str(source), "file": file, "into": str(into), "sheet": sheet.name}
    _ask({"act": "repair", **files, "repairs": repairs_out(repairs)}, tell)


def difference_confined(
    old: Path,
    new: Path,
    *,
    old_file: str,
    new_file: str,
    by_row: bool,
    offset: int = 0,
    limit: int = 50,
    sheet: ReturnSheet = LOAN_SHEET,
) -> Difference:
    """What changed between two filed versions, a page at a time."""
    files = {"old": str(old), "new": str(new), "old_file": old_file, "new_file": new_file, "sheet": sheet.name}
    said = _ask({"act": "difference", **files, "by_row": by_row, "offset": offset, "limit": limit})
    return difference_from(said)


def difference_from(said: dict[str, Any]) -> Difference:
    """Back from the plain values that `asdict` gives."""
    return Difference(**{**said, "changes": tuple(map(_change_in, said["changes"]))})


def _change_in(said: dict[str, Any]) -> LoanChange:
    return LoanChange(**{**said, "cells": tuple(CellChange(**cell) for cell in said["cells"])})


def _ask(order: dict[str, Any], tell: Callable[[], None] = lambda: None) -> dict[str, Any]:
    try:
        with a_turn():
            done = answered("settlement.returns.confined", order, SERVICE_BOUNDS, tell)
    except subprocess.TimeoutExpired:
        raise TooDemanding from None
    if done.returncode == _NO_SUCH_CELL:
        raise Refused("no_such_cell", *json.loads(done.stdout))
    if done.returncode:
        raise TooDemanding
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _do(order: dict[str, Any]) -> dict[str, Any]:
    sheet = SHEETS[order["sheet"]]
    if order["act"] == "repair":
        repairs = repairs_in(order["repairs"])
        source, into = Path(order["source"]), Path(order["into"])
        apply_repairs(source, repairs, into=into, file=order["file"], limits=SERVICE_LIMITS, sheet=sheet)
        return {}
    found = difference(
        Path(order["old"]),
        Path(order["new"]),
        old_file=order["old_file"],
        new_file=order["new_file"],
        by_row=order["by_row"],
        offset=order["offset"],
        limit=order["limit"],
        limits=SERVICE_LIMITS,
        sheet=sheet,
    )
    return asdict(found)


def main() -> int:
    """Read an order from standard input, answer on standard output."""
    order = json.load(sys.stdin)
    bind(SERVICE_BOUNDS)
    try:
        sys.stdout.write(json.dumps(_do(order), ensure_ascii=False))
    except NoSuchCell as missing:
        sys.stdout.write(json.dumps(list(missing.text), ensure_ascii=False))
        return _NO_SUCH_CELL
    return 0


if __name__ == "__main__":
    sys.exit(main())
