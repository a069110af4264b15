"""The whole of a growth reward statement as plain values: readings, series, controls, parameters with their documents, digests.

`definition_from` gives back the definition the rows were picked by, so that a trace never depends on later policies.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kernel.policies import PolicyBook
from settlement import fiscal_shares
from settlement.engine.definition import Definition
from settlement.engine.sums import Reconciliation
from settlement.growth_reward import SCHEME, Assessment, Control, LegalPerson, Part, QuarterEnd, Reading
from settlement.statements.explanation import clause_told, day_told, parameters_told, shares_told, text_told
from settlement.statements.growth.computing import GrowthComputed, Rules
from settlement.statements.growth.facts import Facts


def explain(computed: GrowthComputed, facts: Facts, rules: Rules, book: PolicyBook) -> dict[str, Any]:
    """Everything there is to say about a computed statement, as plain values."""
    assessment, day = computed.assessment, rules.growth.quarter.last_day
    growth, shares = book.scheme(SCHEME), book.scheme(fiscal_shares.SCHEME)
    return {
        "scheme": SCHEME,
        "quarter": str(rules.growth.quarter),
        "day": day.isoformat(),
        "institution": _person(assessment.person),
        "predecessors": [_person(person) for person in assessment.predecessors],
        "clauses": [clause_told(growth.clauses[0])],
        "parameters": parameters_told(growth, day),
        "share_parameters": parameters_told(shares, day),
        "definition": _definition(rules.definition),
        "readings": [_reading(reading, assessment) for reading in assessment.readings],
        "history": [_end(end, facts) for end in assessment.history],
        "control": _control(assessment.control),
        "holds": [str(hold) for hold in assessment.holds],
        "rebound": assessment.rebound,
        "between_readings": assessment.between_readings,
        "central_bank_deducted": rules.growth.central_bank_rate is not None,
        "is_first_full_quarter": assessment.is_first_full_quarter,
        "shares": shares_told(computed.shares),
        "reconciliation": _reconciliation(computed.reconciliation),
        "digests": {**rules.digests, "inputs": computed.inputs_digest, "return": assessment.return_digest},
    }


def _person(person: LegalPerson) -> dict[str, Any]:
    return {
        "code": person.code,
        "name": person.name,
        "kind": person.kind,
        "region": person.region,
        "local_from": day_told(person.local_from),
        "local_until": day_told(person.local_until),
    }


def _definition(definition: Definition) -> dict[str, Any]:
    return {
        name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(definition).items()
    }


def definition_from(kept: Mapping[str, Any]) -> Definition:
    """The definition as it was kept with the statement."""
    sets: dict[str, Any] = {
        name: frozenset(value) if isinstance(value, list) else value for name, value in kept.items()
    }
    return Definition(**sets)


def _reading(reading: Reading, assessment: Assessment) -> dict[str, Any]:
    return {
        "basis": str(reading.basis),
        "is_paid": reading.basis is assessment.rule.basis,
        "is_alternative": reading.basis is assessment.rule.alternative_basis,
        "rate": f"{reading.rate:f}",
        "balance": reading.balance,
        "window": [str(quarter) for quarter in reading.window],
        "reference_on": str(reading.reference_on) if reading.reference_on else None,
        "reference_balance": reading.reference_balance,
        "added": [[str(quarter), fen] for quarter, fen in reading.added],
        "increment": reading.increment,
        "deducted": reading.deducted,
        "amount": reading.amount,
        "written_out": text_told(reading.written_out),
    }


def _end(end: QuarterEnd, facts: Facts) -> dict[str, Any]:
    return {
        "quarter": str(end.quarter),
        "is_absent": end.absent,
        "balance": end.balance,
        "returned": end.returned,
        "certified": end.certified,
        "parts": [_part(part, end, facts) for part in end.parts],
    }


def _part(part: Part, end: QuarterEnd, facts: Facts) -> dict[str, Any]:
    filed, balance = facts.returns.get((part.code, end.quarter)), facts.balances.get((part.code, end.quarter))
    return {
        "code": part.code,
        "returned": part.returned.balance if part.returned else None,
        "return_digest": part.returned.return_digest if part.returned else None,
        "return_id": filed.id if filed else None,
        "return_version": filed.version if filed else None,
        "certified": part.certified.balance if part.certified else None,
        "certified_version": balance.version if balance else None,
        "document": part.certified.document if part.certified else None,
    }


def _control(control: Control | None) -> dict[str, Any] | None:
    if control is None:
        return None
    return {
        "returned": control.returned,
        "certified": control.certified,
        "difference": control.difference,
        "share": None if control.share is None else str(control.share),
        "tolerance": str(control.tolerance),
        "agrees": control.agrees,
    }


def _reconciliation(reconciliation: Reconciliation | None) -> list[dict[str, Any]]:
    lines = reconciliation.lines if reconciliation else ()
    return [
        {"reason": str(line.reason), "detail": line.detail, "loans": line.loans, "balance": line.balance}
        for line in lines
    ]


def reference_digest(explanation: Mapping[str, Any]) -> str:
    """One SHA-256 over the digests of the returns behind the paid reference; empty where there is none."""
    paid = next(reading for reading in explanation["readings"] if reading["is_paid"])
    ends = [end for end in explanation["history"] if end["quarter"] == paid["reference_on"]]
    digests = [part["return_digest"] or "" for end in ends for part in end["parts"]]
    if len(digests) == 1 or not any(digests):
        return digests[0] if digests else ""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
