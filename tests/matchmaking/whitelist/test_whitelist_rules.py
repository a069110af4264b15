"""The whitelist's rules without books: grounds against a firm, and the periods of the review."""

from datetime import date

import pytest

from matchmaking.whitelist.rules import FirmStanding, grounds_against, review_period, years_after
from tests.matchmaking.whitelist.offices import LISTED, on


@pytest.mark.parametrize(
    ("day", "months", "period"),
    [
        (date(2022, 9, 30), 3, "2022-07"),
        (date(2022, 10, 1), 3, "2022-10"),
        (date(2022, 12, 31), 6, "2022-07"),
        (date(2022, 2, 28), 1, "2022-02"),
        (date(2022, 12, 31), 12, "2022-01"),
    ],
)
def test_a_period_of_review_is_as_long_as_the_policy_says(day: date, months: int, period: str) -> None:
    assert review_period(day, months) == period


def test_a_firm_that_reached_scale_stays_three_years_and_one_that_fell_does_not() -> None:
    rules = on(LISTED).rules
    reached = FirmStanding(False, above_since=date(2022, 10, 8))
    assert grounds_against(reached, rules, date(2025, 10, 7)) == []
    assert grounds_against(reached, rules, date(2025, 10, 8)) == ["scale_years_over"]
    assert grounds_against(FirmStanding(False, fell_on=date(2023, 1, 1)), rules, LISTED) == ["fell_below"]
    assert grounds_against(FirmStanding(False), rules, LISTED) == ["left_pool"]
    assert grounds_against(FirmStanding(True, is_dishonest=True), rules, LISTED) == ["dishonesty"]
    assert years_after(date(2020, 2, 29), 3) == date(2023, 2, 28)
