"""The officials' worked examples of event awards hold, to the fen; every row has some, and pays the notice's number."""

import pytest

from kernel.money import yuan
from settlement.event_awards import EVENT_SCHEMES, AwardDecision
from settlement.fiscal_shares import share_rule_in_force, split, split_mode
from tests.settlement.event_awards.examples import Entry, Played, award_examples
from tests.settlement.worked_examples import WorkedExample, book

EXAMPLES = award_examples()


def _shares(decision: AwardDecision) -> dict[str, str]:
    """Every due line split by its own mode, payer by payer."""
    found: dict[str, int] = {}
    rule = share_rule_in_force(book(), decision.event.day)
    for line in decision.due_lines:
        for share in split(line.amount or 0, decision.event.beneficiary.region, rule, by=split_mode(line.split)):
            found[share.payer] = found.get(share.payer, 0) + share.amount
    return {payer: yuan(fen) for payer, fen in found.items()}


def _found(decision: AwardDecision, entry: Entry) -> dict[str, object]:
    amount = decision.amount
    return {
        "due": "" if amount is None else yuan(amount),
        "reasons": [one.code for one in decision.reasons],
        "parts": {str(line.clause.number): yuan(line.amount or 0) for line in decision.lines},
        "shares": _shares(decision) if "shares" in entry else None,
        "waits_until": decision.suspended_until,
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.name))
def test_what_an_event_is_awarded(example: WorkedExample) -> None:
    for number, (entry, decision) in enumerate(Played(example).decisions(), start=1):
        asked = {
            "reasons": [],
            **{key: entry[key] for key in ("due", "parts", "shares", "waits_until") if key in entry},
        }
        asked["reasons"] = entry.get("reasons", [])
        found = _found(decision, entry)
        assert {key: found[key] for key in asked} == asked, f"{example.name}, event {number}"


def test_every_row_has_a_case_that_pays_and_one_that_does_not() -> None:
    paid: set[str] = set()
    refused: set[str] = set()
    for example in EXAMPLES:
        for _entry, decision in Played(example).decisions():
            for line in decision.lines:
                (paid if line.is_due else refused).add(line.scheme)
    assert paid == set(EVENT_SCHEMES)
    assert refused == set(EVENT_SCHEMES)


def test_every_pending_row_is_refused_before_its_document_with_the_clause_and_what_is_missing() -> None:
    pending = {
        clause.scheme: clause for clause in book().clauses if clause.kind == "P" and clause.scheme in EVENT_SCHEMES
    }
    asked = {}
    for example in EXAMPLES:
        for entry, decision in Played(example).decisions():
            if entry.get("before_decision"):
                asked[entry["kind"]] = decision
    assert asked.keys() == pending.keys()
    for scheme, decision in asked.items():
        (reason,) = decision.reasons
        clause = pending[scheme]
        assert (decision.amount, reason.weight, decision.is_eligible) == (None, "lacks", False)
        for point in clause.waits_for:
            assert (point.missing or point.title).zh in reason.text.zh
            assert (point.missing or point.title).en in reason.text.en
        assert f"条款 {clause.number}（{clause.place.zh}）" in reason.text.zh
