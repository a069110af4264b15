"""Calling in, squeezing, cutting a line: what is told, and what a return shows that is none of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from settlement.squeezes.rule import LoanAtQuarterEnd, SqueezeRule, squeezes

RULE = SqueezeRule(frozenset({"normal", "special_mention"}), Decimal("0.2"))
DAY = date(2022, 9, 30)
LOAN = LoanAtQuarterEnd("L1", "91410402MA0000015P", "某企业", 5_000_000_00, 1_000_000_00, date(2023, 3, 1), "normal")


def told(*later: LoanAtQuarterEnd, former: tuple[LoanAtQuarterEnd, ...] = (LOAN,)) -> list[tuple[str, str | None, int]]:
    return [(one.kind, one.loan_id, one.cut) for one in squeezes(former, later, later_day=DAY, rule=RULE)]


def test_a_loan_that_is_gone_before_it_was_due_was_called_in() -> None:
    assert told() == [("called_in", "L1", 1_000_000_00)]
    assert told(replace(LOAN, balance=0)) == [("called_in", "L1", 1_000_000_00)]


@pytest.mark.parametrize(("balance", "is_told"), [(800_000_01, False), (800_000_00, True), (1_200_000_00, False)])
def test_a_cut_is_told_from_the_bound_on_to_the_fen(balance: int, is_told: bool) -> None:
    expected = [("squeezed", "L1", 1_000_000_00 - balance)] if is_told else []
    assert told(replace(LOAN, balance=balance)) == expected


def test_a_line_cut_under_a_running_loan_is_told_apart() -> None:
    assert told(replace(LOAN, credit_line=4_000_000_00)) == [("line_cut", None, 1_000_000_00)]
    assert told(replace(LOAN, credit_line=4_000_000_01)) == []


@pytest.mark.parametrize("maturity", [date(2022, 7, 1), DAY])
def test_a_loan_that_came_due_by_the_quarters_end_is_repaid_not_called_in(maturity: date) -> None:
    assert told(former=(replace(LOAN, maturity=maturity),)) == []


def test_a_renewed_loan_and_money_moved_to_another_loan_are_no_cut() -> None:
    renewed = replace(LOAN, loan_id="L2", renews="L1", balance=500_000_00)
    assert told(renewed) == []
    assert told(replace(LOAN, loan_id="L3")) == []
    assert told(replace(LOAN, loan_id="L3", balance=700_000_00)) == [("called_in", "L1", 300_000_00)]


@pytest.mark.parametrize("kind", ["substandard", "doubtful", "loss"])
def test_a_borrower_that_does_not_perform_is_none_of_this(kind: str) -> None:
    assert told(former=(replace(LOAN, classification=kind),)) == []
    assert told(replace(LOAN, classification=kind, balance=100_00)) == []


def test_the_largest_cut_comes_first_and_others_money_covers_nobody() -> None:
    other = replace(LOAN, borrower_code="91410482MA0000023E", loan_id="M1", balance=2_000_000_00)
    fresh = replace(LOAN, borrower_code="91410411MA0000031E", loan_id="N1", balance=9_000_000_00)
    assert told(fresh, former=(LOAN, other)) == [("called_in", "M1", 2_000_000_00), ("called_in", "L1", 1_000_000_00)]
