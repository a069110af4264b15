"""The portfolios of a return: exact, and never at odds with the definition that the reward counts by."""

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kernel.periods import Quarter
from settlement.engine.balances import Tape
from settlement.engine.definition import Definition, Kind, Reason, definition_in_force
from settlement.engine.machines import DuckDB
from settlement.engine.portfolio import NON_PERFORMING, PortfolioCache, portfolios
from settlement.two_increases import Portfolio, PortfolioPair
from tests.seeds import seeded
from tests.settlement.tapes import loan_rows, write_tape
from tests.settlement.worked_examples import book

Q3 = Quarter(2022, 3)
DEFINITION = definition_in_force(book(), Q3.last_day)
ASPECTS: Mapping[str, Sequence[str]] = {
    "currency": ("CNY", "USD"),
    "product_kind": ("loan", "purchased"),
    "borrower_kind": ("small", "individual_business", "owner", "medium"),
    "purpose": ("operating", "consumption"),
    "region": ("410402", "outside"),
    "classification": ("normal", "substandard", "loss"),
}
LINES = (DEFINITION.credit_line_limit, DEFINITION.credit_line_limit + 1)
CHANGED = [
    {},
    {"in_city_only": True},
    {"counted_classifications": frozenset({"normal", "special_mention"})},
    {"credit_line_limit_inclusive": False},
    {"tests_credit_line": False},
    {"borrower_kinds": frozenset({"small"}), "operating_only_kinds": frozenset({"small"})},
]


def _counts(loan: Mapping[str, Any], definition: Definition) -> bool:
    line, limit = loan["credit_line"], definition.credit_line_limit
    over = line > limit if definition.credit_line_limit_inclusive else line >= limit
    aspects = {name: loan[name] for name in ASPECTS}
    return definition.reason(Kind(**aspects, over_limit=over)) is Reason.ELIGIBLE


def _by_hand(loans: Sequence[Mapping[str, Any]], since: date) -> Portfolio:
    new = [loan for loan in loans if date.fromisoformat(loan["start_date"]) >= since]
    return Portfolio(
        balance=sum(loan["balance"] for loan in loans),
        non_performing=sum(loan["balance"] for loan in loans if loan["classification"] in NON_PERFORMING),
        borrowers=len({loan["borrower_code"] for loan in loans if loan["balance"] > 0}),
        new_balance=sum(loan["balance"] for loan in new),
        new_rated=sum(loan["balance"] * loan["annual_rate"] for loan in new),
    )


def _found(path: Path, loans: Sequence[Mapping[str, Any]], definition: Definition) -> PortfolioPair:
    tape = Tape(write_tape(path / "tape.parquet", loans), "digest")
    return portfolios([tape], definition, Q3, DuckDB(threads=1), PortfolioCache(path / "cache"))["digest"]


@pytest.mark.parametrize("changed", CHANGED, ids=lambda changed: "-".join(changed) or "policy")
def test_every_kind_of_loan_counts_exactly_where_the_definition_says_so(
    tmp_path: Path, changed: Mapping[str, Any]
) -> None:
    definition = replace(DEFINITION, **changed)
    kinds = itertools.product(*ASPECTS.values(), LINES)
    loans = [
        {**dict(zip(ASPECTS, kind[:-1], strict=True)), "credit_line": kind[-1], "balance": 3**number % 1_000_003 + 1}
        for number, kind in enumerate(kinds)
    ]
    rows = loan_rows(loans)
    assert len(rows) == 2 * 2 * 4 * 2 * 2 * 3 * 2
    found = _found(tmp_path, loans, definition)
    assert found.inclusive == _by_hand([row for row in rows if _counts(row, definition)], date(2022, 1, 1))
    assert found.every == _by_hand(rows, date(2022, 1, 1))


def _any_loan(chance: random.Random) -> dict[str, Any]:
    start = date(2021, 6, 1) + timedelta(days=chance.randrange(480))
    return {
        **{name: chance.choice(choices) for name, choices in ASPECTS.items()},
        "borrower_code": f"ID:{chance.randrange(30)}",
        "credit_line": chance.choice(LINES),
        "balance": chance.choice([0, 1, 10**16 + chance.randrange(10**9), chance.randrange(10**12)]),
        "annual_rate": chance.randrange(360_001),
        "start_date": start.isoformat(),
    }


def test_figures_of_any_return_equal_those_added_up_by_hand(tmp_path: Path) -> None:
    chance = seeded()
    for number in range(20):
        (tmp_path / str(number)).mkdir()
        loans = [_any_loan(chance) for _ in range(chance.randrange(120))]
        rows = loan_rows(loans)
        found = _found(tmp_path / str(number), loans, DEFINITION)
        assert found.every == _by_hand(rows, date(2022, 1, 1))
        assert found.inclusive == _by_hand([row for row in rows if _counts(row, DEFINITION)], date(2022, 1, 1))


def test_what_is_kept_is_not_read_again_and_a_damaged_file_is(tmp_path: Path) -> None:
    found = _found(tmp_path, [{"balance": 7}], DEFINITION)
    cache, gone = PortfolioCache(tmp_path / "cache"), Tape(tmp_path / "gone", "digest")
    assert portfolios([gone], DEFINITION, Q3, DuckDB(threads=1), cache) == {"digest": found}
    for path in (tmp_path / "cache").rglob("*.json"):
        path.write_text('{"inclusive": {}, "every": {}, "digest": "x"}')
    assert _found(tmp_path, [{"balance": 7}], DEFINITION) == found
