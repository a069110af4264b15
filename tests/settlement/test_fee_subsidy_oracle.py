"""The fee subsidy against a second opinion in plain fractions, to the fen."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from kernel.periods import Quarter
from kernel.policies import Scheme, Value
from settlement.fee_subsidy import (
    SCHEME,
    FeeAssessment,
    Guarantee,
    GuaranteeCompany,
    GuaranteeEvent,
    GuaranteeReturn,
    assess_guarantors,
    fee_rule_for,
)
from tests.seeds import is_full, seeded
from tests.settlement import fee_oracle as oracle
from tests.settlement.fee_oracle import WAN, History
from tests.settlement.worked_examples import book

QUARTERS = list(Quarter.parse("2022Q1").through(Quarter.parse("2023Q2")))
FIRST_FILED = Quarter.parse("2021Q4")
CAPS = (200 * WAN, 5 * WAN // 10, WAN // 100)


@cache
def _scheme(**changed: Any) -> Scheme:
    scheme = book().scheme(SCHEME)
    for name, value in changed.items():
        scheme = scheme.replacing(name, Value(name, value, date(2022, 1, 1), None, "算例", "default"))
    return scheme


def _guarantee(one: History, known: date) -> Guarantee:
    until = {name: one[name] if one[name] and one[name] <= known else None for name in ("released", "compensated")}
    return Guarantee(
        contract_id=one["id"],
        borrower_code=one["client"],
        borrower_name="某企业",
        borrower_kind=one["kind"],
        region="410402",
        lender_code="91410402MA0000015P",
        amount=one["amount"],
        start=one["start"],
        end=one["end"],
        fee_income=one["fee"],
        extra_fees=one["extra_fees"],
        released_on=until["released"],
        compensated_on=until["compensated"],
        first_loan=one["first_loan"],
        batch_product=one["batch"],
    )


def _return(history: History, quarter: Quarter) -> GuaranteeReturn:
    """What the guarantor files for a quarter: contracts in force or ended in it, and the quarter's events."""
    first, last = quarter.first_day, quarter.last_day
    contracts, events = [], []
    for one in history["contracts"]:
        ended = min(day for day in (one["end"], one["released"], one["compensated"]) if day)
        if one["start"] <= last and ended >= first:
            contracts.append(_guarantee(one, last))
        for table, kind in (("repayments", "repayment"), ("refunds", "fee_refund")):
            events += [GuaranteeEvent(one["id"], day, kind, fen) for day, fen in one[table] if first <= day <= last]
    return GuaranteeReturn(quarter, tuple(contracts), tuple(events))


def _assessed(histories: list[History], quarter: Quarter, scheme: Scheme) -> list[FeeAssessment]:
    companies = [
        GuaranteeCompany(f"{number:04d}", "某担保", "guarantor", "410402", one["government_backed"])
        for number, one in enumerate(histories)
    ]
    filed = {
        (company.code, each): _return(one, each)
        for company, one in zip(companies, histories, strict=True)
        for each in FIRST_FILED.through(quarter)
    }
    return assess_guarantors(companies, filed, fee_rule_for(scheme, quarter))


def _quarters_agree(histories: list[History], scheme: Scheme) -> None:
    ends = [quarter.last_day for quarter in QUARTERS]
    expected = [oracle.dues(one, ends) for one in histories]
    for place, quarter in enumerate(QUARTERS):
        found = _assessed(histories, quarter, scheme)
        assert [one.amount for one in found] == [one[place] for one in expected]
        assert all(one.rounding_difference == 0 for one in found)


def test_random_histories_agree_to_the_fen() -> None:
    """A sample; 10,002 histories with YINQI_FULL=1."""
    pick = seeded()
    for cap in CAPS:
        histories = [oracle.random_history(pick, "fee_gap", (cap,)) for _ in range(3334 if is_full() else 400)]
        _quarters_agree(histories, _scheme(annual_cap=cap))


def test_the_flat_rate_agrees_and_is_capped_by_client() -> None:
    pick = seeded()
    histories = [oracle.random_history(pick, "flat_prorata", (WAN,)) for _ in range(1000)]
    _quarters_agree(histories, _scheme(formula="flat_prorata", flat_rate=Decimal("0.005"), flat_cap=WAN))


def test_the_formulas_of_a_whole_year_agree() -> None:
    pick = seeded()
    histories = [oracle.random_history(pick, "tier_rate", CAPS) for _ in range(1000)]
    quarter = Quarter.parse("2022Q4")
    tiers = _assessed(histories, quarter, _scheme(formula="tier_rate"))
    assert [one.amount for one in tiers] == [oracle.tier_amount(one, 2022) for one in histories]
    averages = _assessed(histories, quarter, _scheme(formula="average_balance"))
    assert [one.amount for one in averages] == [oracle.average_amount(one, 2022) for one in histories]


def test_a_pool_is_shared_out_to_the_last_fen_and_nobody_is_a_fen_off() -> None:
    pick = seeded()
    for _ in range(200):
        histories = [oracle.random_history(pick, "pool_share", CAPS) for _ in range(pick.randrange(1, 6))]
        pool = pick.randrange(1, 400 * WAN)
        found = [
            one.amount or 0
            for one in _assessed(histories, Quarter.parse("2022Q4"), _scheme(formula="pool_share", pool=pool))
        ]
        exact = oracle.pool_amounts(pool, histories, 2022)
        assert sum(found) == sum(exact)
        assert all(abs(amount - part) < 1 for amount, part in zip(found, exact, strict=True))


def test_the_order_of_contracts_and_events_changes_nothing() -> None:
    pick = seeded()
    for history in [oracle.random_history(pick, "fee_gap", CAPS) for _ in range(200)]:
        company = GuaranteeCompany("0001", "某担保", "guarantor", "410402")
        filed = {(company.code, each): _return(history, each) for each in FIRST_FILED.through(QUARTERS[3])}
        shuffled = {
            key: replace(one, contracts=one.contracts[::-1], events=one.events[::-1])
            for key, one in sorted(filed.items(), reverse=True)
        }
        rule = fee_rule_for(_scheme(), QUARTERS[3])
        (first,), (second,) = assess_guarantors([company], filed, rule), assess_guarantors([company], shuffled, rule)
        assert (first.lines, first.amount) == (second.lines, second.amount)
