"""Rules and engine against a second opinion in plain integers: engines can agree on a wrong fen."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from kernel.periods import Quarter
from settlement.engine.definition import Definition, Reason, definition_in_force
from settlement.engine.machines import connect
from settlement.engine.statement import LOANS, statement
from settlement.engine.sums import Reconciliation, reconcile, sums_from_rows
from settlement.fiscal_shares import share_rule_in_force, split
from settlement.growth_reward import Basis, LegalPerson, ReturnedBalance, assess_quarter, rule_in_force
from tests.seeds import seeded
from tests.settlement import oracle
from tests.settlement.worked_examples import book

SERIES = 1430
QUARTERS = list(Quarter.parse("2021Q4").through(Quarter.parse("2023Q2")))
COLUMNS = [column.name for column in LOANS.columns]
Loans = list[dict[str, Any]]


def _engine(returns: list[Loans], definition: Definition) -> Iterator[Reconciliation]:
    """The statement over many small returns at once: the currency carries the return's number there and back."""
    asked = statement(definition)
    every = [(number, loan) for number, loans in enumerate(returns) for loan in loans]
    cells = {name: [loan[name] for _, loan in every] for name in COLUMNS}
    cells["currency"] = [f"{loan['currency']}#{number}" for number, loan in every]
    rows: list[list[tuple[Any, ...]]] = [[] for _ in returns]
    with connect(threads=1) as connection:
        connection.register("loans", pa.table(cells))
        for currency, *row in connection.execute(asked.text).fetchall():
            code, number = currency.split("#")
            rows[int(number)].append((code, *row))
    return (reconcile(sums_from_rows(asked, each), definition) for each in rows)


def _parts(found: Reconciliation) -> dict[str, tuple[int, int]]:
    lines = [found.of(reason) for reason in Reason]
    return {line.reason: (line.loans, line.balance) for line in lines if line.loans}


def test_ten_thousand_random_returns_agree_with_plain_integers_to_the_fen() -> None:
    pick = seeded()
    policies = book()
    definition = definition_in_force(policies, date(2022, 3, 31))
    series = [oracle.random_series(pick) for _ in range(SERIES)]
    returns = [loans for one in series for loans in one]
    found = list(_engine(returns, definition))
    assert len(found) >= 10_000
    assert [_parts(one) for one in found] == [oracle.split(loans) for loans in returns]
    _rewards_agree(series, found, [pick.choice([*sorted(oracle.INNER), "410404", "410422"]) for _ in series])


def _rewards_agree(series: list[list[Loans]], found: list[Reconciliation], regions: list[str]) -> None:
    persons = [
        LegalPerson(f"{number:06d}", "某行", "village_bank", region, date(2005, 1, 1))
        for number, region in enumerate(regions)
    ]
    keys = [(person.code, quarter) for person in persons for quarter in QUARTERS]
    returned = {key: ReturnedBalance(one.eligible) for key, one in zip(keys, found, strict=True)}
    expected = [oracle.rewards([oracle.split(loans).get("eligible", (0, 0))[1] for loans in one]) for one in series]
    for place, quarter in enumerate(QUARTERS[1:]):
        rule, share_rule = rule_in_force(book(), quarter), share_rule_in_force(book(), quarter.last_day)
        for number, one in enumerate(assess_quarter(persons, returned, {}, rule)):
            assert tuple(one.reading(basis).amount for basis in Basis) == expected[number][place]
            amount, region = one.amount or 0, one.person.region
            assert {share.payer: share.amount for share in split(amount, region, share_rule)} == oracle.shares(
                amount, region
            )
