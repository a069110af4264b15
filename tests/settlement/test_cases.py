"""The officials' worked examples hold, to the fen."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import DomainError
from kernel.money import parse_yuan, yuan
from kernel.periods import Quarter
from settlement.engine.definition import Reason, definition_for
from settlement.engine.machines import DuckDB
from settlement.engine.statement import statement
from settlement.engine.sums import reconcile, sums_from_rows
from settlement.engine.trace import Trace
from settlement.fiscal_shares import share_rule_in_force, split
from settlement.growth_reward import Assessment, Basis
from tests.settlement.tapes import write_tape
from tests.settlement.worked_examples import WorkedExample, book, entries, examples

Entry = Mapping[str, Any]


def _named(example: WorkedExample, entry: Entry) -> str:
    return f"{example.name}-{entry.get('institution', '')}{entry.get('quarter', '')}{entry.get('region', '')}"


def _yuan_or_empty(fen: int | None) -> str:
    return "" if fen is None else yuan(fen)


def _shares(assessment: Assessment) -> dict[str, str]:
    rule = share_rule_in_force(book(), assessment.quarter.last_day)
    return {one.payer: yuan(one.amount) for one in split(assessment.amount or 0, assessment.person.region, rule)}


def _found(example: WorkedExample, one: Assessment, entry: Entry) -> dict[str, object]:
    """What the assessment says on everything that an entry may ask."""
    control, written = one.control, one.paid.written_out
    on = one.paid.reference_on
    return {
        "amount": _yuan_or_empty(one.amount),
        "alternative": _yuan_or_empty(one.alternative.amount),
        "amounts": {name: _yuan_or_empty(one.reading(Basis(name)).amount) for name in entry.get("amounts", ())},
        "increment": one.paid.increment,
        "reference": one.paid.reference_balance,
        "reference_on": None if on is None else on.last_day,
        "rebound": one.rebound,
        "dip_rebound": one.dip_rebound,
        "holds": [str(hold) for hold in one.holds],
        "control_difference": None if control is None else control.difference,
        "first_full_quarter": one.is_first_full_quarter,
        "written_out": None if written is None else written.zh,
        "shares": _shares(one),
    }


IN_UNIT = ("increment", "reference", "rebound", "control_difference")
NAMES = ("quarter", "institution")
EXPECTED = entries("expected")


@pytest.mark.parametrize(("example", "entry"), EXPECTED, ids=[_named(*pair) for pair in EXPECTED])
def test_what_an_institution_is_due(example: WorkedExample, entry: Entry) -> None:
    quarter = Quarter.parse(entry["quarter"])
    if "refused" in entry:
        with pytest.raises(DomainError) as refusal:
            example.assessments(quarter)
        assert refusal.value.code == entry["refused"]
        return
    name = entry.get("institution", example.persons[0].code)
    assessments = example.assessments(quarter)
    assert (name in assessments) is entry.get("statement", True)
    if name in assessments:
        found = _found(example, assessments[name], entry)
        asked = {key: value for key, value in entry.items() if key not in NAMES}
        assert {key: found[key] for key in asked} == {
            key: example.fen(value) if key in IN_UNIT else value for key, value in asked.items()
        }


TOTALS = [example for example in examples() if "totals" in example.content]


@pytest.mark.parametrize("example", TOTALS, ids=lambda example: str(example.name))
def test_six_quarters_add_up_by_every_basis(example: WorkedExample) -> None:
    quarters = list(Quarter.parse("2022Q1").through(Quarter.parse("2023Q2")))
    every = [one for quarter in quarters for one in example.assessments(quarter).values()]
    for name, total in example.content["totals"].items():
        assert yuan(sum(one.reading(Basis(name)).amount or 0 for one in every)) == total


LOANS = [example for example in examples() if "loan" in example.content]


@pytest.mark.parametrize("example", LOANS, ids=lambda example: str(example.name))
def test_where_each_loan_goes(example: WorkedExample, tmp_path: Path) -> None:
    loans = [_as_filed(loan) for loan in example.content["loan"]]
    definition = definition_for(example.scheme, Quarter.parse(example.content["quarter"]).last_day)
    tape, machine, asked = write_tape(tmp_path / "return.parquet", loans), DuckDB(threads=1), statement(definition)
    sums = sums_from_rows(asked, next(iter(machine.rows(asked.text, [tape]))))
    trace = Trace(tape, sums, definition, machine.connection)
    went = {row.row: reason for reason in Reason for row in trace.page(reason).rows}
    expected = {number + 2: loan["goes_to"] for number, loan in enumerate(example.content["loan"])}
    assert went == expected
    found = reconcile(sums, definition)
    counted = {reason: yuan(found.of(Reason(reason)).balance) for reason in example.content["counted"]}
    assert counted == example.content["counted"]
    assert found.balance == sum(loan["balance"] for loan in loans)


def _as_filed(loan: Entry) -> dict[str, Any]:
    row = {key: value for key, value in loan.items() if key not in ("borrower", "goes_to")}
    money = {key: parse_yuan(row[key]) for key in ("credit_line", "balance") if key in row}
    return {**row, **money, "borrower_code": f"ID:{loan['borrower']}", "borrower_name": loan["borrower"]}


SHARES = entries("share")


@pytest.mark.parametrize(("example", "entry"), SHARES, ids=[f"{_named(*pair)}-{pair[1]['award']}" for pair in SHARES])
def test_who_pays_which_part(example: WorkedExample, entry: Entry) -> None:
    rule = share_rule_in_force(book(), Quarter.parse("2022Q1").last_day)
    award = parse_yuan(entry["award"])
    shares = split(award, entry["region"], rule, by=entry.get("by", "closing_sentence"))
    assert {share.payer: yuan(share.amount) for share in shares} == entry["parts"]
    assert sum(share.amount for share in shares) == award
    assert sum(share.part for share in shares) == 1
