"""The sealed quarter's verifier: a true file holds, and it is one small file that stands alone."""

import ast
import subprocess
import sys
from pathlib import Path

from flask import Flask

from settlement.seal import verifier
from settlement.seal.verifier import verify
from tests.settlement.filing_floor import Floor
from tests.settlement.seal.conftest import TrueSeal
from tests.settlement.seal.seal_floor import make_seal_floor

SOURCE = Path(verifier.__file__)
LONGEST = 300


def test_the_true_file_holds_alone_and_against_what_was_published(app: Flask, floor: Floor, tmp_path: Path) -> None:
    made = make_seal_floor(floor, app.extensions["checkpoints"].folder)
    seal = made.seal()
    path = tmp_path / "2022Q3.zip"
    path.write_bytes(made.file(seal))
    assert verify(path) == []
    assert verify(path, made.published) == []
    assert made.file(seal) == path.read_bytes()


def test_sealing_again_gives_another_seal_that_holds_and_leaves_the_first_as_it_is(
    app: Flask, floor: Floor, tmp_path: Path
) -> None:
    made = make_seal_floor(floor, app.extensions["checkpoints"].folder)
    first = made.seal()
    before = made.file(first)
    second = made.seal()
    assert (first.sequence, second.sequence) == (1, 2)
    assert made.file(first) == before
    for number, seal in enumerate((first, second)):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(made.file(seal))
        assert verify(path, made.published) == []


def test_the_verifier_is_one_file_of_at_most_three_hundred_lines() -> None:
    assert len(SOURCE.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_the_verifier_needs_only_the_standard_library_and_the_parquet_reader() -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - sys.stdlib_module_names == {"duckdb"}


def test_the_verifier_runs_as_a_file_far_from_the_service(true_seal: TrueSeal, tmp_path: Path) -> None:
    alone, sealed, published = tmp_path / "check.py", tmp_path / "seal.zip", tmp_path / "published.jsonl"
    alone.write_bytes(SOURCE.read_bytes())
    sealed.write_bytes(true_seal.content)
    published.write_text(true_seal.published)
    command = [sys.executable, "-I", str(alone), str(sealed), str(published)]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    sealed.write_bytes(true_seal.content[:-1] + b"x")
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True)
    assert ended.returncode == 1
    assert "seal.zip" in ended.stderr
