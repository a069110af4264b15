"""Two increases and two controls: the officials' worked examples, and what the policy may and may not say."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from kernel.errors import Refused
from kernel.money import parse_yuan
from kernel.periods import Quarter
from kernel.policies import PolicySilent, Value
from settlement.payments.rules import policy_blocks
from settlement.two_increases import (
    INCREASES_SCHEME,
    Assessed,
    IncreasesRule,
    IndicatorKind,
    Outcome,
    Portfolio,
    PortfolioPair,
    assess_increases,
    increases_rule_for,
    increases_rule_in_force,
)
from tests.settlement.worked_examples import WorkedExample, book, entries

Entry = Mapping[str, Any]
EXAMPLES = entries("increases")


def _fen(written: str) -> int:
    whole, _, decimals = written.partition(".")
    return parse_yuan(whole) * 10_000 + int(decimals.ljust(6, "0")) if decimals else parse_yuan(whole) * 10_000


def _portfolio(written: Entry) -> Portfolio:
    new = _fen(written.get("new", "0"))
    rate = Decimal(written.get("rate", "0")) * 10_000
    return Portfolio(
        balance=_fen(written["balance"]),
        non_performing=_fen(written.get("non_performing", "0")),
        borrowers=written["borrowers"],
        new_balance=new,
        new_rated=new * int(rate),
    )


def _rule(entry: Entry) -> IncreasesRule:
    quarter = Quarter.parse(entry["quarter"])
    scheme = book().scheme(INCREASES_SCHEME)
    for name, written in entry.get("policy", {}).items():
        scheme = scheme.replacing(name, Value(name, written, quarter.first_day, None, "算例", "default"))
    return increases_rule_for(scheme, quarter)


def _assessed(entry: Entry) -> Assessed:
    rule = _rule(entry)
    days = {"now": rule.quarter, "base": rule.base, "last_year": rule.last_year}
    figures = {
        days[day]: PortfolioPair(_portfolio(entry["inclusive"][day]), _portfolio(entry["every"][day]))
        for day in entry["inclusive"]
    }
    return assess_increases(figures, rule)


def _percent(ratio: Fraction | None) -> str:
    assert ratio is not None
    return f"{ratio * 100}%"


@pytest.mark.parametrize(("example", "entry"), EXAMPLES, ids=[pair[1]["institution"] for pair in EXAMPLES])
def test_an_institutions_indicators(example: WorkedExample, entry: Entry) -> None:
    assert example.content["unit"] == "万元"
    found = _assessed(entry)
    outcomes = {str(one.kind): str(one.outcome) for one in found.indicators} | {"all": str(found.outcome)}
    assert outcomes == entry["expected"]
    growth = found.of(IndicatorKind.LOAN_GROWTH)
    if "growth" in entry:
        assert {"inclusive": _percent(growth.value), "every": _percent(growth.against)} == entry["growth"]
    if "base_quarter" in entry:
        assert found.rule.base == Quarter.parse(entry["base_quarter"])


def test_a_failed_indicator_stops_no_reward_because_no_document_links_them() -> None:
    failed = next(_assessed(entry) for _, entry in EXAMPLES if entry.get("reward") == "stays")
    assert failed.outcome is Outcome.FAILED
    blocks = policy_blocks(book(), "growth-reward", failed.rule.quarter, deducts_central_bank=False)
    assert {block.code for block in blocks} == {"policy_undecided"}


def test_the_policy_names_the_base_the_limit_and_the_points() -> None:
    rule = increases_rule_in_force(book(), Quarter(2022, 3))
    assert (rule.base, rule.last_year) == (Quarter(2021, 4), Quarter(2021, 4))
    assert rule.quarters == (Quarter(2021, 4), Quarter(2022, 3))
    assert (rule.credit_line_limit, rule.npl_points_at_most) == (1_000_000_000, Decimal("0.03"))


def test_a_quarter_before_the_policy_has_no_rule_and_no_zero() -> None:
    with pytest.raises(PolicySilent):
        increases_rule_in_force(book(), Quarter(2021, 4))


def test_a_test_that_the_policy_asks_for_and_nobody_wrote_is_refused() -> None:
    day = Quarter(2022, 3).first_day
    scheme = (
        book()
        .scheme(INCREASES_SCHEME)
        .replacing("growth_test", Value("growth_test", "at_most_all_loans", day, None, "算例", "default"))
    )
    with pytest.raises(Refused, match="policy_not_implemented"):
        increases_rule_for(scheme, Quarter(2022, 3))


def test_two_institutions_that_became_one_are_added_up() -> None:
    one = Portfolio(100, 10, 3, 40, 40 * 50_000)
    both = PortfolioPair(one, one) + PortfolioPair(Portfolio(900, 0, 2, 0, 0), one)
    assert both.inclusive == Portfolio(1000, 10, 5, 40, 2_000_000)
    assert both.inclusive.bad_ratio == Fraction(1, 100)
    assert both.inclusive.new_rate == Fraction(5, 100)
