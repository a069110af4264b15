"""An intake as canonical JSON and back, to cross the border of a process and to be kept beside a version."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.tables.faults import Fault
from settlement.returns.column_rules import Rule, Severity
from settlement.returns.findings import Conversions, Finding, Findings, Intake, RollForward, RuleCount


def _rule_out(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "column": rule.column,
        "severity": rule.severity.value,
        "message": list(rule.message),
        "help": list(rule.help),
        "part": rule.part,
    }


def _rule_in(content: dict[str, Any]) -> Rule:
    return Rule(
        content["code"],
        content["column"],
        Text(*content["message"]),
        Text(*content["help"]),
        Severity(content["severity"]),
        content["part"],
    )


def _findings_out(findings: Findings) -> dict[str, Any]:
    """Every rule once with its count; the rows point to it by its place."""
    places = {count.rule.key: place for place, count in enumerate(findings.counts)}
    return {
        "rules": [{**_rule_out(count.rule), "rows": count.rows} for count in findings.counts],
        "listed": [
            [one.row, places[one.rule.key], one.value, one.loan_id, one.borrower_name, one.beside]
            for one in findings.listed
        ],
    }


def _findings_in(content: dict[str, Any]) -> Findings:
    counts = tuple(RuleCount(_rule_in(rule), rule["rows"]) for rule in content["rules"])
    listed = tuple(Finding(row, counts[place].rule, *texts) for row, place, *texts in content["listed"])
    return Findings(listed, counts)


_PLAIN = (
    "institution_code",
    "file",
    "format",
    "encoding",
    "sheet",
    "size",
    "filed_digest",
    "rows",
    "borrowers",
    "total_balance",
    "row_digest",
    "kind",
    "events_file",
    "events_digest",
    "events",
)


def intake_to_json(found: Intake) -> str:
    """The intake as JSON with sorted keys; the place of the tape travels as text."""
    content = {name: getattr(found, name) for name in _PLAIN} | {
        "quarter": str(found.quarter),
        "wrong_rows": found.wrong_rows,
        "headings": list(found.headings),
        "first_rows": [list(row) for row in found.first_rows],
        "absent_columns": list(found.absent_columns),
        "conversions": asdict(found.conversions),
        "errors": _findings_out(found.errors),
        "warnings": _findings_out(found.warnings),
        "roll_forward": asdict(found.roll_forward) if found.roll_forward else None,
        "tape": str(found.tape) if found.tape else None,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def intake_from_json(text: str) -> Intake:
    """The intake that `intake_to_json` wrote."""
    content = json.loads(text)
    return Intake(
        **{name: content[name] for name in _PLAIN},
        quarter=Quarter.parse(content["quarter"]),
        wrong_rows=content.get("wrong_rows", 0),  # reports of before have none
        headings=tuple(content["headings"]),
        first_rows=tuple(tuple(row) for row in content["first_rows"]),
        absent_columns=tuple(content["absent_columns"]),
        conversions=Conversions(**content["conversions"]),
        errors=_findings_in(content["errors"]),
        warnings=_findings_in(content["warnings"]),
        roll_forward=RollForward(**content["roll_forward"]) if content["roll_forward"] else None,
        tape=Path(content["tape"]) if content["tape"] else None,
    )


def faults_to_json(faults: tuple[Fault, ...]) -> str:
    """The faults of a refused file."""
    return json.dumps([{**fault.__dict__, "text": list(fault.text)} for fault in faults], ensure_ascii=False)


def faults_from_json(text: str) -> tuple[Fault, ...]:
    """The faults that `faults_to_json` wrote."""
    return tuple(Fault(**{**fault, "text": Text(*fault["text"])}) for fault in json.loads(text))
