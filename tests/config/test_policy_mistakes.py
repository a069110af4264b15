"""Mistakes in policy files are refused at once, with file, line, key and what to write, in both languages."""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from config.cli import cli
from config.declared import DECLARED
from kernel.policies import PolicyBook, PolicyFilesInvalid
from kernel.policies.lines import lines_of

HERE = Path(__file__).parent
POLICIES = HERE.parents[1] / "config" / "policies"
MISTAKES: list[dict[str, Any]] = tomllib.loads((HERE / "cases" / "policy_mistakes.toml").read_text(encoding="utf-8"))[
    "mistakes"
]


def copied(directory: Path) -> Path:
    return Path(shutil.copytree(POLICIES, directory / "policies"))


def section(text: str, name: str) -> tuple[int, int]:
    """Where the tables of one parameter begin and end; the whole file for none."""
    if not name:
        return 0, len(text)
    begins = text.index(f"[parameters.{name}]")
    other = re.compile(rf"^\[\[?parameters\.(?!{name}[.\]])", re.MULTILINE).search(text, begins)
    return begins, other.start() if other else len(text)


def mistaken(path: Path, mistake: dict[str, Any]) -> None:
    text, old = path.read_text(encoding="utf-8"), mistake["instead_of"]
    begins, ends = section(text, mistake.get("parameter", ""))
    assert old in text[begins:ends], f"{old!r} is not in {path.name}"
    path.write_text(text[:begins] + text[begins:ends].replace(old, mistake["written"]) + text[ends:], encoding="utf-8")


def test_there_are_sixty_kinds_of_mistakes() -> None:
    assert len({mistake["what"] for mistake in MISTAKES}) == len(MISTAKES) >= 60


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["what"] for mistake in MISTAKES])
def test_a_mistake_is_refused_with_file_line_key_and_what_to_write(mistake: dict[str, Any], tmp_path: Path) -> None:
    path = copied(tmp_path) / mistake["file"]
    mistaken(path, mistake)
    with pytest.raises(PolicyFilesInvalid) as refusal:
        PolicyBook.load(path.parent, DECLARED)
    told = [one for one in refusal.value.problems if one.file == path.name and one.key.startswith(mistake["key"])]
    assert told, refusal.value.problems
    assert any(mistake["says"] in one.text.zh for one in told), told
    for one in told:
        assert one.text.en
        assert not re.search(r"[\u4e00-\u9fff]", one.text.en.split("“")[0])
        assert one.line > 0 or one.key == "-"
        assert f"{one.place}：{one.key}：{one.text.zh}" in refusal.value.text.zh


def test_a_fall_that_is_taken_back_needs_the_previous_quarter_end_as_its_basis(tmp_path: Path) -> None:
    path = copied(tmp_path) / "growth-reward.toml"
    mistaken(path, {"parameter": "falling_quarter", "instead_of": '"pays_zero"\n', "written": '"takes_back"\n'})
    PolicyBook.load(path.parent, DECLARED)
    mistaken(path, {"parameter": "basis", "instead_of": 'value = "previous', "written": 'value = "high_water_mark" # '})
    with pytest.raises(PolicyFilesInvalid) as refusal:
        PolicyBook.load(path.parent, DECLARED)
    assert [one.key for one in refusal.value.problems] == ["parameters.falling_quarter.values"]


def test_the_line_is_that_of_the_key_or_of_the_table_that_lacks_it(tmp_path: Path) -> None:
    path = copied(tmp_path) / "growth-reward.toml"
    mistaken(path, {"parameter": "rate", "instead_of": 'value = "0.01"', "written": 'value = "-0.01"'})
    lines = path.read_text(encoding="utf-8").splitlines()
    with pytest.raises(PolicyFilesInvalid) as refusal:
        PolicyBook.load(path.parent, DECLARED)
    assert [lines[one.line - 1] for one in refusal.value.problems] == ['value = "-0.01"']
    assert lines_of("[a]\nb = 1\n[[a.c]]\n[[a.c]]\nd = 2") == {
        "a": 1,
        "a.b": 2,
        "a.c[0]": 3,
        "a.c[1]": 4,
        "a.c[1].d": 5,
    }


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("程序不会算的读法", 'value = "high_water_mark"', 'value = "two_years_ago"'),
        ("不可能的比例", 'value = "0.01"', 'value = "1"'),
        ("不是原话的引文", "按照贷款余额增量的1%给予资金奖励", "按照贷款余额增量的3%给予资金奖励"),
    ],
)
def test_the_command_checks_open_words_too(what: str, old: str, new: str, tmp_path: Path) -> None:
    path = copied(tmp_path) / "open-words" / "1-growth-reward.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text, what
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = CliRunner().invoke(cli, ["policy", "list", "--policies", str(path.parents[1])])
    assert isinstance(found.exception, PolicyFilesInvalid)
    assert "open-words" in found.exception.text.zh


def test_every_parameter_of_the_files_is_read_by_the_code() -> None:
    book = PolicyBook.load(POLICIES, DECLARED)
    declared = {(reads.scheme, one.name) for reads in DECLARED.schemes for one in reads.parameters}
    assert {(scheme.id, one.name) for scheme in book.schemes for one in scheme.parameters} <= declared
