"""What the worked examples do not say: suspensions, unimplemented policies, identities, months, sums beyond the books."""

from dataclasses import replace
from datetime import date

import pytest

from kernel.errors import NotFound, Refused
from kernel.policies import PolicyBook
from settlement.event_awards import (
    EVENT_KINDS,
    AwardBeneficiary,
    AwardEvent,
    FactValue,
    GrantedAward,
    decide,
    identity,
    kind_of,
)
from settlement.event_awards.months import full_months, plus_months
from tests.settlement.worked_examples import book

FIRM = AwardBeneficiary("A", "甲厂", "enterprise", "410402", "C", "small")
ON = date(2025, 12, 31)
FIRST: dict[str, FactValue] = {"is_first": True}


def changed(scheme: str, name: str, value: object) -> PolicyBook:
    """The shipped book with one parameter saying something else."""
    found = book().scheme(scheme)
    values = [replace(one, value=value) for one in found.parameter(name).values]
    return book().replacing(found.replacing(name, *values))


def giant(day: date = date(2022, 7, 1), who: AwardBeneficiary = FIRM, document: str = "") -> AwardEvent:
    return AwardEvent("little-giant-award", who, day, FIRST, document)


@pytest.mark.parametrize(
    ("scheme", "name", "value"),
    [
        ("little-giant-award", "paid", "twice"),
        ("award-rules", "same_event", "every_clause"),
        ("award-rules", "rounding", "down"),
        ("award-rules", "provincial_then_national", "neither"),
    ],
)
def test_a_policy_that_the_rule_cannot_do_is_refused_and_never_read_as_something_near(
    scheme: str, name: str, value: str
) -> None:
    earlier = [GrantedAward("specialised-firm-award", "life", date(2022, 6, 1), 20_000_000)]
    with pytest.raises(Refused) as refused:
        decide(giant(), earlier, changed(scheme, name, value), on=ON)
    assert refused.value.code == "policy_not_implemented"


def test_the_qualifying_day_decides_the_amount_and_not_the_day_of_deciding() -> None:
    scheme = book().scheme("little-giant-award")
    (shipped,) = scheme.parameter("amount").values
    values = (replace(shipped, until=date(2022, 12, 31)), replace(shipped, since=date(2023, 1, 1), value=1_000_000))
    policies = book().replacing(scheme.replacing("amount", *values))
    assert decide(giant(date(2022, 12, 31)), [], policies, on=ON).amount == 50_000_000
    assert decide(giant(date(2023, 1, 1)), [], policies, on=ON).amount == 1_000_000


def test_a_later_listing_suspends_anew_and_an_older_one_has_run_out() -> None:
    who = replace(FIRM, dishonest_since=(date(2022, 3, 1), date(2023, 1, 31)))
    found = {
        on: decide(giant(who=who), [], book(), on=on)
        for on in (date(2022, 12, 31), date(2023, 2, 1), date(2024, 1, 31))
    }
    assert [one.suspended_until for one in found.values()] == [date(2023, 3, 1), date(2024, 1, 31), None]
    assert {one.amount for one in found.values()} == {50_000_000}
    assert [one.may_be_accepted for one in found.values()] == [False, False, True]


def test_a_yearly_reading_of_a_listing_pays_each_year() -> None:
    policies = changed("neeq-listing-award", "paid", "once_per_year")
    earlier = [GrantedAward("neeq-listing-award", "2022", date(2022, 9, 1), 200_000_000)]
    events = [AwardEvent("neeq-listing-award", FIRM, day) for day in (date(2022, 12, 1), date(2023, 1, 1))]
    assert [decide(event, earlier, policies, on=ON).amount for event in events] == [0, 200_000_000]


def test_every_parameter_that_was_read_carries_its_document() -> None:
    (line,) = decide(giant(), [], book(), on=ON).lines
    read = {(one.scheme, one.name): one for one in line.parameters}
    assert read["little-giant-award", "amount"].reference == "平政办〔2022〕15号 附件3 二(二)"
    assert read["little-giant-award", "amount"].origin == "notice"
    assert {("little-giant-award", "paid"), ("award-rules", "provincial_then_national")} <= read.keys()


def test_a_higher_clause_for_an_awarded_document_says_both_sums_and_what_to_revoke_first() -> None:
    earlier = [
        GrantedAward("service-platform-award", "life", date(2022, 7, 1), 20_000_000, document="豫工信〔2022〕77号")
    ]
    (reason,) = decide(giant(document="豫工信〔2022〕77号"), earlier, book(), on=ON).reasons
    assert "200,000.00 元，这次算出 500,000.00 元更高" in reason.text.zh
    assert "先撤销" in reason.text.zh
    assert "revoke that acceptance first" in reason.text.en


def test_a_sum_beyond_the_books_is_refused() -> None:
    policies = changed("rent-subsidy-support", "rate", "")  # nothing to change: the parameter has no values
    assert decide(AwardEvent("rent-subsidy-support", FIRM, date(2022, 8, 1)), [], policies, on=ON).amount is None
    huge: dict[str, FactValue] = {"is_listed_there": True, "round": "1", "raised": 10**20, "invested_here": 10**20}
    found = decide(AwardEvent("zhongyuan-refinancing-award", FIRM, date(2022, 8, 1), huge), [], book(), on=ON)
    assert ([one.code for one in found.reasons], found.amount) == (["out_of_range"], 0)


def test_an_unknown_kind_is_not_found() -> None:
    with pytest.raises(NotFound):
        kind_of("growth-reward")
    assert len(EVENT_KINDS) == 25


@pytest.mark.parametrize(
    ("written", "same"),
    [("A 1", "a1"), ("２０２２－１", "2022-1"), ("豫工信〔2022〕 77 号", "豫工信〔2022〕77号")],
)
def test_one_event_has_one_identity_however_it_is_written(written: str, same: str) -> None:
    assert identity(written) == same


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2022, 9, 1), date(2023, 8, 31), 12),
        (date(2022, 9, 1), date(2023, 8, 30), 11),
        (date(2022, 1, 31), date(2022, 2, 27), 1),
        (date(2022, 1, 31), date(2022, 2, 26), 0),
        (date(2023, 11, 30), date(2024, 2, 28), 3),
        (date(2022, 9, 15), date(2022, 10, 14), 1),
    ],
)
def test_full_months(first: date, last: date, months: int) -> None:
    assert full_months(first, last) == months


def test_the_last_day_of_a_month_stays_one() -> None:
    assert plus_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert plus_months(date(2022, 12, 31), 2) == date(2023, 2, 28)
