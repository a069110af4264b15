"""`yinqi verify session` with the files that the certificate was made from, and without: what was checked is said."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config.cli import cli
from config.settings import Settings
from tests.matchmaking.test_commands import run as match
from tests.matchmaking.test_market_files import BANKS, PRODUCTS, REQUESTS

POLICIES = str(Settings().policies_dir)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The market of the command's tests, matched into `out`."""
    for name, content in (("banks", BANKS), ("products", PRODUCTS), ("requests", REQUESTS)):
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    assert match(tmp_path, "out").exit_code == 0
    return tmp_path


def verify(files: Path, *more: str) -> Result:
    return CliRunner().invoke(cli, ["verify", "session", str(files / "out" / "certificate.json"), *more])


def given(files: Path, *kinds: str) -> list[str]:
    return [part for kind in kinds for part in (f"--{kind}", str(files / f"{kind}.csv"))]


def test_the_certificate_alone_says_what_it_could_not_check(files: Path) -> None:
    run = verify(files)
    assert run.exit_code == 0
    assert "give --banks, --products, --requests" in run.stderr
    assert "give --policies" in run.stderr


def test_with_all_files_and_policies_the_session_is_computed_again(files: Path) -> None:
    run = verify(files, *given(files, "banks", "products", "requests"), "--policies", POLICIES)
    assert run.exit_code == 0, run.output
    assert "用这些文件重算，证书一样" in run.stdout
    assert "inputs were not compared" not in run.stderr


@pytest.mark.parametrize("kind", ["banks", "products", "requests"])
def test_another_file_is_found_by_its_digest(files: Path, kind: str) -> None:
    path = files / f"{kind}.csv"
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join(rows[:-1]) + "\n", encoding="utf-8")
    run = verify(files, *given(files, kind))
    assert run.exit_code == 1
    assert run.stderr.startswith(f"other_files: {kind} ({kind}.csv)")


def test_another_policy_is_found(files: Path, tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    for path in Path(POLICIES).glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text.replace("amount_fit = 40", "amount_fit = 41"), encoding="utf-8")
    run = verify(files, "--policies", str(folder))
    assert run.exit_code == 1
    assert "other_policy" in run.stderr


def test_an_unreadable_file_is_refused_in_words(files: Path) -> None:
    (files / "banks.csv").write_text("nothing\n")
    run = verify(files, *given(files, "banks"))
    assert run.exit_code == 1
    assert "Traceback" not in run.output
