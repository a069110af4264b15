"""What an order does with every claim: the officials' examples, and random cases against a second reckoning."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from settlement.payments.planning import CARRY_CLAIM, PRO_RATA, OpenAmount, plan
from tests.seeds import seeded
from tests.settlement.worked_examples import WorkedExample, entries

NAMES = "甲乙丙丁戊"


def amounts(example: WorkedExample, rows: list[Mapping[str, Any]], first: int) -> list[OpenAmount]:
    return [
        OpenAmount(
            claim_id=first + place,
            beneficiary_id=NAMES.index(row["bank"]),
            scheme=row.get("scheme", "growth-reward"),
            quarter=row["quarter"],
            number=f"{NAMES.index(row['bank']):04d}",
            revision=1,
            amount=example.fen(row["amount"]) or 0,
        )
        for place, row in enumerate(rows)
    ]


@pytest.mark.parametrize(("example", "case"), entries("payment"), ids=lambda one: getattr(one, "name", ""))
def test_a_worked_example_of_paying(example: WorkedExample, case: Mapping[str, Any]) -> None:
    dues, recoveries = amounts(example, case["due"], 1), amounts(example, case.get("recover", []), 101)
    found = plan(dues, recoveries, available=example.fen(case["budget"]) or 0, shortage=case["shortage"])
    lines = {(line.due.beneficiary_id, line.due.quarter): line for line in found.lines}
    assert len(case["expected"]) == len(found.lines)
    for row in case["expected"]:
        keys = [key for key in lines if key[0] == NAMES.index(row["bank"]) and row.get("quarter", key[1]) == key[1]]
        line = lines[keys[0]]
        wanted = tuple(example.fen(row.get(name, "0.00")) for name in ("set_off", "pay", "carry", "cut"))
        assert (line.set_off, line.pay, line.carry, line.cut) == wanted
    if "left_to_recover" in case:
        left = sum(one.amount for one in recoveries) - sum(one.amount for one in found.set_offs)
        assert left == example.fen(case["left_to_recover"])


def test_every_fen_is_set_off_paid_carried_or_cut_and_never_more_than_the_budget() -> None:
    dice = seeded()
    for _ in range(2_000):
        dues = [_open(dice, number) for number in range(dice.randrange(1, 8))]
        recoveries = [_open(dice, 100 + number) for number in range(dice.randrange(4))]
        available = dice.choice([0, 1, dice.randrange(3_000), 10**12])
        shortage = dice.choice([CARRY_CLAIM, PRO_RATA])
        found = plan(dues, recoveries, available=available, shortage=shortage)
        assert {line.due.claim_id for line in found.lines} == {due.claim_id for due in dues}
        assert all(one.set_off + one.pay + one.carry + one.cut == one.due.amount for one in found.lines)
        assert found.total <= available
        _assert_set_off_as_far_as_it_goes(dues, recoveries, found.set_offs)
        _assert_shortage(found.lines, available, shortage)


def _open(dice: Any, number: int) -> OpenAmount:
    quarter = f"2022Q{dice.randrange(1, 5)}"
    scheme = dice.choice(["a", "b"])
    return OpenAmount(
        number, dice.randrange(3), scheme, quarter, f"{number:04d}", 1, dice.choice([1, dice.randrange(1, 1_000)])
    )


def _assert_set_off_as_far_as_it_goes(dues: Any, recoveries: Any, set_offs: Any) -> None:
    """Per beneficiary the smaller of what is due and what is to be recovered; nobody's debt is taken from another."""
    beneficiary = {one.claim_id: one.beneficiary_id for one in (*dues, *recoveries)}
    assert all(beneficiary[one.due_id] == beneficiary[one.recovery_id] for one in set_offs)
    for who in set(beneficiary.values()):
        due = sum(one.amount for one in dues if one.beneficiary_id == who)
        owed = sum(one.amount for one in recoveries if one.beneficiary_id == who)
        assert sum(one.amount for one in set_offs if beneficiary[one.due_id] == who) == min(due, owed)


def _assert_shortage(lines: Any, available: int, shortage: str) -> None:
    rest = {one.due.claim_id: one.due.amount - one.set_off for one in lines}
    whole = sum(rest.values())
    if shortage == CARRY_CLAIM:
        left = available
        for one in lines:
            assert one.pay in (0, rest[one.due.claim_id])
            assert (one.pay == rest[one.due.claim_id]) == (rest[one.due.claim_id] <= left)
            left -= one.pay
        return
    assert sum(one.pay for one in lines) == min(whole, available)
    for one in lines:
        exact = Fraction(rest[one.due.claim_id] * min(available, whole), whole) if whole else Fraction(0)
        assert abs(one.pay - exact) < 1
