"""The officials' worked examples of the fee subsidy hold, to the fen."""

from typing import Any

import pytest

from kernel.errors import DomainError
from kernel.money import half_up, yuan
from kernel.periods import Quarter
from settlement.fee_subsidy import ContractLine, FeeAssessment, exact_rate, percentage, told
from tests.settlement.fee_examples import Entry, FeeExample, subsidies

NAMES = ("quarter", "guarantor", "lines", "paid_before", "recover")
SUBSIDIES = subsidies()


def _named(example: FeeExample, entry: Entry) -> str:
    return f"{example.name}-{entry.get('guarantor', '')}{entry['quarter']}"


def _found(one: FeeAssessment) -> dict[str, object]:
    """What the assessment says on everything that an entry may ask."""
    return {
        "amount": "" if one.amount is None else yuan(one.amount),
        "accrued": yuan(one.now.total),
        "accrued_before": yuan(one.accrued_before),
        "cut": yuan(one.now.cut),
        "holds": [str(hold) for hold in one.holds],
        "average_fee": None if one.average_fee is None else percentage(one.average_fee),
        "parts": [yuan(half_up(part.exact)) for year in one.now.years for part in year.parts],
        "rounding_difference": yuan(one.rounding_difference),
    }


def _line_found(line: ContractLine, one: FeeAssessment) -> dict[str, object]:
    weighed = line.weighed
    return {
        "slice": yuan(line.slice),
        "own": yuan(line.own),
        "adjustment": yuan(line.adjustment),
        "accrued": yuan(line.accrued),
        "before": yuan(line.before),
        "days": line.known.days,
        "annualised": yuan(half_up(weighed.annualised)),
        "fee_rate": percentage(weighed.fee_rate),
        "fee_rate_exact": exact_rate(weighed.fee_rate),
        "gap": None if line.points is None else percentage(line.points),
        "exclusions": [str(exclusion) for exclusion in weighed.exclusions],
        "told": told(line, one.rule).zh,
    }


def _asked(entry: Entry, found: dict[str, object]) -> dict[str, object]:
    return {key: found[key] for key in entry if key not in NAMES}


@pytest.mark.parametrize(("example", "entry"), SUBSIDIES, ids=[_named(*pair) for pair in SUBSIDIES])
def test_what_a_guarantor_is_due(example: FeeExample, entry: Entry) -> None:
    quarter = Quarter.parse(entry["quarter"])
    if "refused" in entry:
        with pytest.raises(DomainError) as refusal:
            example.assessments(quarter)
        assert refusal.value.code == entry["refused"]
        return
    one = example.assessments(quarter)[entry.get("guarantor", example.companies[0].code)]
    assert _asked(entry, _found(one)) == {key: value for key, value in entry.items() if key not in NAMES}
    lines = {line.known.contract_id: _line_found(line, one) for line in one.lines}
    expected: dict[str, dict[str, Any]] = entry.get("lines", {})
    assert {key: _asked(line, lines[key]) for key, line in expected.items()} == expected
    if "recover" in entry:
        assert yuan(example.fen(entry["paid_before"]) - one.now.total) == entry["recover"]


@pytest.mark.parametrize(("example", "entry"), SUBSIDIES, ids=[_named(*pair) for pair in SUBSIDIES])
def test_the_lines_of_a_statement_add_up_to_its_amount(example: FeeExample, entry: Entry) -> None:
    if "refused" in entry:
        return
    for one in example.assessments(Quarter.parse(entry["quarter"])).values():
        parts = sum(line.own + line.adjustment for line in one.lines) + one.year_change + one.cap_change
        assert parts + one.rounding_difference == one.now.total - one.accrued_before
