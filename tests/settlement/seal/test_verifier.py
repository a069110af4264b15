"""The sealed quarter: the true file holds."""

from pathlib import Path

from flask import Flask

from settlement.seal.verifier import verify
from tests.settlement.filing_floor import Floor
from tests.settlement.seal.seal_floor import make_seal_floor


def test_the_true_file_holds(app: Flask, floor: Floor, tmp_path: Path) -> None:
    made = make_seal_floor(floor, app.extensions["checkpoints"].folder)
    seal = made.seal()
    path = tmp_path / "2022Q3.zip"
    path.write_bytes(made.file(seal))
    assert verify(path) == []
    assert verify(path, made.published) == []
