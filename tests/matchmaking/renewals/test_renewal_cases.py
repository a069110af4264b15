"""The officials' worked examples of renewal and deferral."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from config.city_calendar import load_calendar
from kernel.money import parse_yuan
from kernel.policies import PolicyBook
from matchmaking.deferrals.rules import DeferralFacts, deferral_answers, longest
from matchmaking.renewals.rules import (
    LoanContract,
    RenewalFacts,
    answer_due_on,
    answers,
    contract_faults,
    is_eligible,
    window_of,
)

CASES = Path(__file__).parent / "cases"
CONFIG = Path(__file__).parents[3] / "config"
BOOK = PolicyBook.load(CONFIG / "policies")
SCHEME = BOOK.scheme("renewal")
CALENDAR = load_calendar(CONFIG / "city")


def entries(table: str) -> list[Any]:
    return [
        pytest.param(entry, id=f"{path.stem}-{number}")
        for path in sorted(CASES.glob("*.toml"))
        for number, entry in enumerate(tomllib.loads(path.read_text("utf-8")).get(table, []), start=1)
    ]


@pytest.mark.parametrize("entry", entries("renewal"))
def test_each_condition_is_answered_as_the_example_says(entry: Mapping[str, Any]) -> None:
    facts = RenewalFacts(
        applied_on=entry["applied_on"],
        due_on=entry["due_on"],
        borrower_kind=entry["kind"],
        purpose=entry["purpose"],
        classification=entry.get("class"),
        is_listed=entry["listed"],
        said=entry["said"],
    )
    found = answers(facts, BOOK)
    assert is_eligible(found) == entry["expected"]
    assert [one.condition for one in found if one.answer == "no"] == entry.get("no", [])
    assert [one.condition for one in found if one.answer == "unknown"] == entry.get("unknown", [])
    assert all(one.why.zh and one.why.en for one in found)


@pytest.mark.parametrize("entry", entries("window"))
def test_the_window_is_what_the_example_says(entry: Mapping[str, Any]) -> None:
    window = window_of(SCHEME, entry["due_on"], entry["due_on"])
    assert vars(window) == {name: day for name, day in entry.items() if name != "due_on"}


@pytest.mark.parametrize("entry", entries("clock"))
def test_the_bank_answers_by_the_day_of_the_example(entry: Mapping[str, Any]) -> None:
    assert answer_due_on(SCHEME, CALENDAR, entry["due_on"], entry["applied_on"]) == entry["answer_by"]


def contract(number: str, entry: Mapping[str, Any]) -> LoanContract:
    signed_on = entry.get("signed_on", entry["starts_on"])
    return LoanContract(number, parse_yuan(entry["principal"]), entry["starts_on"], entry["due_on"], signed_on)


@pytest.mark.parametrize("entry", entries("contract"))
def test_a_contract_renews_or_not_as_the_example_says(entry: Mapping[str, Any]) -> None:
    faults = contract_faults(contract("old", entry["old"]), contract("new", entry["new"]), SCHEME)
    assert [name for name, _ in faults] == entry["faults"]


@pytest.mark.parametrize("entry", entries("deferral"))
def test_a_loan_is_deferred_until_the_day_of_the_example(entry: Mapping[str, Any]) -> None:
    facts = DeferralFacts(
        entry["asked_on"], entry["due_on"], entry["kind"], entry.get("merchant", False), entry.get("hit", False)
    )
    found = deferral_answers(facts, BOOK)
    applying = {one.rule: one.until.isoformat() if one.until else "" for one in found if one.applies}
    assert applying == entry["expected"]
    latest = max((day for day in entry["expected"].values() if day), default=None)
    assert (longest(found).isoformat() if longest(found) else None) == latest  # type: ignore[union-attr]
