"""What intake found in a file, as one canonical JSON: how it travels out of the confined child and how it is kept."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from kernel.audit.chain import canonical
from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.tables.faults import Fault
from settlement.returns.findings import Conversions, Finding, Findings, Intake, RollForward, RuleCount
from settlement.returns.rules import RULE, Rule, Severity, on_day


@dataclass(frozen=True)
class Report:
    """Findings and facts of one filed file; `faults` where the file could not be read as a table at all."""

    headings: tuple[str, ...] = ()
    first_rows: tuple[tuple[str, ...], ...] = ()
    absent_columns: tuple[str, ...] = ()
    conversions: Conversions = field(default_factory=Conversions)
    errors: Findings = field(default_factory=Findings)
    warnings: Findings = field(default_factory=Findings)
    roll_forward: RollForward | None = None
    faults: tuple[Fault, ...] = ()

    def lines(self, file: str) -> list[Fault]:
        """Everything found, as lines of `errors.csv`."""
        found = (*self.errors.listed, *self.warnings.listed)
        return [*self.faults, *(finding.fault(file) for finding in found)]

    @property
    def error_count(self) -> int:
        return self.errors.total + sum(fault.severity == "error" for fault in self.faults)


def report_of(intake: Intake) -> Report:
    """The report of a file that was read, accepted or not."""
    return Report(
        headings=intake.headings,
        first_rows=intake.first_rows,
        absent_columns=intake.absent_columns,
        conversions=intake.conversions,
        errors=intake.errors,
        warnings=intake.warnings,
        roll_forward=intake.roll_forward,
    )


def to_json(report: Report) -> str:
    """The report as canonical JSON."""
    return canonical(
        {
            "headings": list(report.headings),
            "first_rows": [list(row) for row in report.first_rows],
            "absent_columns": list(report.absent_columns),
            "conversions": asdict(report.conversions),
            "errors": _findings_json(report.errors),
            "warnings": _findings_json(report.warnings),
            "roll_forward": asdict(report.roll_forward) if report.roll_forward else None,
            "faults": [list(fault.cells()) for fault in report.faults],
        }
    )


def _findings_json(findings: Findings) -> dict[str, Any]:
    return {
        "counts": [[count.rule.code, count.rule.column, count.rows] for count in findings.counts],
        "listed": [
            [one.row, one.rule.code, one.rule.column, one.value, one.loan_id, one.borrower_name, one.beside]
            for one in findings.listed
        ],
    }


def from_json(content: str, quarter: Quarter) -> Report:
    """The report as it was written; texts of its rules are today's."""
    kept = json.loads(content)
    rolled = kept["roll_forward"]
    return Report(
        headings=tuple(kept["headings"]),
        first_rows=tuple(tuple(row) for row in kept["first_rows"]),
        absent_columns=tuple(kept["absent_columns"]),
        conversions=Conversions(**kept["conversions"]),
        errors=_findings(kept["errors"], quarter, Severity.ERROR),
        warnings=_findings(kept["warnings"], quarter, Severity.WARNING),
        roll_forward=RollForward(**rolled) if rolled else None,
        faults=tuple(map(_fault, kept["faults"])),
    )


def _rule(code: str, column: str, quarter: Quarter, severity: Severity) -> Rule:
    """The rule of today's catalogue, or its bare code where the catalogue no longer has it."""
    known = RULE.get((code, column))
    return on_day(known, quarter.last_day) if known else Rule(code, column, Text(code, code), Text("", ""), severity)


def _findings(kept: dict[str, Any], quarter: Quarter, severity: Severity) -> Findings:
    return Findings(
        listed=tuple(
            Finding(row, _rule(code, column, quarter, severity), value, loan_id, name, beside)
            for row, code, column, value, loan_id, name, beside in kept["listed"]
        ),
        counts=tuple(RuleCount(_rule(code, column, quarter, severity), rows) for code, column, rows in kept["counts"]),
    )


def _fault(cells: list[str]) -> Fault:
    file, row, column, value, rule, severity, zh, en = cells
    if severity not in ("error", "warning", "note"):
        raise ValueError(severity)
    return Fault(file, int(row or 0), column, value, rule, severity, Text(zh, en))  # type: ignore[arg-type]
