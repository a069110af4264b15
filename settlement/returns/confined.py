"""Intake in a process of its own, with memory, CPU and time limits, so that a hostile file takes nothing else down (rule 11).

The child is told what to read as JSON and answers in JSON; nothing it says is executed.
"""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.errors import Refused
from kernel.periods import Quarter
from kernel.tables.faults import FileRefused
from settlement.returns.intake import intake
from settlement.returns.limits import MEBIBYTE
from settlement.returns.report import Report, from_json, report_of, to_json

SECONDS = 600
MEMORY = 6144 * MEBIBYTE  # address space; DuckDB itself is held to `Limits.memory`


@dataclass(frozen=True)
class Asked:
    """What the child is to read: the filed bytes, the name they were filed under, and the last return's tape."""

    source: Path
    file: str
    institution_code: str
    quarter: Quarter
    into: Path
    previous: Path | None = None


@dataclass(frozen=True)
class Answer:
    """What the child found; `row_digest` is None for a file that is not accepted. `total` in fen."""

    report: Report
    format: str = ""
    encoding: str = ""
    sheet: str = ""
    rows: int = 0
    borrowers: int = 0
    total: int = 0
    row_digest: str | None = None


class FileTooDemanding(Refused):
    """The file took more time or memory than a return may."""

    def __init__(self) -> None:
        super().__init__(
            "file_too_demanding",
            "这个文件读得太久或太占内存，没有接受；请检查文件，或改用 CSV、Parquet 报送",
            "Reading this file took too long or too much memory, so it was not taken; check it, or file CSV or Parquet",
        )


def read_confined(asked: Asked) -> Answer:
    """Read a filed return in a child process; raises FileTooDemanding when the child goes beyond its limits."""
    task = json.dumps(
        {
            "source": str(asked.source),
            "file": asked.file,
            "institution_code": asked.institution_code,
            "quarter": str(asked.quarter),
            "into": str(asked.into),
            "previous": str(asked.previous) if asked.previous else None,
        }
    )
    command = [sys.executable, "-m", "settlement.returns.confined"]
    try:
        done = subprocess.run(command, input=task, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise FileTooDemanding from None
    if done.returncode < 0 or "MemoryError" in done.stderr or "Out of Memory" in done.stderr:
        raise FileTooDemanding
    if done.returncode:
        raise RuntimeError(f"the intake child ended with {done.returncode}: {done.stderr[-2000:]}")
    return _answer(json.loads(done.stdout), asked.quarter)


def _answer(said: dict[str, Any], quarter: Quarter) -> Answer:
    return Answer(report=from_json(said.pop("report"), quarter), **said)


def _read(task: dict[str, Any]) -> dict[str, Any]:
    try:
        found = intake(
            Path(task["source"]),
            institution_code=task["institution_code"],
            quarter=Quarter.parse(task["quarter"]),
            into=Path(task["into"]),
            previous=Path(task["previous"]) if task["previous"] else None,
            file=task["file"],
        )
    except FileRefused as refused:
        return {"report": to_json(Report(faults=refused.faults))}
    return {
        "report": to_json(report_of(found)),
        "format": found.format,
        "encoding": found.encoding,
        "sheet": found.sheet,
        "rows": found.rows,
        "borrowers": found.borrowers,
        "total": found.total_balance,
        "row_digest": found.row_digest,
    }


def main() -> None:
    """The child: limits first, then the work."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(_read(json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()
