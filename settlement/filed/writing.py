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
from settlement import fee_subsidy
from settlement.engine.definition import Reason
from settlement.filed.fee_outputs import contracts_csv, fee_reconciliation_rows, fee_statement_row
from settlement.filed.fee_settling import FeeSettlement
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
OUTPUTS = ("statements.csv", "shares.csv", "reconciliation.csv", "contracts.csv", "errors.csv", "run.json")

Settlement = GrowthSettlement | FeeSettlement


def growth_files(settled: GrowthSettlement) -> dict[str, bytes]:
    """The CSV files of a settlement by name: the same bytes whatever the order of rows and files."""
    reasons = (Reason.ELIGIBLE, *(one for one in settled.definition.reasons if one is not Reason.ELIGIBLE))
    shares = [
        row
        for one in settled.assessments
        for row in share_rows(one.person.code, SCHEME, settled.quarter, settled.shares.get(one.person.code, ()))
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


def fee_files(settled: FeeSettlement) -> dict[str, bytes]:
    """The CSV files of a fee-subsidy settlement by name, with one line a contract in `contracts.csv`."""
    shares = [
        row
        for one in settled.assessments
        for row in share_rows(
            one.company.code, fee_subsidy.SCHEME, settled.quarter, settled.shares.get(one.company.code, ())
        )
    ]
    filed = [one for one in settled.assessments if (one.company.code, settled.quarter) in settled.taken_in.intakes]
    return {
        "statements.csv": statements_csv(fee_statement_row(one) for one in settled.assessments),
        "shares.csv": shares_csv(shares),
        "reconciliation.csv": reconciliation_csv(row for one in filed for row in fee_reconciliation_rows(one)),
        "contracts.csv": contracts_csv(settled.assessments),
        "errors.csv": errors_csv(settled.faults),
    }


def files_of(settled: Settlement) -> dict[str, bytes]:
    """The CSV files of a settlement of either scheme."""
    return fee_files(settled) if isinstance(settled, FeeSettlement) else growth_files(settled)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _filed(files: FiledInput, settled: Settlement) -> dict[str, str]:
    """Digests of the filed bytes by file name."""
    tables = [path for path in (files.institutions, files.certified) if path is not None]
    named = {path.name: _sha256(path.read_bytes()) for path in tables}
    for one in settled.taken_in.intakes.values():
        named[one.file] = one.filed_digest
        if one.events_digest is not None:
            named[one.events_file] = one.events_digest
    return named


def _rule_digests(settled: Settlement) -> dict[str, str]:
    """What the scheme's own rule was: the digests that no policy file shows."""
    if isinstance(settled, FeeSettlement):
        return {"formula": settled.rule.formula}
    return {"definition": settled.definition.digest, "statement": settled.statement_digest}


def run_json(
    files: FiledInput,
    settled: Settlement,
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
        "scheme": fee_subsidy.SCHEME if isinstance(settled, FeeSettlement) else SCHEME,
        "quarter": str(settled.quarter),
        "engine": engine,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "started_at": started.isoformat(timespec="seconds"),
        "seconds": {stage: round(spent, 3) for stage, spent in seconds.items()},
        "policies": {scheme.id: scheme.digest for scheme in book.schemes},
        "policy_book": book.digest,
        **_rule_digests(settled),
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


def replace_outputs(folder: Path, files: Mapping[str, bytes]) -> None:
    """All files of a settlement, and none left of an earlier one."""
    write_files(folder, files)
    for name in leftovers(folder, files):
        (folder / name).unlink()


def leftovers(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Files of an earlier settlement that this one does not write."""
    return [name for name in OUTPUTS if name not in files and (folder / name).is_file()]
