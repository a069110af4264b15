"""Whatever is changed in a sealed file is named with its place, and no edit with every hash computed anew passes what was published."""

import os
from pathlib import Path
from random import Random, SystemRandom

import pytest

from settlement.seal.verifier import Break, verify
from tests.settlement.seal.conftest import TrueSeal
from tests.settlement.seal.forging import CAUGHT_ALONE, CLEAN, EDITS, Forgery
from tests.settlement.seal.tampering import KINDS, edited_tape, members_of, zipped

TIMES = 20  # of each kind: 220 tamperings


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_random_tampering_is_named_with_its_place(kind: object, true_seal: TrueSeal, tmp_path: Path) -> None:
    assert callable(kind)
    seed = int(os.environ.get("YINQI_SEED", 0)) or SystemRandom().randrange(2**32)
    print(f"YINQI_SEED={seed}")
    random, path = Random(seed), tmp_path / "seal.zip"
    for _ in range(TIMES):
        tampered = kind(true_seal.content, random)
        path.write_bytes(tampered.content)
        named = {one.file for one in verify(path)}
        assert named, tampered.what
        assert not tampered.places or named & tampered.places, tampered.what


def found_in(true_seal: TrueSeal, edit: object, tmp_path: Path, published: str | None) -> list[Break]:
    assert callable(edit)
    forged = Forgery.of(true_seal.content)
    edit(forged)
    path = tmp_path / "forged.zip"
    path.write_bytes(forged.finish())
    assert path.read_bytes() != true_seal.content
    return verify(path, published)


def test_the_attacker_computes_everything_anew_as_the_service_did(true_seal: TrueSeal) -> None:
    assert Forgery.of(true_seal.content).finish() == true_seal.content
    assert zipped(members_of(true_seal.content)) == true_seal.content


@pytest.mark.parametrize("name", CLEAN)
def test_an_edit_with_every_hash_recomputed_shows_only_against_what_was_published(
    name: str, true_seal: TrueSeal, tmp_path: Path
) -> None:
    assert found_in(true_seal, CLEAN[name], tmp_path, None) == []
    refused = found_in(true_seal, CLEAN[name], tmp_path, true_seal.published)
    assert {one.file for one in refused} <= {"audit.jsonl", "checkpoint.json"}
    assert refused


@pytest.mark.parametrize("name", CAUGHT_ALONE)
def test_an_edit_that_changes_a_figure_or_a_hand_shows_even_without(
    name: str, true_seal: TrueSeal, tmp_path: Path
) -> None:
    assert found_in(true_seal, CAUGHT_ALONE[name], tmp_path, None)
    assert found_in(true_seal, CAUGHT_ALONE[name], tmp_path, true_seal.published)


def test_there_are_at_least_twenty_kinds_of_forged_edits() -> None:
    assert len(EDITS) >= 20


def test_a_checkpoint_that_does_not_reach_the_seal_is_not_enough(true_seal: TrueSeal, tmp_path: Path) -> None:
    path = tmp_path / "seal.zip"
    path.write_bytes(true_seal.content)
    other = '{"at":"2022-01-01T00:00:00+00:00","digest":"00","number":1,"signature":"00"}'
    assert [(one.file, one.field) for one in verify(path, other)] == [("checkpoint.json", "published")]


def test_a_changed_loan_is_told_by_file_row_and_column(true_seal: TrueSeal, tmp_path: Path) -> None:
    members = members_of(true_seal.content)
    name = next(one for one in members if one.endswith(".parquet"))
    select = "SELECT * REPLACE (CASE WHEN bno = 4 THEN 'HKD' ELSE currency END AS currency) FROM tape"
    members[name] = edited_tape(members[name], select)
    path = tmp_path / "seal.zip"
    path.write_bytes(zipped(members))
    assert tuple(verify(path)[0])[:3] == (name, "#4", "currency")
