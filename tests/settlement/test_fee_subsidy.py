"""The fee subsidy's rule where the officials' examples are too coarse: dates of terms, repeated events, clients, changing formulas."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from kernel.errors import Refused
from kernel.periods import Quarter
from kernel.policies import Scheme, Value
from settlement.fee_subsidy import (
    SCHEME,
    Exclusion,
    FeeAssessment,
    Guarantee,
    GuaranteeCompany,
    GuaranteeEvent,
    GuaranteeReturn,
    assess_guarantors,
    fee_rule_for,
    known_by,
    percentage,
)
from settlement.fee_subsidy.clients import ClientLoads, ClientScope
from settlement.fee_subsidy.yearly import pool_shares
from tests.seeds import seeded
from tests.settlement.worked_examples import book

Q2, Q3, Q4 = Quarter(2022, 2), Quarter(2022, 3), Quarter(2022, 4)
NEXT = Quarter(2023, 1)
COMPANY = GuaranteeCompany("G", "甲担保", "guarantor", "410402", government_backed=True)
T5 = Guarantee(
    contract_id="C1",
    borrower_code="ID:1",
    borrower_name="某企业",
    borrower_kind="small",
    region="410402",
    lender_code="91410402MA0000015P",
    amount=500_000_000,
    start=date(2022, 5, 16),
    end=date(2023, 5, 16),
    fee_income=5_000_000,
)


def scheme(**values: Sequence[tuple[date, Any]]) -> Scheme:
    """The scheme with other dated values: each holds from its day until the next."""
    changed = book().scheme(SCHEME)
    for name, rows in values.items():
        ends = [since - timedelta(days=1) for since, _ in rows[1:]] + [None]
        dated = [
            Value(name, value, since, until, "算例", "default")
            for (since, value), until in zip(rows, ends, strict=True)
        ]
        changed = changed.replacing(name, *dated)
    return changed


def filed(*returns: GuaranteeReturn) -> dict[tuple[str, Quarter], GuaranteeReturn]:
    return {("G", one.quarter): one for one in returns}


def through(quarter: Quarter, *contracts: Guarantee) -> dict[tuple[str, Quarter], GuaranteeReturn]:
    """The same contracts filed for every quarter of 2022 up to one."""
    quarters = Quarter(2022, 1).through(quarter)
    return filed(*(GuaranteeReturn(each, tuple(c for c in contracts if c.start <= each.last_day)) for each in quarters))


def assess(
    returns: dict[tuple[str, Quarter], GuaranteeReturn], quarter: Quarter, by: Scheme | None = None
) -> FeeAssessment:
    (one,) = assess_guarantors([COMPANY], returns, fee_rule_for(by or book().scheme(SCHEME), quarter))
    return one


def test_a_contract_keeps_the_benchmark_of_its_first_day() -> None:
    lower = scheme(benchmark_rate=[(date(2022, 1, 1), Decimal("0.015")), (date(2022, 7, 1), Decimal("0.012"))])
    young = replace(T5, contract_id="C2", borrower_code="ID:2", start=date(2022, 7, 1), end=date(2023, 7, 1))
    found = {line.known.contract_id: line for line in assess(through(Q3, T5, young), Q3, lower).lines}
    assert (found["C1"].points, found["C2"].points) == (Fraction(5, 1000), Fraction(2, 1000))


def test_a_new_value_changes_no_earlier_quarter() -> None:
    lower = scheme(benchmark_rate=[(date(2022, 1, 1), Decimal("0.015")), (date(2022, 7, 1), Decimal("0.012"))])
    assert assess(through(Q2, T5), Q2, lower).amount == assess(through(Q2, T5), Q2).amount == 315_068


def test_an_event_that_a_later_return_repeats_is_one_event() -> None:
    once = GuaranteeEvent("C1", date(2022, 6, 1), "repayment", 200_000_000)
    returns = filed(GuaranteeReturn(Q2, (T5,), (once,)), GuaranteeReturn(Q3, (T5,), (once,)))
    (known,) = known_by(returns.values(), Q3)
    assert known.repayments == ((date(2022, 6, 1), 200_000_000),)


def test_two_equal_events_of_one_return_are_two() -> None:
    once = GuaranteeEvent("C1", date(2022, 6, 1), "repayment", 100_000_000)
    (known,) = known_by([GuaranteeReturn(Q2, (T5,), (once, once))], Q2)
    assert sum(fen for _, fen in known.repayments) == 200_000_000


def test_an_event_after_the_quarters_end_is_not_known_yet() -> None:
    late = GuaranteeEvent("C1", date(2022, 7, 1), "fee_refund", 100)
    (known,) = known_by([GuaranteeReturn(Q2, (T5,), (late,))], Q2)
    assert known.refunded == 0


def test_a_firm_that_grows_keeps_its_contract_but_not_a_new_one() -> None:
    grown = replace(T5, borrower_kind="medium")
    new = replace(grown, contract_id="C2", start=date(2022, 7, 1), end=date(2023, 7, 1), amount=100_000_000)
    found = assess(filed(GuaranteeReturn(Q2, (T5,)), GuaranteeReturn(Q3, (grown, new))), Q3)
    assert {line.known.contract_id: line.weighed.exclusions for line in found.lines} == {
        "C1": (),
        "C2": (Exclusion.BORROWER_KIND, Exclusion.FEE_CEILING),
    }


def test_a_late_found_contract_brings_its_past_as_an_adjustment() -> None:
    found = assess(filed(GuaranteeReturn(Q2, ()), GuaranteeReturn(Q3, (T5,))), Q3)
    (line,) = found.lines
    assert (line.own, line.adjustment, found.amount) == (630_137, 315_068, 945_205)


def test_a_release_filed_late_takes_back_and_the_quarter_is_below_nil() -> None:
    released = replace(T5, released_on=date(2022, 5, 20))
    found = assess(filed(GuaranteeReturn(Q2, (T5,)), GuaranteeReturn(Q3, (released,))), Q3)
    assert found.amount == 27_397 - 315_068


def test_only_the_guarantors_own_part_earns_where_the_policy_says_so() -> None:
    own = scheme(counted_amount=[(date(2022, 1, 1), "own_share")])
    assert assess(through(Q2, replace(T5, share=800_000)), Q2, own).amount == 252_055
    assert assess(through(Q2, replace(T5, share=800_000)), Q2).amount == 315_068


def test_clients_can_be_added_up_by_calendar_year_instead() -> None:
    first = replace(T5, amount=600_000_000, start=date(2022, 1, 1), end=date(2022, 3, 1), fee_income=600_000)
    second = replace(first, contract_id="C2", start=date(2022, 4, 1), end=date(2022, 6, 1))
    by_year = scheme(client_limit_counts=[(date(2022, 1, 1), "started_in_year")])
    together, in_year = assess(through(Q2, first, second), Q2), assess(through(Q2, first, second), Q2, by_year)
    assert [line.weighed.exclusions for line in together.lines] == [(), ()]
    assert [line.weighed.exclusions for line in in_year.lines] == [(Exclusion.CLIENT_AMOUNT,)] * 2


def test_a_formula_that_changes_with_the_year_leaves_the_old_year_as_it_was() -> None:
    then = scheme(
        formula=[(date(2022, 1, 1), "fee_gap"), (date(2023, 1, 1), "flat_prorata")],
        flat_rate=[(date(2022, 1, 1), Decimal("0.01"))],
        flat_cap=[(date(2022, 1, 1), 10**12)],
    )
    returns = through(Q4, T5) | filed(GuaranteeReturn(NEXT, (T5,)))
    found = assess(returns, NEXT, then)
    assert [(year.year, str(year.formula)) for year in found.now.years] == [(2022, "fee_gap"), (2023, "flat_prorata")]
    assert found.accrued_before == 1_575_342
    assert found.amount == 4_383_562 - 3_150_685  # 1 % of 320 days less 1 % of the 230 days before the year


def test_a_policy_that_asks_for_what_the_rule_cannot_do_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        fee_rule_for(scheme(year_end_true_up=[(date(2022, 1, 1), False)]), Q2)
    assert refusal.value.code == "policy_not_implemented"


def test_a_contract_that_cannot_be_is_refused() -> None:
    for wrong in ({"amount": 0}, {"end": T5.start}):
        with pytest.raises(Refused):
            replace(T5, **wrong)


def test_the_fen_left_over_of_a_pool_go_to_the_largest_remainders_then_by_code() -> None:
    assert pool_shares(100, {"b": Fraction(1), "a": Fraction(1), "c": Fraction(1)}) == {"a": 34, "b": 33, "c": 33}
    assert pool_shares(10, {"a": Fraction(1), "b": Fraction(2)}) == {"a": 3, "b": 7}
    assert pool_shares(10, {"a": Fraction(0)}) == {"a": 0}


def test_a_rate_that_four_decimals_do_not_hold_is_shown_with_all_four() -> None:
    assert [percentage(one) for one in (Fraction(1, 100), Fraction(803, 54000), Fraction(8, 1000), Fraction(0))] == [
        "1%",
        "1.4870%",
        "0.8%",
        "0%",
    ]


def test_the_load_of_a_client_is_its_heaviest_day_beside_the_contract() -> None:
    pick = seeded()
    for _ in range(300):
        contracts = [
            replace(
                T5,
                contract_id=f"C{number}",
                amount=pick.randrange(1, 9),
                start=(start := date(2022, 1, 1) + timedelta(days=pick.randrange(12))),
                end=start + timedelta(days=pick.randrange(1, 9)),
            )
            for number in range(pick.randrange(1, 8))
        ]
        known = known_by([GuaranteeReturn(Q2, tuple(contracts))], Q2)
        loads = ClientLoads(known)
        for one in known:
            days = [one.filed.start + timedelta(days=number) for number in range(one.days)]
            by_day = [[each for each in known if each.filed.start <= day < each.stop] for day in days]
            found = loads.beside(one, ClientScope.IN_FORCE_TOGETHER)
            assert found.amount == max(sum(each.filed.amount for each in there) for there in by_day)
            assert found.amount_days == max(sum(each.filed.amount * each.days for each in there) for there in by_day)
