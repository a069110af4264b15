"""Properties of the growth reward that hold for any series of balances."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Refused
from kernel.periods import Quarter
from kernel.policies import Value
from settlement.growth_reward import (
    SCHEME,
    Basis,
    CertifiedFigure,
    Hold,
    LegalPerson,
    ReturnedBalance,
    assess_quarter,
    rule_for,
    rule_in_force,
)
from tests.settlement.worked_examples import book

QUARTERS = list(Quarter.parse("2021Q4").through(Quarter.parse("2023Q2")))
RULES = {quarter: rule_in_force(book(), quarter) for quarter in QUARTERS[1:]}
SERIES = st.lists(st.integers(0, 10**16), min_size=7, max_size=7)
ONE = LegalPerson("A", "甲农商行", "rural_commercial_bank", "410402", date(2009, 12, 28))
TWO = replace(ONE, code="B", local_until=date(2022, 8, 15), successor_code="A")


def _returned(code: str, balances: list[int]) -> dict[tuple[str, Quarter], ReturnedBalance]:
    return {(code, quarter): ReturnedBalance(fen) for quarter, fen in zip(QUARTERS, balances, strict=True)}


@given(SERIES)
def test_no_basis_pays_more_than_the_previous_quarter_end_and_none_less_than_the_highest(balances: list[int]) -> None:
    for rule in RULES.values():
        (one,) = assess_quarter([ONE], _returned("A", balances), {}, rule)
        latest, highest, to_date = (one.reading(basis).amount or 0 for basis in Basis)
        assert 0 <= highest <= to_date <= latest


@given(SERIES)
def test_a_dip_and_rebound_is_flagged_exactly_where_the_two_readings_differ(balances: list[int]) -> None:
    for rule in RULES.values():
        (one,) = assess_quarter([ONE], _returned("A", balances), {}, rule)
        growth = [max(0, one.reading(basis).increment or 0) for basis in Basis][:2]
        assert one.rebound == growth[0] - growth[1]
        assert one.dip_rebound is (growth[0] != growth[1])


@given(SERIES)
def test_year_to_date_is_the_highest_since_the_year_began(balances: list[int]) -> None:
    for place, rule in enumerate(RULES.values(), start=1):
        (one,) = assess_quarter([ONE], _returned("A", balances), {}, rule)
        since = balances[0 if place <= 4 else 4 : place]
        assert one.reading(Basis.YEAR_TO_DATE).reference_balance == max(since)


@given(SERIES)
def test_growth_paid_against_the_highest_is_the_rise_of_the_highest(balances: list[int]) -> None:
    paid = 0
    for rule in RULES.values():
        (one,) = assess_quarter([ONE], _returned("A", balances), {}, rule)
        paid += max(0, one.reading(Basis.HIGH_WATER_MARK).increment or 0)
    assert paid == max(balances) - balances[0]


@given(SERIES, SERIES)
def test_after_a_merger_only_the_sum_counts(ours: list[int], theirs: list[int]) -> None:
    returned = _returned("A", ours) | _returned("B", theirs)
    merged = [a + b for a, b in zip(ours, theirs, strict=True)][:3] + ours[3:]
    for quarter in QUARTERS[3:]:
        (one,) = assess_quarter([ONE, TWO], returned, {}, RULES[quarter])
        (alone,) = assess_quarter([ONE], _returned("A", merged), {}, RULES[quarter])
        assert [one.reading(basis).amount for basis in Basis] == [alone.reading(basis).amount for basis in Basis]


@given(st.integers(1, 10**15), st.integers(-(10**13), 10**13))
def test_the_control_holds_beyond_half_a_percent_and_not_at_it(certified: int, difference: int) -> None:
    quarter = QUARTERS[1]
    returned = _returned("A", [certified, max(0, certified + difference), 0, 0, 0, 0, 0])
    figures = {("A", one): CertifiedFigure(certified) for one in QUARTERS[:2]}
    (one,) = assess_quarter([ONE], returned, figures, RULES[quarter])
    actual = returned["A", quarter].balance - certified
    assert (Hold.DIFFERENCE in one.holds) is (Fraction(abs(actual), certified) > Fraction(5, 1000))
    assert one.amount == 0


def test_two_mergers_in_a_row_carry_the_first_series_along() -> None:
    first = replace(ONE, code="C", local_until=date(2022, 2, 1), successor_code="B")
    returned = _returned("A", [10, 20, 30, 40, 50, 60, 70]) | _returned("B", [1, 2, 3, 4, 5, 6, 7])
    returned |= {("C", QUARTERS[0]): ReturnedBalance(500), ("C", QUARTERS[1]): ReturnedBalance(999)}
    (one,) = assess_quarter([ONE, TWO, first], returned, {}, RULES[QUARTERS[3]])
    assert [end.balance for end in one.history] == [511, 22, 33, 40]
    assert [person.code for person in one.predecessors] == ["B", "C"]


def test_institutions_that_took_each_other_over_do_not_run_in_circles() -> None:
    circle = [replace(TWO, code="A", successor_code="B"), replace(TWO, successor_code="A")]
    assert assess_quarter(circle, {}, {}, RULES[QUARTERS[4]]) == []


def test_statements_come_in_the_order_of_their_codes() -> None:
    persons = [replace(ONE, code=code) for code in "CAB"]
    assert [one.person.code for one in assess_quarter(persons, {}, {}, RULES[QUARTERS[1]])] == ["A", "B", "C"]


def test_another_first_base_date_changes_the_first_quarter_alone() -> None:
    earlier = Value("first_base_date", date(2021, 9, 30), date(2021, 12, 31), None, "算例", "default")
    scheme = book().scheme(SCHEME).replacing("first_base_date", earlier)
    returned = _returned("A", [500, 900, 1100, 1100, 1100, 1100, 1100])
    returned["A", Quarter(2021, 3)] = ReturnedBalance(100)
    found = [assess_quarter([ONE], returned, {}, rule_for(scheme, quarter))[0].paid for quarter in QUARTERS[1:3]]
    assert [(one.reference_balance, one.increment) for one in found] == [(100, 800), (900, 200)]


def test_a_base_date_inside_a_quarter_is_refused() -> None:
    inside = Value("first_base_date", date(2021, 12, 30), date(2021, 12, 31), None, "算例", "default")
    with pytest.raises(Refused):
        rule_for(book().scheme(SCHEME).replacing("first_base_date", inside), QUARTERS[1])


@pytest.mark.parametrize("name", ["rounding", "falling_quarter"])
def test_a_policy_that_nobody_implemented_is_refused(name: str) -> None:
    other = Value(name, "otherwise", date(2022, 1, 1), None, "算例", "default")
    with pytest.raises(Refused) as refusal:
        rule_for(book().scheme(SCHEME).replacing(name, other), QUARTERS[1])
    assert refusal.value.code == "policy_not_implemented"


def test_a_quarter_that_had_no_rate_counts_as_not_rewarded_in_the_year_to_date() -> None:
    later = Value("rate", Decimal("0.01"), date(2022, 4, 1), date(2023, 6, 30), "算例", "default")
    scheme = book().scheme(SCHEME).replacing("rate", later)
    returned = _returned("A", [100, 200, 250, 300, 300, 300, 300])
    second = assess_quarter([ONE], returned, {}, rule_for(scheme, QUARTERS[3]))[0].reading(Basis.YEAR_TO_DATE)
    assert second.added == ((QUARTERS[2], 150),)
    assert second.reference_balance == 250
