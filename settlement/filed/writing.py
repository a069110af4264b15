"""What a settlement leaves in its folder: all of its files or, when the input is refused, the error report alone."""

import hashlib
import json
import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from kernel.policies import PolicyBook
from kernel.tables.faults import errors_csv
from settlement.engine.definition import Reason
from settlement.filed.outputs import (
    growth_statement_row,
    reconciliation_csv,
    reconciliation_rows,
    share_rows,
    shares_csv,
    statements_csv,
)
from settlement.filed.settling import FiledInput, GrowthSettlement
from settlement.growth_reward import SCHEME

LIBRARIES = ("yinqi", "duckdb", "sqlalchemy")


def growth_files(settled: GrowthSettlement) -> dict[str, bytes]:
    """The CSV files of a settlement by name: the same bytes whatever the order of rows and files."""
    reasons = (Reason.ELIGIBLE, *(one for one in settled.definition.reasons if one is not Reason.ELIGIBLE))
    shares = [
        row
        for one in settled.assessments
        for row in share_rows(one.person, SCHEME, settled.quarter, settled.shares.get(one.person.code, ()))
    ]
    reconciled = [
        row
        for code, one in settled.reconciliations.items()
        for row in reconciliation_rows(code, settled.quarter, reasons, one)
    ]
    return {
        "statements.csv": statements_csv(growth_statement_row(one) for one in settled.assessments),
        "shares.csv": shares_csv(shares),
        "reconciliation.csv": reconciliation_csv(reconciled),
        "errors.csv": errors_csv(settled.faults),
    }


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _filed(files: FiledInput, settled: GrowthSettlement) -> dict[str, str]:
    """Digests of the filed bytes by file name."""
    tables = [path for path in (files.institutions, files.certified) if path is not None]
    named = {path.name: _sha256(path.read_bytes()) for path in tables}
    return named | {one.file: one.filed_digest for one in settled.taken_in.intakes.values()}


def run_json(
    files: FiledInput,
    settled: GrowthSettlement,
    written: Mapping[str, bytes],
    book: PolicyBook,
    *,
    engine: str,
    started: datetime,
    seconds: Mapping[str, float],
) -> bytes:
    """How this run came about: engine, versions, digests, durations. The only file that two equal runs may differ in."""
    record = {
        "command": "settle",
        "scheme": SCHEME,
        "quarter": str(settled.quarter),
        "engine": engine,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "started_at": started.isoformat(timespec="seconds"),
        "seconds": {stage: round(spent, 3) for stage, spent in seconds.items()},
        "policies": {scheme.id: scheme.digest for scheme in book.schemes},
        "policy_book": book.digest,
        "definition": settled.definition.digest,
        "statement": settled.statement_digest,
        "filed": dict(sorted(_filed(files, settled).items())),
        "returns": {
            f"{code}_{quarter}": settled.taken_in.intakes[code, quarter].row_digest
            for code, quarter in sorted(settled.taken_in.intakes)
        },
        "written": {name: _sha256(content) for name, content in sorted(written.items())},
    }
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Each file beside its place first, then all put there, so that a broken run leaves no half file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f".{name}.part").write_bytes(content)
    for name in files:
        (folder / f".{name}.part").replace(folder / name)
