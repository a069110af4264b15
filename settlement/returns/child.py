"""Intake in a process of its own, with bounds on memory, processor time, output and waiting, for files from outside.

The parent hands over plain values and reads JSON back; a child that dies of a bound is a refusal of the file, not an error
of the service. Run as `python -m settlement.returns.child`. Source: reliability rule 11.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kernel.confined import PATIENCE, Bounds, a_turn, bind, environment
from kernel.periods import Quarter
from kernel.tables.faults import FileRefused
from kernel.works.telling import Told, nobody_told
from settlement.returns.findings import Intake
from settlement.returns.intake import LISTED_PER_RULE, FiledFile, Known, intake, too_costly
from settlement.returns.kinds import KINDS, LOANS, ReturnKind
from settlement.returns.limits import SERVICE_LIMITS, Limits
from settlement.returns.travel import faults_from_json, faults_to_json, intake_from_json, intake_to_json
from settlement.returns.watching import TELL_SECONDS, ProgressFile

_REFUSED = 3


SERVICE_BOUNDS = Bounds()


def intake_in_child(
    source: Path,
    *,
    institution_code: str,
    quarter: Quarter,
    into: Path,
    kind: ReturnKind = LOANS,
    known: Known | None = None,
    previous: Path | None = None,
    file: str | None = None,
    events: FiledFile | None = None,
    limits: Limits = SERVICE_LIMITS,
    bounds: Bounds = SERVICE_BOUNDS,
    listed: int = LISTED_PER_RULE,
    patience: float = PATIENCE,
    told: Told = nobody_told,
) -> Intake:
    """The same as `intake`, in a bounded child; raises `FileRefused` also where the child runs into a bound, and
    `Conflict` where none of the few turns comes free. The child ends when `told` raises."""
    progress = ProgressFile(into.with_name(f"{into.name}.progress"))
    order = {
        "source": str(source),
        "institution_code": institution_code,
        "quarter": str(quarter),
        "into": str(into),
        "kind": kind.name,
        "known": _known_out(known or Known(previous)),
        "file": file or source.name,
        "events": [str(events.path), events.name] if events else None,
        "limits": asdict(limits),
        "bounds": asdict(bounds),
        "listed": listed,
        "progress": str(progress.path),
    }
    try:
        with a_turn(patience):
            done = answered("settlement.returns.child", order, bounds, lambda: progress.tell(told))
    except subprocess.TimeoutExpired:
        raise too_costly(file or source.name) from None
    if done.returncode == _REFUSED:
        raise FileRefused(faults_from_json(done.stdout.decode()))
    if done.returncode != 0:
        raise too_costly(file or source.name)
    return intake_from_json(done.stdout.decode())


def answered(
    module: str, order: dict[str, Any], bounds: Bounds, tell: Callable[[], None]
) -> subprocess.CompletedProcess[bytes]:
    """What a child answers to an order; it is ended when it takes too long (`TimeoutExpired`), or when telling raises."""
    command, pipe = [sys.executable, "-m", module], subprocess.PIPE
    until, said = time.monotonic() + bounds.waiting, json.dumps(order).encode()
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment()) as child:
        try:
            while True:
                try:
                    answer, complaint = child.communicate(said, max(0.0, min(TELL_SECONDS, until - time.monotonic())))
                except subprocess.TimeoutExpired:
                    if time.monotonic() >= until:
                        raise
                    said = b""  # it is on its way already
                    tell()
                else:
                    return subprocess.CompletedProcess(command, child.returncode, answer, complaint)
        finally:
            child.kill()


def _known_out(known: Known) -> dict[str, Any]:
    return {
        "previous": str(known.previous) if known.previous else None,
        "earlier_events": [str(path) for path in known.earlier_events],
        "lenders": None if known.lenders is None else sorted(known.lenders),
    }


def _known_in(said: dict[str, Any]) -> Known:
    return Known(
        previous=Path(said["previous"]) if said["previous"] else None,
        earlier_events=tuple(map(Path, said["earlier_events"])),
        lenders=None if said["lenders"] is None else frozenset(said["lenders"]),
    )


def main() -> int:
    """Read an order from standard input, answer on standard output."""
    order = json.load(sys.stdin)
    bind(Bounds(**order["bounds"]))
    try:
        found = intake(
            Path(order["source"]),
            institution_code=order["institution_code"],
            quarter=Quarter.parse(order["quarter"]),
            into=Path(order["into"]),
            kind=KINDS[order["kind"]],
            known=_known_in(order["known"]),
            file=order["file"],
            events=FiledFile(Path(order["events"][0]), order["events"][1]) if order["events"] else None,
            limits=Limits(**order["limits"]),
            listed=order["listed"],
            told=ProgressFile(Path(order["progress"])).told,
        )
    except FileRefused as refused:
        sys.stdout.write(faults_to_json(refused.faults))
        return _REFUSED
    sys.stdout.write(intake_to_json(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
