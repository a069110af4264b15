"""The back-test: what each mechanism makes of past weeks, the same every time."""

import csv
import json
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from kernel.policies import PolicyBook
from matchmaking.commands import match
from matchmaking.matching.market import Bank, Market, Product, Request
from matchmaking.matching_policy import both_rules, matching_policy
from matchmaking.replay_commands import weeks_in
from matchmaking.replaying import MECHANISMS, PastOutcome, PastWeek, compared, replay, rows
from matchmaking.sessions.market import market_files
from matchmaking.week import Terms, match_week
from tests.matchmaking.markets import WEEK, market

POLICIES = Path(__file__).parents[2] / "config" / "policies"
BOOK = PolicyBook.load(POLICIES)
RULES = both_rules(BOOK, WEEK.monday)


def past(seed: int) -> PastWeek:
    rng = random.Random(seed)
    terms = Terms(WEEK, rng.randint(2, 6), rng.randbytes(16), rng.choice([None, None, 2]))
    return PastWeek(market(rng, rng.randint(10, 60), rng.randint(2, 6), 120), terms)


def by_name(found: list[PastOutcome]) -> dict[str, PastOutcome]:
    return {one.mechanism: one for one in found}


@pytest.mark.parametrize("seed", range(30))
def test_the_published_rules_reach_the_bound_that_no_mechanism_passes(seed: int) -> None:
    print(f"seed {seed}")
    week = past(seed)
    found = by_name(replay(week, RULES))
    assert list(found) == list(MECHANISMS)
    bound = found["tiers"].bound
    assert found["tiers"].met == found["reserves"].met == bound
    for one in found.values():
        assert one.bound == bound
        assert one.met <= bound
        assert one.meetings >= one.met
        assert sum(row["met"] for row in one.counts["county"].values()) == one.met
        assert sum(row["meetings"] for row in one.counts["bank"].values()) == one.meetings


def test_the_replay_of_the_rule_in_force_is_the_session_as_it_was() -> None:
    week = past(3)
    plan = match_week(week.market, policy=matching_policy(BOOK, WEEK.monday), terms=week.terms)
    one = by_name(replay(week, RULES))["tiers"]
    assert (one.met, one.meetings) == (plan.assignment.coverage, len(plan.meetings))
    counts = json.loads(plan.certificate)["counts"]
    assert {name: one.counts[name] for name in counts} == counts


def one_bank_week(desks: int, tags: list[frozenset[str]], wants: int = 1, banks: int = 1) -> PastWeek:
    """Enterprises that differ by their marks only, before banks that take any of them."""
    places = tuple(Bank(f"B{number}", f"银行{number}", desks) for number in range(banks))
    kinds = frozenset({"surety"})
    products = tuple(
        Product(f"P{n}", f"B{n}", "产品", 1, 10**12, 1, 60, Decimal("3.85"), Decimal("6"), kinds) for n in range(banks)
    )
    asked = tuple(
        Request(
            f"R{n}",
            f"E{n}",
            f"企业{n}",
            10**8,
            12,
            Decimal("5"),
            kinds,
            "C13",
            "410402",
            "working_capital",
            tags=one,
            meetings_wanted=wants,
        )
        for n, one in enumerate(tags)
    )
    return PastWeek(Market(places, products, asked), Terms(WEEK, 5, b"seed"))


def test_textbook_acceptance_leaves_firms_without_any_meeting_where_ours_does_not() -> None:
    """Three banks with ten seats each: favoured firms take three meetings each, and the others none."""
    week = one_bank_week(2, [frozenset({"pool"})] * 10 + [frozenset[str]()] * 10, wants=3, banks=3)
    found = by_name(replay(week, RULES))
    assert found["textbook"].met == 10
    assert found["tiers"].met == found["reserves"].met == 20
    assert {one.meetings for one in found.values()} == {30}


def test_reserves_leave_seats_to_others_that_tiers_give_to_favoured_firms_alone() -> None:
    week = one_bank_week(2, [frozenset({"pool"})] * 12 + [frozenset[str]()] * 30)
    found = by_name(replay(week, RULES))
    pool = {name: one.counts["pool"]["yes"]["met"] for name, one in found.items()}
    assert pool["tiers"] == 10
    assert 2 <= pool["reserves"] < 10


def test_greedy_takes_the_best_scores() -> None:
    week = past(5)
    found = by_name(replay(week, RULES))
    best = max(one.score / one.meetings for one in found.values())
    assert found["greedy"].score / found["greedy"].meetings == best


def test_before_the_reserves_begin_a_back_test_takes_their_first_values() -> None:
    rules = both_rules(BOOK, date(2022, 6, 13))
    assert rules["tiers"] == matching_policy(BOOK, date(2022, 6, 13))
    assert rules["reserves"] == matching_policy(BOOK, date(2023, 1, 2))


def fileable(seed: int) -> PastWeek:
    """A week that the files can hold: they refuse a request without a guarantee or an industry, and an offer that ends first."""
    week = past(seed)
    asked = tuple(
        replace(one, guarantee_kinds=one.guarantee_kinds or frozenset({"surety"}), industry=one.industry or "C13")
        for one in week.market.requests
    )
    offered = tuple(replace(one, valid_from=None, valid_to=None, quota=None) for one in week.market.products)
    return replace(week, market=replace(week.market, requests=asked, products=offered))


def weeks(folder: Path, seeds: range) -> Path:
    """Past weeks as files, each with the certificate that was published."""
    for number, seed in enumerate(seeds):
        week = fileable(seed)
        place = folder / f"week-{number}"
        place.mkdir(parents=True)
        plan = match_week(week.market, policy=RULES["tiers"], terms=week.terms)
        for name, content in (market_files(week.market) | {"certificate.json": plan.certificate}).items():
            (place / name).write_bytes(content)
    return folder


def test_the_command_compares_the_mechanisms_and_writes_the_same_rows_each_time(tmp_path: Path) -> None:
    folder = weeks(tmp_path / "weeks", range(2))
    for name in ("one", "two"):
        arguments = ["--replay", str(folder), "--policies", str(POLICIES), "--out", str(tmp_path / name)]
        done = CliRunner().invoke(match, arguments)
        assert done.exit_code == 0, done.output
        for mechanism in MECHANISMS:
            assert mechanism in done.output
    first, second = ((tmp_path / name / "replay.csv").read_bytes() for name in ("one", "two"))
    assert first == second
    listed = list(csv.DictReader(first.decode("utf-8-sig").splitlines()))
    expected = [one for week in weeks_in(folder) for one in replay(week, RULES)]
    assert [tuple(row.values()) for row in listed] == rows(expected)
    assert next(one.met for one in compared(expected)) == sum(one.met for one in expected if one.mechanism == "tiers")


def test_a_folder_without_weeks_is_refused_with_what_belongs_there(tmp_path: Path) -> None:
    arguments = ["--replay", str(tmp_path), "--policies", str(POLICIES), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(match, arguments)
    assert done.exit_code == 1
    assert "certificate.json" in (tmp_path / "out" / "errors.csv").read_text(encoding="utf-8-sig")


def test_a_match_without_its_files_says_what_is_missing(tmp_path: Path) -> None:
    done = CliRunner().invoke(match, ["--policies", str(POLICIES), "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "--replay" in done.output
