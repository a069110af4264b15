"""The officials' worked examples of the bridging fund."""

import random
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import Conflict
from kernel.money import parse_yuan
from kernel.policies import PolicyBook
from matchmaking.bridging.drawing import drawn, in_proportion, most_for
from matchmaking.bridging.fees import Advance, fee, fee_tiers, is_commitment_called, overdue_days
from matchmaking.bridging.terms import bridging_terms

CASES = Path(__file__).parent / "cases"
BOOK = PolicyBook.load(Path(__file__).parents[3] / "config" / "policies")
TERMS = bridging_terms(BOOK, date(2022, 10, 10))


def entries(table: str) -> list[Any]:
    files = sorted(CASES.glob("*.toml"))
    return [
        pytest.param(entry, id=f"{path.stem}-{number}")
        for path in files
        for number, entry in enumerate(tomllib.loads(path.read_text("utf-8")).get(table, []), start=1)
    ]


def advance(entry: Mapping[str, Any]) -> Advance:
    repaid = {date.fromisoformat(day): parse_yuan(amount) for day, amount in entry.get("repaid", {}).items()}
    return Advance(parse_yuan(entry["principal"]), entry["paid_out_on"], entry["days"], repaid)


@pytest.mark.parametrize("entry", entries("fee"))
def test_the_fee_is_what_the_example_says(entry: Mapping[str, Any]) -> None:
    terms = bridging_terms(BOOK, entry["paid_out_on"])
    assert fee(advance(entry), terms, entry["back_on"]) == parse_yuan(entry["expected"])
    if "tiers" in entry:
        tiers = {tier.name: tier.cost for tier in fee_tiers(advance(entry), terms, entry["back_on"])}
        assert tiers == {name: parse_yuan(amount) for name, amount in entry["tiers"].items()}


@pytest.mark.parametrize("entry", entries("cap"))
def test_a_case_may_have_what_the_example_says(entry: Mapping[str, Any]) -> None:
    assert most_for(TERMS, entry["kind"], parse_yuan(entry["commitment"])) == parse_yuan(entry["expected"])


@pytest.mark.parametrize("entry", entries("draw"))
def test_the_pools_give_what_the_example_says(entry: Mapping[str, Any]) -> None:
    available = list(enumerate(map(parse_yuan, entry["available"])))
    if "refused" in entry:
        with pytest.raises(Conflict) as refusal:
            drawn(parse_yuan(entry["amount"]), available)
        assert refusal.value.code == entry["refused"]
        return
    parts = drawn(parse_yuan(entry["amount"]), available)
    assert [parts.get(pool, 0) for pool, _ in available] == list(map(parse_yuan, entry["expected"]))


@pytest.mark.parametrize("entry", entries("share"))
def test_what_comes_back_is_shared_as_the_example_says(entry: Mapping[str, Any]) -> None:
    shares = in_proportion(parse_yuan(entry["amount"]), dict(enumerate(map(parse_yuan, entry["owed"]))))
    assert list(shares.values()) == list(map(parse_yuan, entry["expected"]))


@pytest.mark.parametrize("entry", entries("default"))
def test_a_default_runs_as_the_example_says(entry: Mapping[str, Any]) -> None:
    due_on, today = entry["due_on"], entry["today"]
    assert overdue_days(due_on, today) == entry["day"]
    assert is_commitment_called(due_on, today, TERMS) == entry["called"]


def test_the_fee_is_the_sum_over_the_days_one_by_one() -> None:
    """Against a naive sum that shares no code; replay by the printed seed."""
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(2000):
        principal, days = chance.randrange(1, 10**9), chance.randint(1, 10)
        out, held = date(2022, 10, 1) + timedelta(chance.randrange(400)), chance.randrange(0, 25)
        naive = Fraction(0)
        for number in range(held):
            naive += principal * (Fraction(6, 10**4) if number >= days else Fraction(4 if number >= 5 else 2, 10**4))
        whole = (naive.numerator * 2 + naive.denominator) // (naive.denominator * 2)
        assert fee(Advance(principal, out, days), TERMS, out + timedelta(held)) == whole


def test_shares_add_up_and_no_pool_gets_more_than_it_is_owed() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(2000):
        owed = {pool: chance.choice([0, 1, chance.randrange(10**9)]) for pool in range(chance.randint(1, 4))}
        amount = chance.randint(0, sum(owed.values()))
        shares = in_proportion(amount, owed)
        assert sum(shares.values()) == amount
        assert all(0 <= shares[pool] <= owed[pool] for pool in owed)
