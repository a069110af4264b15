"""What is kept is right: by the rows and by the text, damaged files worked out anew."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from settlement.engine.balances import Tape, reconciliations, sums
from settlement.engine.cache import FolderCache, MemoryCache, SumsCache
from settlement.engine.definition import definition_in_force
from settlement.engine.machines import DuckDB, Rows
from settlement.engine.statement import statement
from tests.settlement.tapes import write_tape
from tests.settlement.worked_examples import book

DEFINITION = definition_in_force(book(), date(2022, 3, 31))


class Counted(DuckDB):
    """DuckDB that says which returns it read."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self.read: list[str] = []

    def rows(self, text: str, returns: Sequence[Path]) -> Iterator[Rows]:
        self.read += [tape.name for tape in returns]
        return super().rows(text, returns)


@pytest.fixture(params=["memory", "folder"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> SumsCache:
    return MemoryCache() if request.param == "memory" else FolderCache(tmp_path / "cache")


@pytest.fixture
def tapes(tmp_path: Path) -> list[Tape]:
    loans = [{"balance": 10}, {"balance": 20, "borrower_kind": "medium"}, {"balance": 40, "credit_line": 10**12}]
    return [Tape(write_tape(tmp_path / f"{count}", loans[:count]), f"digest{count}") for count in range(4)]


def test_a_second_settlement_reads_no_rows(cache: SumsCache, tapes: list[Tape]) -> None:
    machine = Counted()
    first = sums(tapes, DEFINITION, machine, cache)
    assert sums(tapes, DEFINITION, machine, cache) == first
    assert machine.read == ["0", "1", "2", "3"]
    assert [one.balance for one in first.values()] == [0, 10, 30, 70]


def test_a_restated_return_is_the_only_one_read_again(cache: SumsCache, tapes: list[Tape], tmp_path: Path) -> None:
    machine = Counted()
    sums(tapes, DEFINITION, machine, cache)
    restated = Tape(write_tape(tmp_path / "restated", [{"balance": 11}]), "another digest")
    found = sums([restated, *tapes[2:]], DEFINITION, machine, cache)
    assert machine.read[4:] == ["restated"]
    assert found["another digest"].balance == 11


def test_another_limit_is_another_key_and_another_kind_is_not(cache: SumsCache, tapes: list[Tape]) -> None:
    machine = Counted()
    policy = reconciliations(tapes, DEFINITION, machine, cache)["digest3"]
    kinds = replace(DEFINITION, borrower_kinds=DEFINITION.borrower_kinds | {"medium"})
    with_medium = reconciliations(tapes, kinds, machine, cache)["digest3"]
    assert len(machine.read) == 4
    no_limit = reconciliations(tapes, replace(DEFINITION, tests_credit_line=False), machine, cache)["digest3"]
    assert len(machine.read) == 4
    higher = reconciliations(tapes, replace(DEFINITION, credit_line_limit=10**12), machine, cache)["digest3"]
    assert len(machine.read) == 8
    assert (policy.eligible, with_medium.eligible, no_limit.eligible, higher.eligible) == (10, 30, 50, 50)


@pytest.mark.parametrize("damage", ["", "{", '{"kinds": [], "digest": "x"}', '{"kinds": 1}'])
def test_a_damaged_file_counts_as_not_there(tapes: list[Tape], tmp_path: Path, damage: str) -> None:
    cache, machine = FolderCache(tmp_path / "cache"), Counted()
    first = sums(tapes, DEFINITION, machine, cache)
    for path in (tmp_path / "cache").rglob("*.json"):
        path.write_text(damage)
    assert sums(tapes, DEFINITION, machine, cache) == first
    assert len(machine.read) == 8


def test_a_changed_sum_in_a_kept_file_is_noticed(tapes: list[Tape], tmp_path: Path) -> None:
    cache = FolderCache(tmp_path / "cache")
    sums(tapes, DEFINITION, Counted(), cache)
    (path,) = (tmp_path / "cache").rglob("digest1-*.json")
    path.write_text(path.read_text().replace('"balance": 10', '"balance": 11'))
    assert cache.get("digest1", statement(DEFINITION).digest) is None
