"""The shipped policy book against the notice itself: all 43 clauses, exact quotes, dates and amounts as ordered."""

import math
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kernel.policies import UNDECIDED_MARK, PolicyBook
from kernel.regions import REGIONS

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "config" / "policies"
BOOK = PolicyBook.load(POLICIES)
NOTICE = re.sub(r"\s", "", (ROOT / "config" / "documents" / "notice-2022-15.txt").read_text(encoding="utf-8"))
KINDS = "TTTPA PAGPG PTPAP PGGGP GTGPP PAAPP TAAAA GPAAA APG".replace(" ", "")
SIGNED = date(2022, 5, 24)
VALUES = [(f"{s.id}.{p.name}", v) for s in BOOK.schemes for p in s.parameters for v in p.values]


def test_all_43_clauses_stand_in_the_book_with_their_kinds() -> None:
    assert {clause.number: clause.kind for clause in BOOK.clauses} == dict(enumerate(KINDS, start=1))


def test_every_payable_or_pending_clause_is_a_scheme_of_its_own() -> None:
    schemes = [clause.scheme for clause in BOOK.clauses if clause.kind in "AP"]
    assert len(schemes) == len(set(schemes)) == 28
    assert [scheme.id for scheme in BOOK.schemes] == sorted(path.stem for path in POLICIES.glob("*.toml"))


def test_every_quote_of_a_clause_is_in_the_notice_word_for_word() -> None:
    assert [c.number for c in BOOK.clauses if re.sub(r"\s", "", c.quote) not in NOTICE] == []


def test_every_value_from_the_notice_quotes_it_word_for_word() -> None:
    ordered = [(name, value) for name, value in VALUES if value.origin == "notice"]
    assert len(ordered) > 60
    assert [name for name, value in ordered if not value.quote or re.sub(r"\s", "", value.quote) not in NOTICE] == []


def test_law_and_choice_can_be_told_apart() -> None:
    assert {v.origin for _, v in VALUES if UNDECIDED_MARK in v.reference} == {"default"}
    assert [name for name, v in VALUES if v.origin == "notice" and "平政办〔2022〕15号" not in v.reference] == []


def test_undated_clauses_run_from_the_day_of_signing() -> None:
    dated = {5, 7, 27, 28}
    assert [c.number for c in BOOK.clauses if c.valid_from != SIGNED] == sorted(dated)
    assert {c.number: c.valid_until for c in BOOK.clauses if c.valid_until} == {
        5: date(2022, 3, 31),
        7: date(2023, 6, 30),
        12: date(2022, 12, 31),
        16: date(2022, 6, 30),
    }


@pytest.mark.parametrize(
    ("scheme", "name", "fen"),
    [
        ("full-load-award", "amount", 20_000_000),
        ("first-entry-award", "amount", 5_000_000),
        ("first-entry-revenue-award", "amount", 3_000_000),
        ("first-entry-revenue-award", "revenue_at_least", 5_000_000_000),
        ("board-listing-award", "cap", 1_000_000_000),
        ("neeq-listing-award", "amount", 200_000_000),
        ("zhongyuan-listing-award", "amount", 30_000_000),
        ("zhongyuan-refinancing-award", "annual_cap", 100_000_000),
        ("little-giant-award", "amount", 50_000_000),
        ("specialised-firm-award", "amount", 20_000_000),
        ("equipment-subsidy", "cap", 500_000_000),
        ("fee-subsidy", "annual_cap", 200_000_000),
    ],
)
def test_amounts_are_those_of_the_notice(scheme: str, name: str, fen: int) -> None:
    day = date(2022, 3, 31) if scheme == "full-load-award" else date(2022, 6, 30)
    assert BOOK.scheme(scheme).value(name, on=day).fen == fen


@pytest.mark.parametrize(
    ("scheme", "amounts"),
    [
        ("apprentice-subsidy", {"intermediate": 500_000, "senior": 600_000}),
        ("board-listing-award", {"filing": 300_000_000, "acceptance": 300_000_000, "trading": 400_000_000}),
        ("service-platform-award", {"national": 50_000_000, "provincial": 30_000_000}),
        ("platform-assessment-award", {"first": 20_000_000, "second": 10_000_000, "third": 5_000_000}),
    ],
)
def test_amounts_by_level_are_those_of_the_notice(scheme: str, amounts: dict[str, int]) -> None:
    assert BOOK.scheme(scheme).value("amounts", on=date(2022, 6, 30)).numbers == amounts


def test_a_bridging_case_of_seven_days_costs_14400_yuan() -> None:
    fund, day = BOOK.scheme("bridging-fund"), date(2022, 6, 30)
    first = fund.value("first_fee_days", on=day).integer * fund.value("first_daily_fee", on=day).rate
    later = 2 * fund.value("later_daily_fee", on=day).rate
    assert 8_000_000 * (first + later) == Decimal(14_400)


def test_the_cap_of_a_board_listing_is_the_sum_of_its_nodes() -> None:
    scheme = BOOK.scheme("board-listing-award")
    assert sum(scheme.value("amounts", on=SIGNED).numbers.values()) == scheme.value("cap", on=SIGNED).fen


def test_the_fiscal_shares_of_the_inner_districts_add_up() -> None:
    shares = BOOK.scheme("fiscal-shares").values(SIGNED)
    assert shares["inner_city_share"].rate + shares["inner_region_share"].rate == 1
    assert shares["outer_region_share"].rate == 1
    assert shares["inner_regions"].origin == "default"
    assert len(shares["inner_regions"].codes) == 5
    assert "410404" not in shares["inner_regions"].codes


def test_pool_targets_add_up_to_138_and_the_pool_to_169() -> None:
    pool = BOOK.scheme("pool").values(SIGNED)
    targets, multiple = pool["targets"].numbers, pool["pool_multiple"].rate
    assert sum(targets.values()) == pool["city_target"].integer == 138
    assert sum(math.ceil(target * multiple) for target in targets.values()) == 169


def test_policies_name_the_twelve_regions_as_the_service_does() -> None:
    names = {region.code: region.name for region in REGIONS}
    assert BOOK.scheme("pool").parameter("targets").choices == names
    assert BOOK.scheme("fiscal-shares").parameter("inner_regions").choices == names


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (date(2024, 9, 23), ("small", "micro")),
        (date(2024, 9, 24), ("small", "micro", "individual_business", "owner", "farmer")),
    ],
)
def test_renewal_widened_on_24_september_2024(day: date, kinds: tuple[str, ...]) -> None:
    assert BOOK.scheme("renewal").value("borrower_kinds", on=day).codes == kinds
