"""Every payable row of the notice: an A row pays as it stands, a P row refuses until its document is recorded and checked, then pays.

The documents and the amounts are those of the officials' worked examples in `cases/award_*.toml`; what computes is the rule itself, over
the book in force as the service makes it.
"""

from datetime import date
from typing import Any

import pytest

from kernel.money import parse_yuan
from kernel.policies import Clause, PolicyBook, PolicyUndecided
from settlement.event_awards import EVENT_SCHEMES, AwardDecision, AwardEvent, decide
from settlement.readings.documents import Subject
from tests.settlement.event_awards.examples import ON, award_examples, beneficiary, facts
from tests.settlement.readings.desks import Desk
from tests.settlement.worked_examples import WorkedExample, book

CLAUSES = [clause for clause in book().clauses if clause.kind in ("A", "P")]


def _within(clause: Clause) -> date:
    """A day on which the clause runs."""
    return min(max(clause.valid_from, date(2022, 6, 30)), clause.valid_until or date.max)


def _paying(scheme: str) -> tuple[WorkedExample, dict[str, Any]]:
    """The first event of an example that pays the scheme after its document."""
    for example in award_examples():
        for entry in example.content["event"]:
            due = entry.get("due", "")
            parts = EVENT_SCHEMES[scheme].rules if entry["kind"] == EVENT_SCHEMES[scheme].id else {}
            if due and scheme in parts and parse_yuan(due) > 0 and not entry.get("before_decision"):
                return example, entry
    raise AssertionError(f"no worked example pays {scheme}")


def _decision(example: WorkedExample, entry: dict[str, Any], policies: PolicyBook) -> AwardDecision:
    event = AwardEvent(
        kind=entry["kind"],
        beneficiary=beneficiary(example, entry["firm"]),
        day=entry["day"],
        facts=facts(example, entry),
        document=entry.get("document", ""),
    )
    return decide(event, [], policies, on=entry.get("on", ON))


def _documents(desk: Desk, clause: Clause, example: WorkedExample | None) -> list[Subject]:
    """What the clause waits for, as the worked example's documents set it."""
    if clause.number == 7:
        return [desk.word("payer", "fiscal_shares"), desk.word("central_bank_deduction", "not_deducted")]
    if example is None:
        return [desk.setting(clause.scheme, "adopted_by", "平财〔2022〕40号", clause.valid_from)]
    rows = [one for one in example.content["decision"] if one["scheme"] == clause.scheme]
    return [desk.setting(clause.scheme, one["parameter"], _typed(one["value"]), one["since"]) for one in rows]


def _typed(value: object) -> str:
    """A value of an example as an official types it."""
    return "\n".join(f"{key}={one}" for key, one in value.items()) if isinstance(value, dict) else str(value)


@pytest.mark.parametrize("clause", [c for c in CLAUSES if c.kind == "A" and not c.waits_for], ids=lambda c: c.number)
def test_an_a_row_pays_as_it_stands(desk: Desk, clause: Clause) -> None:
    policies, day = desk.in_force, _within(clause)
    assert policies.scheme(clause.scheme).clauses[0].payable_on(day)[0] is True
    example, entry = _paying(clause.scheme)
    decision = _decision(example, entry, policies)
    lines = [line for line in decision.due_lines if line.scheme == clause.scheme]
    assert [bool(line.amount) for line in lines] == [True]


@pytest.mark.parametrize("clause", [c for c in CLAUSES if c.waits_for], ids=lambda c: c.number)
def test_a_row_that_waits_refuses_before_its_document_and_pays_after(desk: Desk, clause: Clause) -> None:
    example, entry = _paying(clause.scheme) if clause.scheme in EVENT_SCHEMES else (None, {})
    day = entry.get("day", _within(clause))
    before = desk.in_force.scheme(clause.scheme)
    payable, why = before.clauses[0].payable_on(day)
    assert payable is False
    for point in clause.waits_for:
        assert (point.missing or point.title).zh in why.zh
        with pytest.raises(PolicyUndecided):
            before.value(point.name, on=day)
    if example is not None and clause.kind == "P":
        assert _decision(example, entry, desk.in_force).amount is None

    recorded = [desk.record(subject) for subject in _documents(desk, clause, example)]
    assert desk.in_force.scheme(clause.scheme).clauses[0].payable_on(day)[0] is False
    for decision in recorded:
        desk.check(decision)

    after = desk.in_force.scheme(clause.scheme)
    assert after.clauses[0].payable_on(day)[0] is True
    assert {after.value(point.name, on=day).origin for point in clause.waits_for} == {"decision"}
    if example is not None:
        found = _decision(example, entry, desk.in_force)
        assert found.amount == parse_yuan(entry["due"])
        assert {one.origin for one in found.due_lines[0].parameters if one.name in _names(clause)} <= {"decision"}


def _names(clause: Clause) -> set[str]:
    return {point.name for point in clause.waits_for}


def test_all_28_payable_rows_are_held_to_this() -> None:
    waiting = [clause.number for clause in CLAUSES if clause.waits_for]
    assert waiting == [4, 6, 7, 9, 11, 13, 15, 16, 20, 24, 25, 26, 29, 30, 37, 42]
    assert [clause.number for clause in CLAUSES if clause.kind == "A" and not clause.waits_for] == [
        *(5, 14, 27, 28, 32, 33, 34, 35, 38, 39, 40, 41)
    ]
