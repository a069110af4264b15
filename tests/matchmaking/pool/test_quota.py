"""Targets, minima and the bar, as officials write them in `cases/targets.toml`."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

from kernel.policies import PolicyBook
from kernel.regions import find_region
from matchmaking.pool.outlook import month_before
from matchmaking.pool.quota import Quota, least_firms, pool_rules, report_until, standard_bar

CASES = Path(__file__).parent / "cases"
BOOK = PolicyBook.load(Path(__file__).parents[3] / "config" / "policies")
DAY = date(2022, 10, 20)
WAN = 1_000_000  # fen
TARGETS = tomllib.loads((CASES / "targets.toml").read_text("utf-8"))


def test_the_twelve_targets_and_minima_are_those_of_the_notice() -> None:
    said = {}
    for name, case in TARGETS["counties"].items():
        found = find_region(name)
        assert found is not None
        said[found.code] = Quota(case["target"], case["minimum"])
    assert pool_rules(BOOK, DAY).quotas == said
    assert len(said) == 12


def test_the_targets_sum_to_138_and_the_minima_to_169() -> None:
    quotas = pool_rules(BOOK, DAY).quotas.values()
    assert sum(one.target for one in quotas) == TARGETS["sum_of_targets"] == 138
    assert sum(one.minimum for one in quotas) == TARGETS["sum_of_minima"] == 169
    assert pool_rules(BOOK, DAY).city_target == TARGETS["city_target"]


def test_a_whole_product_is_not_rounded_up_any_further() -> None:
    assert least_firms(5, Decimal("1.2")) == 6
    assert least_firms(10, Decimal("1.2")) == 12
    assert least_firms(0, Decimal("1.2")) == 0


def test_the_bar_is_half_the_standard() -> None:
    bar = TARGETS["bar"]
    assert pool_rules(BOOK, DAY).standard == bar["standard_wan"] * WAN
    assert pool_rules(BOOK, DAY).bar == bar["bar_wan"] * WAN
    assert standard_bar(3, Decimal("0.5")) == 2


def test_a_year_without_targets_has_no_quotas_rather_than_nil() -> None:
    rules = pool_rules(BOOK, date(2023, 5, 1))
    assert rules.quotas == {}
    assert rules.city_target is None


def test_the_report_is_due_by_the_end_of_january() -> None:
    assert report_until(BOOK, 2022) == date(2023, 1, 31)


def test_months_run_back_over_the_new_year() -> None:
    assert [month_before(date(2022, 2, 14), back) for back in range(4)] == [
        date(2022, 2, 1),
        date(2022, 1, 1),
        date(2021, 12, 1),
        date(2021, 11, 1),
    ]
